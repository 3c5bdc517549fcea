module "backend" {
  source = "../.."

  environment         = "staging"
  project_id          = "coditect-staging"
  project_number      = "123456789012"
  region              = "europe-west1"
  nodes               = { machine_type = "n1-standard-2", provisioning = "PREEMPTIBLE", min = 2 }
  postgres            = { tier = "db-custom-2-8192", availability_type = "ZONAL" }
  redis               = { tier = "BASIC", memory_size_gb = 1 }
  domain              = "licences.staging.example.com"
  github_repository   = "example/licensing"
  notification_emails = ["platform@example.com"]
  monthly_budget_usd  = 300
}
