mock_provider "google" {}

variables {
  project_id = "coditect-staging"
  region     = "europe-west1"
  readers    = { nodes = "serviceAccount:nodes@example.iam.gserviceaccount.com" }
  writers    = { build = "serviceAccount:build@example.iam.gserviceaccount.com" }
}

run "never_moves_a_tag_and_scans" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository.this.docker_config[0].immutable_tags
    error_message = "A tag must name the same image for ever."
  }

  assert {
    condition     = google_artifact_registry_repository.this.vulnerability_scanning_config[0].enablement_config == "INHERITED"
    error_message = "Images must be scanned."
  }

  assert {
    condition     = output.image_prefix == "europe-west1-docker.pkg.dev/coditect-staging/licensing/"
    error_message = "The admission policy needs the prefix with its slash."
  }
}

run "lets_nodes_read_and_the_build_write" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository_iam_member.reader["nodes"].role == "roles/artifactregistry.reader" && google_artifact_registry_repository_iam_member.writer["build"].role == "roles/artifactregistry.writer"
    error_message = "Readers read, writers write."
  }
}

run "refuses_the_world_as_reader" {
  command = plan

  variables {
    readers = { all = "allUsers" }
  }

  expect_failures = [var.readers]
}

run "refuses_to_keep_too_few_for_a_roll_back" {
  command = plan

  variables {
    kept_versions = 1
  }

  expect_failures = [var.kept_versions]
}
