mock_provider "google" {}

variables {
  project_id = "coditect-staging"
}

run "keeps_apis_on_when_it_is_destroyed" {
  command = plan

  assert {
    condition     = alltrue([for service in google_project_service.this : !service.disable_on_destroy])
    error_message = "An API that others use must not be switched off."
  }

  assert {
    condition     = contains(keys(google_project_service.this), "sqladmin.googleapis.com")
    error_message = "Cloud SQL's API must be on."
  }
}

run "refuses_a_missing_api" {
  command = plan

  variables {
    services          = ["compute.googleapis.com"]
    required_services = ["compute.googleapis.com", "redis.googleapis.com"]
  }

  expect_failures = [var.services]
}

run "refuses_what_is_no_api" {
  command = plan

  variables {
    services = ["compute"]
  }

  expect_failures = [var.services]
}

run "refuses_a_project_number" {
  command = plan

  variables {
    project_id = "123456789012"
  }

  expect_failures = [var.project_id]
}
