resource "google_kms_key_ring" "this" {
  project  = var.project_id
  location = var.region
  name     = var.key_ring_name

  lifecycle {
    prevent_destroy = true
  }
}

# Two keys: "state" is OpenTofu's own, so that whoever can read the bucket reads no state; "bucket" is Cloud Storage's.
resource "google_kms_crypto_key" "this" {
  for_each = toset(["bucket", "state"])

  key_ring                   = google_kms_key_ring.this.id
  name                       = each.value
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "7776000s"
  destroy_scheduled_duration = "2592000s"

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key_iam_member" "bucket" {
  crypto_key_id = google_kms_crypto_key.this["bucket"].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${var.storage_service_agent}"
}

resource "google_kms_crypto_key_iam_member" "writer" {
  for_each = var.writers

  crypto_key_id = google_kms_crypto_key.this["state"].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

# A plan asks for a data key to encrypt itself with, so a reader must encrypt, too.
resource "google_kms_crypto_key_iam_member" "reader" {
  for_each = var.readers

  crypto_key_id = google_kms_crypto_key.this["state"].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

resource "google_storage_bucket" "this" {
  project                     = var.project_id
  location                    = var.region
  name                        = var.bucket_name
  force_destroy               = false
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  encryption {
    default_kms_key_name = google_kms_crypto_key.this["bucket"].id
  }

  soft_delete_policy {
    retention_duration_seconds = 2592000
  }

  # Each apply leaves a version; a hundred of them and three months are kept.
  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      num_newer_versions         = 100
      days_since_noncurrent_time = 90
    }
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_kms_crypto_key_iam_member.bucket]
}

resource "google_storage_bucket_iam_member" "writer" {
  for_each = var.writers

  bucket = google_storage_bucket.this.name
  role   = "roles/storage.objectAdmin"
  member = each.value
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = var.readers

  bucket = google_storage_bucket.this.name
  role   = "roles/storage.objectViewer"
  member = each.value
}
