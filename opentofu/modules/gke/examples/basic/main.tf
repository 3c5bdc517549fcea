module "network" {
  source = "../../../network"

  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"
}

module "gke" {
  source = "../.."

  project_id           = "coditect-staging"
  region               = "europe-west1"
  name                 = "licensing"
  network_id           = module.network.network_id
  subnetwork_id        = module.network.subnetwork_id
  pods_range_name      = module.network.pods_range_name
  services_range_name  = module.network.services_range_name
  node_tag             = module.network.node_tag
  node_service_account = "nodes@coditect-staging.iam.gserviceaccount.com"
  machine_type         = "n1-standard-2"
  provisioning         = "PREEMPTIBLE"
  node_count           = { min = 2 }
  node_locations       = ["europe-west1-b", "europe-west1-c"]
}
