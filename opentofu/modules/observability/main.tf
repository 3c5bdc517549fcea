locals {
  # What Google runs for the platform; the platform's own alerts come with config/monitoring.
  store_rules = [
    {
      alert       = "LedgerDiskFilling"
      expr        = "max by (database_id) (cloudsql_googleapis_com:database_disk_utilization{monitored_resource=\"cloudsql_database\"}) > 0.85"
      for         = "10m"
      labels      = { severity = "critical" }
      annotations = { summary = "Cloud SQL's disk is more than 85 % full: no seat is granted once it is full. Raise the disk's limit." }
    },
    {
      alert       = "LedgerBusy"
      expr        = "max by (database_id) (cloudsql_googleapis_com:database_cpu_utilization{monitored_resource=\"cloudsql_database\"}) > 0.9"
      for         = "15m"
      labels      = { severity = "warning" }
      annotations = { summary = "Cloud SQL's processors are more than 90 % busy. Take a larger tier." }
    },
    {
      alert       = "SeatIndexFilling"
      expr        = "max by (instance_id) (redis_googleapis_com:stats_memory_usage_ratio{monitored_resource=\"redis_instance\"}) > 0.8"
      for         = "10m"
      labels      = { severity = "warning" }
      annotations = { summary = "Memorystore's memory is more than 80 % full: seats are then chosen in Postgres, slower. Take more memory." }
    },
    {
      alert       = "ApiUnreachable"
      expr        = "avg by (check_id) (monitoring_googleapis_com:uptime_check_check_passed{monitored_resource=\"uptime_url\"}) < 0.5"
      for         = "2m"
      labels      = { severity = "critical" }
      annotations = { summary = "Most places in the world get no answer of https://HOST/health/." }
    },
  ]

  rules = { for rule in concat(local.store_rules, flatten(var.rule_groups[*].rules)) : rule.alert => rule }

  seconds_of = { s = 1, m = 60, h = 3600 }

  severity_of = { critical = "CRITICAL", error = "ERROR", warning = "WARNING" }

  channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.notification_emails

  project      = var.project_id
  display_name = "Licensing: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.rules

  project               = var.project_id
  display_name          = each.key
  combiner              = "OR"
  notification_channels = local.channels
  severity              = lookup(local.severity_of, lookup(each.value.labels, "severity", "warning"), "WARNING")

  conditions {
    display_name = each.key

    condition_prometheus_query_language {
      query               = each.value.expr
      duration            = "${tonumber(regex("^[0-9]+", each.value.for)) * local.seconds_of[regex("[smh]$", each.value.for)]}s"
      evaluation_interval = "60s"
      alert_rule          = each.key
      labels              = { for name, value in each.value.labels : name => value if name != "severity" }
      # The platform may be installed after this: its metrics are not known yet.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content = join("\n\n", compact([
      lookup(each.value.annotations, "summary", each.key),
      lookup(each.value.annotations, "description", ""),
      lookup(each.value.annotations, "runbook_url", ""),
    ]))
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

resource "google_monitoring_uptime_check_config" "this" {
  for_each = var.uptime_hosts

  project      = var.project_id
  display_name = each.value
  period       = "60s"
  timeout      = "10s"

  http_check {
    path         = "/health/"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project_id, host = each.value }
  }
}

# --- logs: what the platform says, and who did what

resource "google_logging_project_bucket_config" "platform" {
  project        = var.project_id
  location       = var.region
  bucket_id      = "${var.name}-platform"
  description    = "Containers of the licensing platform"
  retention_days = var.log_retention_days
}

resource "google_logging_project_sink" "platform" {
  project                = var.project_id
  name                   = "${var.name}-platform"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.platform.id}"
  filter                 = "resource.type=\"k8s_container\" AND labels.\"k8s-pod/app_kubernetes_io/part-of\"=\"coditect-licensing\""
  unique_writer_identity = true
}

resource "google_logging_project_bucket_config" "audit" {
  project        = var.project_id
  location       = var.region
  bucket_id      = "${var.name}-audit"
  description    = "Who did what in the project"
  retention_days = var.audit_retention_days
}

resource "google_logging_project_sink" "audit" {
  project                = var.project_id
  name                   = "${var.name}-audit"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.audit.id}"
  filter                 = "log_id(\"cloudaudit.googleapis.com/activity\") OR log_id(\"cloudaudit.googleapis.com/data_access\") OR log_id(\"cloudaudit.googleapis.com/policy\")"
  unique_writer_identity = true
}

resource "google_project_iam_audit_config" "this" {
  for_each = var.audited_services

  project = var.project_id
  service = each.value

  audit_log_config {
    log_type = "DATA_READ"
  }

  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

# --- what it costs

resource "google_billing_budget" "this" {
  count = var.billing_account == null ? 0 : 1

  billing_account = var.billing_account
  display_name    = "${var.name} (${var.project_id})"

  budget_filter {
    projects = ["projects/${var.project_number}"]
  }

  amount {
    specified_amount {
      currency_code = "USD"
      units         = tostring(var.monthly_budget_usd)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]

    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = local.channels
  }
}
