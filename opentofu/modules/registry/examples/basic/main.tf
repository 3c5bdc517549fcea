module "registry" {
  source = "../.."

  project_id = "coditect-staging"
  region     = "europe-west1"

  readers = { nodes = "serviceAccount:nodes@coditect-staging.iam.gserviceaccount.com" }
  writers = { build = "serviceAccount:build@coditect-staging.iam.gserviceaccount.com" }
}
