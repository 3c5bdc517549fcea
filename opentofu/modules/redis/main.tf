resource "google_redis_instance" "this" {
  project             = var.project_id
  region              = var.region
  name                = var.name
  display_name        = "Seat index: chooses quickly, decides nothing"
  labels              = var.labels
  deletion_protection = var.deletion_protection

  tier           = var.tier
  memory_size_gb = var.memory_size_gb
  redis_version  = "REDIS_7_2"

  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  authorized_network = var.network_id
  reserved_ip_range  = var.reserved_ip_range

  # Google makes the password and the provider reads it: the one secret that state holds, for which state is encrypted.
  auth_enabled            = true
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  maintenance_policy {
    weekly_maintenance_window {
      day = var.maintenance_window.day

      start_time {
        hours   = var.maintenance_window.hour
        minutes = 0
        seconds = 0
        nanos   = 0
      }
    }
  }
}
