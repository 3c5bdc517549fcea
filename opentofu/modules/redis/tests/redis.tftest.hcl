mock_provider "google" {}

variables {
  project_id     = "coditect-staging"
  region         = "europe-west1"
  name           = "licensing"
  network_id     = "projects/coditect-staging/global/networks/licensing"
  tier           = "BASIC"
  memory_size_gb = 1
}

run "asks_for_a_password_and_speaks_tls" {
  command = plan

  assert {
    condition     = google_redis_instance.this.auth_enabled && google_redis_instance.this.transit_encryption_mode == "SERVER_AUTHENTICATION"
    error_message = "AUTH and TLS are on in every tier."
  }

  assert {
    condition     = google_redis_instance.this.connect_mode == "PRIVATE_SERVICE_ACCESS" && google_redis_instance.this.deletion_protection
    error_message = "It is reached privately, and protected."
  }
}

run "has_a_replica_where_asked_for" {
  command = plan

  variables {
    tier           = "STANDARD_HA"
    memory_size_gb = 6
  }

  assert {
    condition     = google_redis_instance.this.tier == "STANDARD_HA" && google_redis_instance.this.memory_size_gb == 6
    error_message = "The tier must be the one that was asked for."
  }
}

run "refuses_an_unknown_tier" {
  command = plan

  variables {
    tier = "PREMIUM"
  }

  expect_failures = [var.tier]
}

run "refuses_no_memory" {
  command = plan

  variables {
    memory_size_gb = 0
  }

  expect_failures = [var.memory_size_gb]
}
