mock_provider "google" {}

variables {
  project_id = "coditect-staging"
  region     = "europe-west1"
  secrets = {
    postgres-operator-password = { accessors = { deploy = "serviceAccount:deploy@example.iam.gserviceaccount.com" } }
    google-client-secret       = {}
  }
}

run "makes_containers_in_one_region" {
  command = plan

  assert {
    condition     = length(google_secret_manager_secret.this) == 2 && alltrue([for secret in google_secret_manager_secret.this : secret.deletion_protection])
    error_message = "Each secret is made, and protected."
  }

  assert {
    condition     = google_secret_manager_secret.this["google-client-secret"].replication[0].user_managed[0].replicas[0].location == "europe-west1"
    error_message = "Values must stay in the region."
  }
}

run "lets_those_named_read_and_nobody_else" {
  command = plan

  assert {
    condition     = keys(google_secret_manager_secret_iam_member.accessor) == ["postgres-operator-password/deploy"]
    error_message = "One reader was named, of one secret."
  }
}

run "refuses_everybody" {
  command = plan

  variables {
    secrets = { open = { accessors = { all = "allUsers" } } }
  }

  expect_failures = [var.secrets]
}

run "refuses_a_name_with_a_slash" {
  command = plan

  variables {
    secrets = { "a/b" = {} }
  }

  expect_failures = [var.secrets]
}
