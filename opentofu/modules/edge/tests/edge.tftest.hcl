mock_provider "google" {
  mock_resource "google_certificate_manager_dns_authorization" {
    defaults = {
      dns_resource_record = [{ name = "_acme-challenge.example.com.", type = "CNAME", data = "x.authorize.certificatemanager.goog." }]
    }
  }
}

variables {
  project_id = "coditect-staging"
  domain     = "licences.example.com"
}

run "guards_what_comes_in" {
  command = plan

  assert {
    condition     = length([for rule in google_compute_security_policy.this.rule : rule if rule.action == "deny(403)" && !rule.preview]) == 10
    error_message = "Every OWASP rule must refuse."
  }

  assert {
    condition = one([
      for rule in google_compute_security_policy.this.rule : rule.rate_limit_options[0].rate_limit_threshold[0].count if rule.action == "throttle"
    ]) == 6000
    error_message = "One address must be throttled."
  }

  assert {
    condition     = google_compute_ssl_policy.this.min_tls_version == "TLS_1_2"
    error_message = "Older TLS must be refused."
  }
}

run "serves_each_tenant_under_the_domain" {
  command = plan

  assert {
    condition     = google_dns_record_set.tenants.name == "*.licences.example.com." && google_certificate_manager_certificate_map_entry.tenants.hostname == "*.licences.example.com"
    error_message = "Name and certificate must be of all tenants."
  }

  assert {
    condition     = google_dns_managed_zone.this[0].dnssec_config[0].state == "on"
    error_message = "The zone must be signed."
  }
}

run "uses_a_zone_that_is_there" {
  command = plan

  variables {
    dns_zone_name = "example-com"
  }

  assert {
    condition     = length(google_dns_managed_zone.this) == 0 && google_dns_record_set.tenants.managed_zone == "example-com"
    error_message = "No zone must be made where one is named."
  }
}

run "looks_first_in_preview" {
  command = plan

  variables {
    owasp_mode = "PREVIEW"
  }

  assert {
    condition     = alltrue([for rule in google_compute_security_policy.this.rule : rule.preview if rule.action == "deny(403)"])
    error_message = "In preview no OWASP rule may refuse."
  }
}

run "refuses_what_is_no_domain" {
  command = plan

  variables {
    domain = "https://licences.example.com/"
  }

  expect_failures = [var.domain]
}

run "refuses_a_rate_that_shuts_everybody_out" {
  command = plan

  variables {
    requests_per_minute = 1
  }

  expect_failures = [var.requests_per_minute]
}
