locals {
  name = "licensing"

  # Rules that only record are evaluated in the cluster.
  alerts = [
    for group in var.rule_groups : merge(group, { rules = [for rule in group.rules : rule if can(rule.alert)] })
  ]

  labels = {
    environment = var.environment
    part-of     = "coditect-licensing"
  }

  # What the modules below call, by the module.
  required_services = {
    edge          = ["certificatemanager.googleapis.com", "compute.googleapis.com", "dns.googleapis.com"]
    gke           = ["container.googleapis.com"]
    iam           = ["cloudresourcemanager.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com"]
    identity      = ["identitytoolkit.googleapis.com"]
    kms           = ["cloudkms.googleapis.com"]
    network       = ["compute.googleapis.com", "servicenetworking.googleapis.com"]
    observability = ["billingbudgets.googleapis.com", "logging.googleapis.com", "monitoring.googleapis.com"]
    postgres      = ["sqladmin.googleapis.com"]
    redis         = ["redis.googleapis.com"]
    registry      = ["artifactregistry.googleapis.com", "containerscanning.googleapis.com"]
    secrets       = ["secretmanager.googleapis.com"]
  }
}

module "project_services" {
  source = "../project-services"

  project_id        = var.project_id
  services          = var.services == null ? toset(concat(flatten(values(local.required_services)), ["storage.googleapis.com"])) : var.services
  required_services = toset(flatten(values(local.required_services)))
}

module "network" {
  source = "../network"

  project_id = module.project_services.project_id
  region     = var.region
  name       = local.name
  ranges     = var.ranges
}

module "kms" {
  source = "../kms"

  project_id    = module.project_services.project_id
  location      = var.region
  key_ring_name = "${local.name}-${var.environment}"

  keys = {
    gke-secrets = {
      users = { gke = "serviceAccount:service-${var.project_number}@container-engine-robot.iam.gserviceaccount.com" }
    }
  }
}

module "gke" {
  source = "../gke"

  project_id           = module.project_services.project_id
  region               = var.region
  name                 = local.name
  network_id           = module.network.network_id
  subnetwork_id        = module.network.subnetwork_id
  pods_range_name      = module.network.pods_range_name
  services_range_name  = module.network.services_range_name
  node_tag             = module.network.node_tag
  node_locations       = var.nodes.zones
  machine_type         = var.nodes.machine_type
  provisioning         = var.nodes.provisioning
  node_count           = { min = var.nodes.min, max = var.nodes.max }
  node_service_account = module.iam.node_service_account
  secrets_key_id       = module.kms.key_ids["gke-secrets"]
  release_channel      = var.environment == "production" ? "STABLE" : "REGULAR"
  deletion_protection  = var.deletion_protection
  labels               = local.labels
}

module "postgres" {
  source = "../postgres"

  project_id          = module.project_services.project_id
  region              = var.region
  name                = local.name
  network_id          = module.network.private_services_network_id
  allocated_ip_range  = module.network.private_services_range_name
  tier                = var.postgres.tier
  availability_type   = var.postgres.availability_type
  disk_size_gb        = var.postgres.disk_size_gb
  deletion_protection = var.deletion_protection
  labels              = local.labels
}

module "redis" {
  source = "../redis"

  project_id          = module.project_services.project_id
  region              = var.region
  name                = local.name
  network_id          = module.network.private_services_network_id
  reserved_ip_range   = module.network.private_services_range_name
  tier                = var.redis.tier
  memory_size_gb      = var.redis.memory_size_gb
  deletion_protection = var.deletion_protection
  labels              = local.labels
}

module "iam" {
  source = "../iam"

  project_id          = module.project_services.project_id
  project_number      = var.project_number
  workload_pool       = module.gke.workload_pool
  key_ring_id         = module.kms.key_ring_id
  github_repository   = var.github_repository
  github_environments = { deploy = var.environment, drift = "drift-${var.environment}" }
}

module "registry" {
  source = "../registry"

  project_id = module.project_services.project_id
  region     = var.region
  labels     = local.labels
  readers    = { nodes = "serviceAccount:${module.iam.node_service_account}" }
  writers    = { build = "serviceAccount:${module.iam.job_service_accounts["build"]}" }
}

module "secrets" {
  source = "../secrets"

  project_id = module.project_services.project_id
  region     = var.region
  labels     = local.labels

  secrets = {
    postgres-operator-password = {}
    google-client-secret       = {}
    github-client-secret       = {}
  }
}

module "edge" {
  source = "../edge"

  project_id    = module.project_services.project_id
  name          = local.name
  domain        = var.domain
  dns_zone_name = var.dns_zone_name
  labels        = local.labels
}

module "identity" {
  source = "../identity"

  project_id         = module.project_services.project_id
  authorized_domains = [var.domain]
  tenants            = var.identity_tenants
}

module "observability" {
  source = "../observability"

  project_id          = module.project_services.project_id
  project_number      = var.project_number
  region              = var.region
  name                = local.name
  notification_emails = var.notification_emails
  rule_groups         = local.alerts
  uptime_hosts        = var.uptime_hosts
  billing_account     = var.billing_account
  monthly_budget_usd  = var.monthly_budget_usd
}
