mock_provider "google" {}

variables {
  project_id           = "coditect-staging"
  region               = "europe-west1"
  name                 = "licensing"
  network_id           = "projects/coditect-staging/global/networks/licensing"
  subnetwork_id        = "projects/coditect-staging/regions/europe-west1/subnetworks/licensing-nodes"
  pods_range_name      = "pods"
  services_range_name  = "services"
  node_tag             = "licensing-node"
  node_service_account = "nodes@coditect-staging.iam.gserviceaccount.com"
  machine_type         = "n1-standard-2"
}

run "is_private_and_reached_by_name" {
  command = plan

  assert {
    condition     = google_container_cluster.this.private_cluster_config[0].enable_private_nodes && google_container_node_pool.this.network_config[0].enable_private_nodes
    error_message = "Nodes must have no public address."
  }

  assert {
    condition     = !google_container_cluster.this.control_plane_endpoints_config[0].ip_endpoints_config[0].enabled
    error_message = "The control plane must have no address."
  }
}

run "is_hardened" {
  command = plan

  assert {
    condition     = google_container_cluster.this.datapath_provider == "ADVANCED_DATAPATH"
    error_message = "Dataplane V2 enforces the NetworkPolicies."
  }

  assert {
    condition     = google_container_cluster.this.workload_identity_config[0].workload_pool == "coditect-staging.svc.id.goog" && google_container_node_pool.this.node_config[0].workload_metadata_config[0].mode == "GKE_METADATA"
    error_message = "Pods must have identities of their own."
  }

  assert {
    condition     = google_container_node_pool.this.node_config[0].shielded_instance_config[0].enable_secure_boot && google_container_node_pool.this.node_config[0].shielded_instance_config[0].enable_integrity_monitoring
    error_message = "Nodes must be shielded."
  }

  assert {
    condition     = google_container_cluster.this.deletion_protection && google_container_cluster.this.release_channel[0].channel == "REGULAR"
    error_message = "The cluster is protected, and upgraded by a channel."
  }
}

run "scales_from_one_node_to_ten" {
  command = plan

  assert {
    condition     = google_container_node_pool.this.autoscaling[0].total_min_node_count == 1 && google_container_node_pool.this.autoscaling[0].total_max_node_count == 10
    error_message = "1 to 10 is the default."
  }

  assert {
    condition     = !google_container_node_pool.this.node_config[0].preemptible
    error_message = "Nodes are kept unless asked for otherwise."
  }
}

run "begins_with_one_preemptible_node_a_zone" {
  command = plan

  variables {
    provisioning   = "PREEMPTIBLE"
    node_count     = { min = 2 }
    node_locations = ["europe-west1-b", "europe-west1-c"]
  }

  assert {
    condition     = google_container_node_pool.this.node_config[0].preemptible && google_container_node_pool.this.initial_node_count == 1
    error_message = "Two nodes in two zones are one a zone."
  }
}

run "begins_with_one_node_in_each_of_three_zones" {
  command = plan

  variables {
    node_count = { min = 3 }
  }

  assert {
    condition     = google_container_node_pool.this.initial_node_count == 1
    error_message = "Three nodes are one a zone, where Google takes three."
  }
}

run "encrypts_secrets_where_a_key_is_named" {
  command = plan

  variables {
    secrets_key_id = "projects/coditect-staging/locations/europe-west1/keyRings/licensing-staging/cryptoKeys/gke-secrets"
  }

  assert {
    condition     = google_container_cluster.this.database_encryption[0].state == "ENCRYPTED"
    error_message = "Secrets must be encrypted by the key."
  }
}

run "refuses_an_unknown_machine_type" {
  command = plan

  variables {
    machine_type = "f1-micro"
  }

  expect_failures = [var.machine_type]
}

run "refuses_more_than_ten_nodes" {
  command = plan

  variables {
    node_count = { max = 11 }
  }

  expect_failures = [var.node_count]
}

run "refuses_zones_of_another_region" {
  command = plan

  variables {
    node_locations = ["us-east1-b"]
  }

  expect_failures = [var.node_locations]
}

run "refuses_the_default_account" {
  command = plan

  variables {
    node_service_account = "123456789012-compute@developer.gserviceaccount.com"
  }

  expect_failures = [var.node_service_account]
}
