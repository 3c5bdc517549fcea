# What must be there before an environment can be: its state's bucket and key.

module "project_services" {
  source = "../modules/project-services"

  project_id = var.project_id
  services   = ["cloudkms.googleapis.com", "cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com", "storage.googleapis.com"]
}

module "state" {
  source = "../modules/state"

  project_id            = module.project_services.project_id
  region                = var.region
  bucket_name           = "${var.project_id}-tofu-state"
  storage_service_agent = "service-${var.project_number}@gs-project-accounts.iam.gserviceaccount.com"
  writers               = var.writers
  readers               = var.readers
}
