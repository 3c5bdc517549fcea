mock_provider "google" {}

variables {
  project_id            = "coditect-staging"
  region                = "europe-west1"
  bucket_name           = "coditect-staging-tofu-state"
  storage_service_agent = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
  writers               = { platform = "group:platform@example.com" }
  readers               = { drift = "serviceAccount:drift@example.iam.gserviceaccount.com" }
}

run "keeps_every_version_and_shows_none" {
  command = plan

  assert {
    condition     = google_storage_bucket.this.versioning[0].enabled && !google_storage_bucket.this.force_destroy
    error_message = "A state that was overwritten must be found again."
  }

  assert {
    condition     = google_storage_bucket.this.public_access_prevention == "enforced" && google_storage_bucket.this.uniform_bucket_level_access
    error_message = "Nobody may be let in by mistake."
  }

  assert {
    condition     = keys(google_kms_crypto_key.this) == ["bucket", "state"]
    error_message = "The bucket's key and OpenTofu's are not the same."
  }
}

run "keeps_readers_from_writing" {
  command = plan

  assert {
    condition     = google_storage_bucket_iam_member.reader["drift"].role == "roles/storage.objectViewer" && google_storage_bucket_iam_member.writer["platform"].role == "roles/storage.objectAdmin"
    error_message = "Who looks for drift must not write."
  }
}

run "refuses_a_bucket_name_in_capitals" {
  command = plan

  variables {
    bucket_name = "State"
  }

  expect_failures = [var.bucket_name]
}

run "refuses_another_account_for_the_bucket" {
  command = plan

  variables {
    storage_service_agent = "me@example.com"
  }

  expect_failures = [var.storage_service_agent]
}
