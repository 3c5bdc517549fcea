mock_provider "google" {}

variables {
  project_id     = "coditect-staging"
  project_number = "123456789012"
  writers        = { platform = "group:platform@example.com" }
}

run "names_the_bucket_after_the_project" {
  command = plan

  assert {
    condition     = output.state_bucket == "coditect-staging-tofu-state"
    error_message = "The environment's example looks for this bucket."
  }
}

run "refuses_a_state_that_nobody_may_write" {
  command = plan

  variables {
    writers = {}
  }

  expect_failures = [var.writers]
}
