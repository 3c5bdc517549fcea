module "state" {
  source = "../.."

  project_id            = "coditect-staging"
  region                = "europe-west1"
  bucket_name           = "coditect-staging-tofu-state"
  storage_service_agent = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
  writers               = { platform = "group:platform@example.com" }
}
