module "secrets" {
  source = "../.."

  project_id = "coditect-staging"
  region     = "europe-west1"

  secrets = {
    postgres-operator-password = {
      accessors = { deploy = "serviceAccount:deploy@coditect-staging.iam.gserviceaccount.com" }
    }
  }
}
