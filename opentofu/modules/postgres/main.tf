# No user is made here: a password given to a resource is kept in state. docs/google-cloud.md makes the operator's role.
resource "google_sql_database_instance" "this" {
  project             = var.project_id
  region              = var.region
  name                = var.name
  database_version    = "POSTGRES_16"
  deletion_protection = var.deletion_protection

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.tier
    availability_type           = var.availability_type
    deletion_protection_enabled = var.deletion_protection
    # What is deleted all the same leaves its backups.
    retain_backups_on_delete = true
    user_labels              = var.labels

    disk_type             = "PD_SSD"
    disk_size             = var.disk_size_gb
    disk_autoresize       = true
    disk_autoresize_limit = var.disk_limit_gb

    ip_configuration {
      ipv4_enabled       = false
      private_network    = var.network_id
      allocated_ip_range = var.allocated_ip_range
      ssl_mode           = "ENCRYPTED_ONLY"
      server_ca_mode     = "GOOGLE_MANAGED_INTERNAL_CA"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = var.backups.start_time
      location                       = var.backups.location
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = var.backups.log_days

      backup_retention_settings {
        retained_backups = var.backups.retained
        retention_unit   = "COUNT"
      }
    }

    maintenance_window {
      day          = var.maintenance_window.day
      hour         = var.maintenance_window.hour
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled = true
    }

    dynamic "database_flags" {
      for_each = var.database_flags

      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }

  # The disk grew by itself: a plan that shrinks it would destroy the ledger.
  lifecycle {
    ignore_changes = [settings[0].disk_size]
  }
}

resource "google_sql_database" "ledger" {
  project  = var.project_id
  instance = google_sql_database_instance.this.name
  name     = var.database
  # Kept when it leaves this configuration: it is the record of who held which seat.
  deletion_policy = "ABANDON"
}
