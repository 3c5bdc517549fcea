mock_provider "google" {
  mock_resource "google_certificate_manager_dns_authorization" {
    defaults = {
      dns_resource_record = [{ name = "_acme-challenge.example.com.", type = "CNAME", data = "x.authorize.certificatemanager.goog." }]
    }
  }
}

variables {
  environment         = "production"
  project_id          = "coditect-production"
  project_number      = "123456789012"
  region              = "europe-west1"
  nodes               = { machine_type = "n1-standard-2", provisioning = "STANDARD", min = 3 }
  postgres            = { tier = "db-custom-4-16384" }
  redis               = { tier = "STANDARD_HA", memory_size_gb = 6 }
  domain              = "licences.example.com"
  github_repository   = "example/licensing"
  notification_emails = ["platform@example.com"]
  monthly_budget_usd  = 1500
}

run "plans_production" {
  command = plan

  assert {
    condition     = output.image_prefix == "europe-west1-docker.pkg.dev/coditect-production/licensing/"
    error_message = "Images come from the project's own registry."
  }

  assert {
    condition     = output.operator_settings["licensing-operator.kms.workload-identity-pool"] == "projects/123456789012/locations/global/workloadIdentityPools/coditect-production.svc.id.goog"
    error_message = "The operator must be told the cluster's pool, or it gives no rights to sign."
  }
}

run "takes_alerts_and_leaves_what_only_records" {
  command = plan

  variables {
    rule_groups = [{
      name = "licensing"
      rules = [
        { record = "seats:used", expr = "sum(seats)" },
        { alert = "OperatorDown", expr = "absent(up)", for = "5m" },
      ]
    }]
  }

  assert {
    condition     = contains(keys(module.observability.alert_policies), "OperatorDown") && length(module.observability.alert_policies) == 5
    error_message = "One alert must come to the four of the stores."
  }
}

run "refuses_an_unknown_region" {
  command = plan

  variables {
    region = "europe-west99"
  }

  expect_failures = [var.region]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_production_with_preemptible_nodes" {
  command = plan

  variables {
    nodes = { machine_type = "n1-standard-2", provisioning = "PREEMPTIBLE", min = 3 }
  }

  expect_failures = [var.nodes]
}

run "refuses_production_in_one_zone" {
  command = plan

  variables {
    nodes = { machine_type = "n1-standard-2", provisioning = "STANDARD", min = 3, zones = ["europe-west1-b"] }
  }

  expect_failures = [var.nodes]
}

run "refuses_production_with_one_node" {
  command = plan

  variables {
    nodes = { machine_type = "n1-standard-2", provisioning = "STANDARD", min = 1 }
  }

  expect_failures = [var.nodes]
}

run "refuses_production_without_a_standby" {
  command = plan

  variables {
    postgres = { tier = "db-custom-4-16384", availability_type = "ZONAL" }
  }

  expect_failures = [var.postgres]
}

run "refuses_production_with_one_redis" {
  command = plan

  variables {
    redis = { tier = "BASIC", memory_size_gb = 6 }
  }

  expect_failures = [var.redis]
}

run "refuses_production_without_protection" {
  command = plan

  variables {
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection]
}

run "refuses_an_unknown_range" {
  command = plan

  variables {
    ranges = { masters = "10.50.0.0/28" }
  }

  expect_failures = [var.ranges]
}
