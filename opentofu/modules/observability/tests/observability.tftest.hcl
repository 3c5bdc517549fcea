mock_provider "google" {}

variables {
  project_id          = "coditect-staging"
  project_number      = "123456789012"
  region              = "europe-west1"
  notification_emails = ["platform@example.com"]
  monthly_budget_usd  = 300
}

run "watches_the_stores" {
  command = plan

  assert {
    condition     = keys(google_monitoring_alert_policy.this) == ["ApiUnreachable", "LedgerBusy", "LedgerDiskFilling", "SeatIndexFilling"]
    error_message = "Google's own parts are watched without any rule of ours."
  }

  assert {
    condition     = google_monitoring_alert_policy.this["LedgerDiskFilling"].severity == "CRITICAL" && google_monitoring_alert_policy.this["LedgerDiskFilling"].conditions[0].condition_prometheus_query_language[0].duration == "600s"
    error_message = "A full disk is critical, after ten minutes."
  }
}

run "takes_rules_of_prometheus" {
  command = plan

  variables {
    rule_groups = [{
      name  = "licensing"
      rules = [{ alert = "OperatorDown", expr = "absent(up)", for = "1h", labels = { severity = "critical", team = "platform" } }]
    }]
  }

  assert {
    condition     = google_monitoring_alert_policy.this["OperatorDown"].conditions[0].condition_prometheus_query_language[0].duration == "3600s"
    error_message = "An hour is 3600 seconds."
  }

  assert {
    condition     = google_monitoring_alert_policy.this["OperatorDown"].conditions[0].condition_prometheus_query_language[0].labels == tomap({ team = "platform" })
    error_message = "Labels are kept, but the severity, which is the policy's."
  }
}

run "asks_hosts_and_tells_of_money" {
  command = plan

  variables {
    uptime_hosts    = ["acme.licences.example.com"]
    billing_account = "012345-6789AB-CDEF01"
  }

  assert {
    condition     = google_monitoring_uptime_check_config.this["acme.licences.example.com"].http_check[0].path == "/health/" && google_monitoring_uptime_check_config.this["acme.licences.example.com"].http_check[0].validate_ssl
    error_message = "The health path is asked by HTTPS, with a certificate that is right."
  }

  assert {
    condition     = google_billing_budget.this[0].amount[0].specified_amount[0].units == "300"
    error_message = "The budget is what was said."
  }
}

run "keeps_who_did_what_for_a_year" {
  command = plan

  assert {
    condition     = google_logging_project_bucket_config.audit.retention_days == 400 && keys(google_project_iam_audit_config.this) == ["cloudkms.googleapis.com", "secretmanager.googleapis.com"]
    error_message = "Signatures and reads of secrets are on the record."
  }
}

run "refuses_nobody_to_tell" {
  command = plan

  variables {
    notification_emails = []
  }

  expect_failures = [var.notification_emails]
}

run "refuses_a_wait_without_unit" {
  command = plan

  variables {
    rule_groups = [{ name = "x", rules = [{ alert = "A", expr = "up", for = "5" }] }]
  }

  expect_failures = [var.rule_groups]
}

run "refuses_an_alert_twice" {
  command = plan

  variables {
    rule_groups = [{ name = "x", rules = [{ alert = "A", expr = "up" }, { alert = "A", expr = "down" }] }]
  }

  expect_failures = [var.rule_groups]
}

run "refuses_a_billing_account_by_name" {
  command = plan

  variables {
    billing_account = "my account"
  }

  expect_failures = [var.billing_account]
}
