module "network" {
  source = "../../../network"

  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"
}

module "postgres" {
  source = "../.."

  project_id         = "coditect-staging"
  region             = "europe-west1"
  name               = "licensing"
  network_id         = module.network.private_services_network_id
  allocated_ip_range = module.network.private_services_range_name
  tier               = "db-custom-2-8192"
}
