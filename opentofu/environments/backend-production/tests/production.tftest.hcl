mock_provider "google" {
  mock_resource "google_certificate_manager_dns_authorization" {
    defaults = {
      dns_resource_record = [{ name = "_acme-challenge.example.com.", type = "CNAME", data = "x.authorize.certificatemanager.goog." }]
    }
  }
}

variables {
  project_id          = "coditect-production"
  project_number      = "123456789012"
  state_bucket        = "coditect-production-tofu-state"
  state_key           = "projects/coditect-production/locations/us-central1/keyRings/tofu-state/cryptoKeys/state"
  domain              = "licences.example.com"
  github_repository   = "example/licensing"
  notification_emails = ["platform@example.com"]
}

run "is_whole" {
  command = plan

  assert {
    condition     = output.backend.operator_settings["licensing-operator.kms.workload-identity-pool"] == "projects/123456789012/locations/global/workloadIdentityPools/coditect-production.svc.id.goog"
    error_message = "Every part must be there, to the operator's last setting."
  }
}

