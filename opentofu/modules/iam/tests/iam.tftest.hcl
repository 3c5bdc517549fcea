mock_provider "google" {}

variables {
  project_id          = "coditect-staging"
  project_number      = "123456789012"
  workload_pool       = "coditect-staging.svc.id.goog"
  key_ring_id         = "projects/coditect-staging/locations/europe-west1/keyRings/licensing-staging"
  github_repository   = "example/licensing"
  github_environments = { deploy = "staging" }
}

run "lets_the_operator_make_keys_and_not_sign" {
  command = plan

  assert {
    condition     = google_kms_key_ring_iam_member.operator.member == "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/coditect-staging.svc.id.goog/subject/ns/licensing-system/sa/licensing-operator"
    error_message = "The right is the ServiceAccount's of the operator, without a key or an account of Google's."
  }

  assert {
    condition     = length([for permission in google_project_iam_custom_role.root_keys.permissions : permission if strcontains(permission, "useTo")]) == 0
    error_message = "The operator must not sign."
  }

  assert {
    condition     = length([for permission in google_project_iam_custom_role.root_keys.permissions : permission if !startswith(permission, "cloudkms.cryptoKey")]) == 0
    error_message = "The operator's rights are on keys, not on the ring."
  }
}

run "keeps_the_jobs_apart" {
  command = plan

  assert {
    condition     = toset([for account in google_service_account.job : account.account_id]) == toset(["licensing-build", "licensing-deploy", "licensing-drift"])
    error_message = "Each job has an account of its own."
  }

  assert {
    condition     = google_project_iam_member.deploy.role == "roles/container.clusterViewer"
    error_message = "What is deployed is told by Kubernetes' roles."
  }

  assert {
    condition     = google_project_iam_member.nodes.role == "roles/container.defaultNodeServiceAccount"
    error_message = "Nodes have what a kubelet needs."
  }

  assert {
    condition     = length(setintersection(keys(google_project_iam_member.drift), ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "No basic role."
  }
}

run "lets_in_one_branch_of_one_repository" {
  command = plan

  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository == 'example/licensing' && assertion.ref == 'refs/heads/main'"
    error_message = "Anybody's workflow could come in."
  }
}

run "refuses_a_repository_without_its_owner" {
  command = plan

  variables {
    github_repository = "licensing"
  }

  expect_failures = [var.github_repository]
}

run "refuses_the_project_id_as_number" {
  command = plan

  variables {
    project_number = "coditect-staging"
  }

  expect_failures = [var.project_number]
}
