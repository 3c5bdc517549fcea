module "project_services" {
  source = "../.."

  project_id = "coditect-staging"
}
