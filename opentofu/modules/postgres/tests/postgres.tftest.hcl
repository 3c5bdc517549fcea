mock_provider "google" {}

variables {
  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"
  network_id = "projects/coditect-staging/global/networks/licensing"
  tier       = "db-custom-2-8192"
}

run "is_private_and_speaks_tls_only" {
  command = plan

  assert {
    condition     = !google_sql_database_instance.this.settings[0].ip_configuration[0].ipv4_enabled
    error_message = "The ledger must have no public address."
  }

  assert {
    condition     = google_sql_database_instance.this.settings[0].ip_configuration[0].ssl_mode == "ENCRYPTED_ONLY"
    error_message = "Connections without TLS must be refused."
  }
}

run "loses_nothing" {
  command = plan

  assert {
    condition     = google_sql_database_instance.this.settings[0].availability_type == "REGIONAL"
    error_message = "A standby in another zone is the default."
  }

  assert {
    condition = (
      google_sql_database_instance.this.settings[0].backup_configuration[0].enabled
      && google_sql_database_instance.this.settings[0].backup_configuration[0].point_in_time_recovery_enabled
      && google_sql_database_instance.this.settings[0].backup_configuration[0].backup_retention_settings[0].retained_backups == 7
    )
    error_message = "Seven daily backups, and recovery to a point in time."
  }

  assert {
    condition     = google_sql_database_instance.this.deletion_protection && google_sql_database_instance.this.settings[0].deletion_protection_enabled
    error_message = "It must be protected here and in the console."
  }

  assert {
    condition     = google_sql_database_instance.this.database_version == "POSTGRES_16" && google_sql_database.ledger.name == "licensing"
    error_message = "Postgres 16 with the ledger's database."
  }
}

run "tells_the_operator_whom_to_trust" {
  command = plan

  override_resource {
    target = google_sql_database_instance.this
    values = {
      private_ip_address = "10.40.0.3"
      server_ca_cert = [
        { cert = "one", common_name = "", create_time = "", expiration_time = "", sha1_fingerprint = "" },
        { cert = "two", common_name = "", create_time = "", expiration_time = "", sha1_fingerprint = "" },
      ]
    }
  }

  assert {
    condition     = output.certificate_authorities == "one\ntwo"
    error_message = "While one authority takes over from another, both count."
  }

  assert {
    condition     = output.jdbc_url == "jdbc:postgresql://10.40.0.3:5432/licensing?sslmode=verify-ca"
    error_message = "The certificate must be compared with the authority."
  }
}

run "takes_the_smallest_machine_with_memory_enough" {
  command = plan

  variables {
    tier = "db-custom-1-3840"
  }
}

run "refuses_an_unknown_tier" {
  command = plan

  variables {
    tier = "db-n1-standard-2"
  }

  expect_failures = [var.tier]
}

run "refuses_an_odd_number_of_cores" {
  command = plan

  variables {
    tier = "db-custom-3-8192"
  }

  expect_failures = [var.tier]
}

run "refuses_too_little_memory" {
  command = plan

  variables {
    tier = "db-custom-8-4096"
  }

  expect_failures = [var.tier]
}

run "refuses_too_much_memory" {
  command = plan

  variables {
    tier = "db-custom-2-16384"
  }

  expect_failures = [var.tier]
}

run "refuses_fewer_than_seven_backups" {
  command = plan

  variables {
    backups = { retained = 1 }
  }

  expect_failures = [var.backups]
}

run "refuses_a_disk_limit_below_the_disk" {
  command = plan

  variables {
    disk_size_gb  = 100
    disk_limit_gb = 50
  }

  expect_failures = [var.disk_limit_gb]
}
