locals {
  users = merge([
    for key, settings in var.keys : {
      for user, member in settings.users : "${key}/${user}" => { key = key, member = member }
    }
  ]...)
}

resource "google_kms_key_ring" "this" {
  project  = var.project_id
  location = var.location
  name     = var.key_ring_name

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key" "this" {
  for_each = var.keys

  key_ring                   = google_kms_key_ring.this.id
  name                       = each.key
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "${each.value.rotation_days * 86400}s"
  destroy_scheduled_duration = "2592000s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = each.value.protection_level
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key_iam_member" "user" {
  for_each = local.users

  crypto_key_id = google_kms_crypto_key.this[each.value.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value.member
}
