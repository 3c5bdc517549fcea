module "observability" {
  source = "../.."

  project_id          = "coditect-staging"
  project_number      = "123456789012"
  region              = "europe-west1"
  notification_emails = ["platform@example.com"]
  uptime_hosts        = ["acme.licences.staging.example.com"]
  monthly_budget_usd  = 300

  rule_groups = [{
    name = "licensing"
    rules = [{
      alert       = "OperatorDown"
      expr        = "absent(up{job=\"licensing-operator\"} == 1)"
      for         = "5m"
      labels      = { severity = "critical" }
      annotations = { summary = "No operator answers." }
    }]
  }]
}
