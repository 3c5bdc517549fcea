locals {
  monitoring = "${path.module}/../../../config/monitoring"
}

module "backend" {
  source = "../../modules/backend"

  environment    = "staging"
  project_id     = var.project_id
  project_number = var.project_number
  region         = var.region
  ranges         = var.ranges

  nodes = {
    machine_type = "n1-standard-2"
    provisioning = "PREEMPTIBLE"
    min          = 2
    zones        = ["${var.region}-b", "${var.region}-c"]
  }

  postgres = {
    tier              = "db-custom-2-8192"
    availability_type = "ZONAL"
  }

  redis = {
    tier           = "BASIC"
    memory_size_gb = 1
  }

  domain              = var.domain
  dns_zone_name       = var.dns_zone_name
  identity_tenants    = var.identity_tenants
  github_repository   = var.github_repository
  notification_emails = var.notification_emails
  rule_groups         = flatten([for file in fileset(local.monitoring, "**/*.yaml") : try(yamldecode(file("${local.monitoring}/${file}")).spec.groups, [])])
  uptime_hosts        = var.uptime_hosts
  billing_account     = var.billing_account
  monthly_budget_usd  = 500
}
