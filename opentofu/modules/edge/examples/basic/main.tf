module "edge" {
  source = "../.."

  project_id = "coditect-staging"
  domain     = "licences.staging.example.com"
}
