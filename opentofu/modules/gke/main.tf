locals {
  # Google takes three where none is named.
  zones = length(var.node_locations) > 0 ? length(var.node_locations) : 3
}

resource "google_container_cluster" "this" {
  project             = var.project_id
  location            = var.region
  node_locations      = length(var.node_locations) > 0 ? var.node_locations : null
  name                = var.name
  resource_labels     = var.labels
  deletion_protection = var.deletion_protection

  network         = var.network_id
  subnetwork      = var.subnetwork_id
  networking_mode = "VPC_NATIVE"
  # Dataplane V2: it enforces the NetworkPolicies that the operator makes.
  datapath_provider = "ADVANCED_DATAPATH"

  # The node pool below takes its place.
  remove_default_node_pool = true
  initial_node_count       = 1

  enable_shielded_nodes = true
  enable_legacy_abac    = false

  release_channel {
    channel = var.release_channel
  }

  workload_identity_config {
    workload_pool = "${var.project_id}.svc.id.goog"
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = var.pods_range_name
    services_secondary_range_name = var.services_range_name
  }

  private_cluster_config {
    enable_private_nodes = true
  }

  # The control plane is reached by its name and IAM alone; it has no address that could be called.
  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = true
    }

    ip_endpoints_config {
      enabled = false
    }
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  dynamic "database_encryption" {
    for_each = var.secrets_key_id == null ? [] : [var.secrets_key_id]

    content {
      state    = "ENCRYPTED"
      key_name = database_encryption.value
    }
  }

  gateway_api_config {
    channel = "CHANNEL_STANDARD"
  }

  addons_config {
    http_load_balancing {
      disabled = false
    }

    horizontal_pod_autoscaling {
      disabled = false
    }
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS"]
  }

  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS", "DEPLOYMENT", "POD", "HPA"]

    managed_prometheus {
      enabled = true
    }
  }

  cost_management_config {
    enabled = true
  }

  security_posture_config {
    mode               = "BASIC"
    vulnerability_mode = "VULNERABILITY_DISABLED"
  }

  maintenance_policy {
    recurring_window {
      start_time = var.maintenance_window.start_time
      end_time   = var.maintenance_window.end_time
      recurrence = var.maintenance_window.recurrence
    }
  }

  # Of the pool that is removed at once; else each plan would wish it back.
  lifecycle {
    ignore_changes = [initial_node_count, node_config]
  }
}

resource "google_container_node_pool" "this" {
  project  = var.project_id
  location = var.region
  cluster  = google_container_cluster.this.name
  name     = "default"

  # Per zone: the smallest number that makes the whole cluster's minimum.
  initial_node_count = ceil(var.node_count.min / local.zones)

  autoscaling {
    total_min_node_count = var.node_count.min
    total_max_node_count = var.node_count.max
    location_policy      = var.provisioning == "PREEMPTIBLE" ? "ANY" : "BALANCED"
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  upgrade_settings {
    strategy        = "SURGE"
    max_surge       = 1
    max_unavailable = 0
  }

  network_config {
    enable_private_nodes = true
  }

  node_config {
    machine_type    = var.machine_type
    preemptible     = var.provisioning == "PREEMPTIBLE"
    image_type      = "COS_CONTAINERD"
    disk_size_gb    = var.disk_size_gb
    disk_type       = "pd-balanced"
    service_account = var.node_service_account
    # What nodes and pods may do is told by IAM, not by scopes.
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    tags            = [var.node_tag]
    labels          = { provisioning = lower(var.provisioning) }
    resource_labels = var.labels

    metadata = {
      disable-legacy-endpoints = "true"
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }
  }

  # Only the beginning: the autoscaler has the say afterwards.
  lifecycle {
    ignore_changes = [initial_node_count]
  }
}
