locals {
  # https://cloud.google.com/load-balancing/docs/health-checks#firewall_rules
  load_balancer_ranges = ["35.191.0.0/16", "130.211.0.0/22"]
}

resource "google_compute_network" "this" {
  project                 = var.project_id
  name                    = var.name
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "nodes" {
  project                  = var.project_id
  region                   = var.region
  name                     = "${var.name}-nodes"
  network                  = google_compute_network.this.id
  ip_cidr_range            = var.ranges.nodes
  private_ip_google_access = true

  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = var.ranges.pods
  }

  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = var.ranges.services
  }

  dynamic "log_config" {
    for_each = var.flow_log_sampling > 0 ? [var.flow_log_sampling] : []

    content {
      aggregation_interval = "INTERVAL_10_MIN"
      flow_sampling        = log_config.value
      metadata             = "INCLUDE_ALL_METADATA"
    }
  }
}

# --- out: by NAT, since no node has a public address

resource "google_compute_router" "this" {
  project = var.project_id
  region  = var.region
  name    = "${var.name}-router"
  network = google_compute_network.this.id
}

resource "google_compute_address" "nat" {
  count = var.nat_address_count

  project = var.project_id
  region  = var.region
  name    = "${var.name}-nat-${count.index + 1}"
}

resource "google_compute_router_nat" "this" {
  project                            = var.project_id
  region                             = var.region
  name                               = "${var.name}-nat"
  router                             = google_compute_router.this.name
  nat_ip_allocate_option             = var.nat_address_count > 0 ? "MANUAL_ONLY" : "AUTO_ONLY"
  nat_ips                            = var.nat_address_count > 0 ? google_compute_address.nat[*].id : null
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

# --- in: nothing, but the load balancers to the pods' port

resource "google_compute_firewall" "deny_ingress" {
  project       = var.project_id
  name          = "${var.name}-deny-ingress"
  description   = "Nothing comes in that no other rule lets in."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  priority      = 65534
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_firewall" "allow_load_balancer" {
  project       = var.project_id
  name          = "${var.name}-allow-load-balancer"
  description   = "Google's load balancers and their health checks reach the pods."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  priority      = 1000
  source_ranges = local.load_balancer_ranges
  target_tags   = [var.node_tag]

  allow {
    protocol = "tcp"
    ports    = var.load_balancer_ports
  }
}

# --- Cloud SQL and Memorystore: in a network of Google's that is peered with this one

resource "google_compute_global_address" "private_services" {
  project       = var.project_id
  name          = "${var.name}-private-services"
  network       = google_compute_network.this.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = split("/", var.ranges.private_services)[0]
  prefix_length = tonumber(split("/", var.ranges.private_services)[1])
}

resource "google_service_networking_connection" "this" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.private_services.name]
}
