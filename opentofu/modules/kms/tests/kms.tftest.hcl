mock_provider "google" {}

variables {
  project_id    = "coditect-staging"
  location      = "europe-west1"
  key_ring_name = "licensing-staging"
}

run "makes_the_ring_alone" {
  command = plan

  assert {
    condition     = google_kms_key_ring.this.name == "licensing-staging" && length(google_kms_crypto_key.this) == 0
    error_message = "The operator makes the tenants' keys, not this module."
  }
}

run "makes_a_key_in_hardware_for_its_user_alone" {
  command = plan

  variables {
    keys = {
      gke-secrets = {
        protection_level = "HSM"
        rotation_days    = 30
        users            = { gke = "serviceAccount:gke@example.iam.gserviceaccount.com" }
      }
    }
  }

  assert {
    condition     = google_kms_crypto_key.this["gke-secrets"].version_template[0].protection_level == "HSM" && google_kms_crypto_key.this["gke-secrets"].rotation_period == "2592000s"
    error_message = "The key is in hardware and rotates each 30 days."
  }

  assert {
    condition     = keys(google_kms_crypto_key_iam_member.user) == ["gke-secrets/gke"]
    error_message = "Nobody but its user may use the key."
  }
}

run "refuses_an_unknown_protection_level" {
  command = plan

  variables {
    keys = { k = { protection_level = "EXTERNAL" } }
  }

  expect_failures = [var.keys]
}

run "refuses_a_zone" {
  command = plan

  variables {
    location = "europe-west1-b"
  }

  expect_failures = [var.location]
}
