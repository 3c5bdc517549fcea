mock_provider "google" {}

variables {
  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"
}

run "has_private_nodes_that_reach_google_and_go_out_by_nat" {
  command = plan

  assert {
    condition     = !google_compute_network.this.auto_create_subnetworks
    error_message = "The network must have no subnet but its own."
  }

  assert {
    condition     = google_compute_subnetwork.nodes.private_ip_google_access
    error_message = "Nodes without public addresses must reach Google's APIs."
  }

  assert {
    condition     = google_compute_router_nat.this.source_subnetwork_ip_ranges_to_nat == "ALL_SUBNETWORKS_ALL_IP_RANGES"
    error_message = "Nodes and pods must go out by NAT."
  }

  assert {
    condition     = google_compute_router_nat.this.nat_ip_allocate_option == "AUTO_ONLY" && length(google_compute_address.nat) == 0
    error_message = "Google chooses the addresses unless some are asked for."
  }
}

run "lets_nothing_in_but_the_balancer" {
  command = plan

  assert {
    condition     = google_compute_firewall.deny_ingress.priority == 65534 && google_compute_firewall.deny_ingress.source_ranges == toset(["0.0.0.0/0"]) && one(google_compute_firewall.deny_ingress.deny).protocol == "all"
    error_message = "All that no other rule lets in must be denied."
  }

  assert {
    condition     = google_compute_firewall.allow_load_balancer.source_ranges == toset(["35.191.0.0/16", "130.211.0.0/22"])
    error_message = "Only Google's load balancers may come in."
  }

  assert {
    condition     = toset(one(google_compute_firewall.allow_load_balancer.allow).ports) == toset(["8080"]) && google_compute_firewall.allow_load_balancer.priority < google_compute_firewall.deny_ingress.priority
    error_message = "They reach the pods' port, before the rule that denies."
  }
}

run "keeps_a_range_for_cloud_sql_and_memorystore" {
  command = plan

  variables {
    ranges = { private_services = "10.99.0.0/20" }
  }

  assert {
    condition     = google_compute_global_address.private_services.address == "10.99.0.0" && google_compute_global_address.private_services.prefix_length == 20
    error_message = "The range must be the one that was asked for."
  }
}

run "has_fixed_addresses_where_partners_ask_for_them" {
  command = plan

  variables {
    nat_address_count = 2
  }

  assert {
    condition     = length(google_compute_address.nat) == 2 && google_compute_router_nat.this.nat_ip_allocate_option == "MANUAL_ONLY"
    error_message = "Two addresses were asked for."
  }
}

run "refuses_ranges_that_overlap" {
  command = plan

  variables {
    ranges = { nodes = "10.20.4.0/22" }
  }

  expect_failures = [var.ranges]
}

run "refuses_the_same_range_twice" {
  command = plan

  variables {
    ranges = { services = "10.40.0.0/20" }
  }

  expect_failures = [var.ranges]
}

run "refuses_what_is_no_range" {
  command = plan

  variables {
    ranges = { nodes = "10.10.0.5/22" }
  }

  expect_failures = [var.ranges]
}

run "refuses_a_zone" {
  command = plan

  variables {
    region = "europe-west1-b"
  }

  expect_failures = [var.region]
}
