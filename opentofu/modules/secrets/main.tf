locals {
  accessors = merge([
    for name, secret in var.secrets : {
      for accessor, member in secret.accessors : "${name}/${accessor}" => { secret = name, member = member }
    }
  ]...)
}

resource "google_secret_manager_secret" "this" {
  for_each = var.secrets

  project             = var.project_id
  secret_id           = each.key
  labels              = var.labels
  deletion_protection = true
  # A version that was destroyed by mistake can be brought back for a week.
  version_destroy_ttl = "604800s"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "accessor" {
  for_each = local.accessors

  project   = var.project_id
  secret_id = google_secret_manager_secret.this[each.value.secret].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value.member
}
