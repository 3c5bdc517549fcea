module "iam" {
  source = "../.."

  project_id          = "coditect-staging"
  project_number      = "123456789012"
  workload_pool       = "coditect-staging.svc.id.goog"
  key_ring_id         = "projects/coditect-staging/locations/europe-west1/keyRings/licensing-staging"
  github_repository   = "example/licensing"
  github_environments = { deploy = "staging" }
}
