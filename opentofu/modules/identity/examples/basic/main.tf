module "identity" {
  source = "../.."

  project_id         = "coditect-staging"
  authorized_domains = ["licences.staging.example.com"]
  tenants            = ["acme"]
}
