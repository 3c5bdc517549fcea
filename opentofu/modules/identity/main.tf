# Google and GitHub are switched on by opentofu/sign-in-providers: their client secrets, given to a resource, would be kept in state.
resource "google_identity_platform_config" "this" {
  project                    = var.project_id
  authorized_domains         = sort(var.authorized_domains)
  autodelete_anonymous_users = true

  sign_in {
    allow_duplicate_emails = false

    anonymous {
      enabled = false
    }

    email {
      enabled           = false
      password_required = true
    }
  }

  multi_tenant {
    allow_tenants = true
  }

  monitoring {
    request_logging {
      enabled = true
    }
  }
}

resource "google_identity_platform_tenant" "this" {
  for_each = var.tenants

  project                  = var.project_id
  display_name             = each.value
  allow_password_signup    = false
  enable_email_link_signin = false

  depends_on = [google_identity_platform_config.this]
}
