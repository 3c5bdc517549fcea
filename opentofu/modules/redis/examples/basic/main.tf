module "network" {
  source = "../../../network"

  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"
}

module "redis" {
  source = "../.."

  project_id        = "coditect-staging"
  region            = "europe-west1"
  name              = "licensing"
  network_id        = module.network.private_services_network_id
  reserved_ip_range = module.network.private_services_range_name
  tier              = "BASIC"
  memory_size_gb    = 1
}
