module "kms" {
  source = "../.."

  project_id    = "coditect-staging"
  location      = "europe-west1"
  key_ring_name = "licensing-staging"

  keys = {
    gke-secrets = {
      protection_level = "HSM"
      users            = { gke = "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com" }
    }
  }
}
