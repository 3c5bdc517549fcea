mock_provider "google" {}

variables {
  project_id         = "coditect-staging"
  authorized_domains = ["licences.example.com"]
  tenants            = ["acme"]
}

run "has_tenants_without_passwords" {
  command = plan

  assert {
    condition     = google_identity_platform_config.this.multi_tenant[0].allow_tenants && !google_identity_platform_tenant.this["acme"].allow_password_signup
    error_message = "People sign in with Google or GitHub, not with a password."
  }

  assert {
    condition     = !google_identity_platform_config.this.sign_in[0].anonymous[0].enabled && !google_identity_platform_config.this.sign_in[0].email[0].enabled
    error_message = "Nobody signs in without a name."
  }

  assert {
    condition     = output.issuer == "https://securetoken.google.com/coditect-staging" && output.audience == "coditect-staging"
    error_message = "Issuer and audience are the project's."
  }
}

run "refuses_what_is_no_domain" {
  command = plan

  variables {
    authorized_domains = ["localhost"]
  }

  expect_failures = [var.authorized_domains]
}

run "refuses_a_tenant_with_too_short_a_name" {
  command = plan

  variables {
    tenants = ["x"]
  }

  expect_failures = [var.tenants]
}
