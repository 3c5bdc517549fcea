module "network" {
  source = "../.."

  project_id = "coditect-staging"
  region     = "europe-west1"
  name       = "licensing"

  ranges = {
    nodes = "10.10.0.0/24"
  }
}
