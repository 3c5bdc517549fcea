locals {
  operator = join("/", [
    "principal://iam.googleapis.com/projects/${var.project_number}/locations/global/workloadIdentityPools/${var.workload_pool}",
    "subject/ns/${var.operator.namespace}/sa/${var.operator.service_account}",
  ])

  jobs = {
    build  = "Pushes images"
    deploy = "Deploys to the cluster"
    drift  = "Compares what is there with what is written, and changes nothing"
  }

  # What a plan must read, each service by its own reader: no basic role.
  drift_roles = [
    "roles/artifactregistry.reader",
    "roles/certificatemanager.viewer",
    "roles/cloudkms.viewer",
    "roles/cloudsql.viewer",
    "roles/compute.viewer",
    "roles/container.clusterViewer",
    "roles/dns.reader",
    "roles/iam.securityReviewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/identityplatform.viewer",
    "roles/logging.viewer",
    "roles/monitoring.viewer",
    "roles/redis.viewer",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageConsumer",
  ]
}

# --- the operator: what it calls of Cloud KMS, on its ring alone
#
# API pods get no right here: the operator lets each tenant's pods sign with that tenant's key. The reaper, which closes what
# crashed programs left, is a part of the API's process and works in Postgres alone.

resource "google_project_iam_custom_role" "root_keys" {
  project     = var.project_id
  role_id     = "licensingRootKeys"
  title       = "Licensing: root keys"
  description = "Makes tenants' root keys, and says who may sign with them. Signs nothing itself."

  permissions = [
    "cloudkms.cryptoKeyVersions.create",
    "cloudkms.cryptoKeyVersions.destroy",
    "cloudkms.cryptoKeyVersions.get",
    "cloudkms.cryptoKeyVersions.list",
    "cloudkms.cryptoKeyVersions.update",
    "cloudkms.cryptoKeyVersions.viewPublicKey",
    "cloudkms.cryptoKeys.create",
    "cloudkms.cryptoKeys.get",
    "cloudkms.cryptoKeys.getIamPolicy",
    "cloudkms.cryptoKeys.setIamPolicy",
    "cloudkms.cryptoKeys.update",
  ]
}

resource "google_kms_key_ring_iam_member" "operator" {
  key_ring_id = var.key_ring_id
  role        = google_project_iam_custom_role.root_keys.id
  member      = local.operator
}

# --- nodes: what a kubelet needs; pods have identities of their own

resource "google_service_account" "nodes" {
  project      = var.project_id
  account_id   = "licensing-nodes"
  display_name = "Nodes of the cluster"
}

resource "google_project_iam_member" "nodes" {
  project = var.project_id
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

# --- workflows of GitHub: by their own tokens, so that there is no key to lose

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project_id
  workload_identity_pool_id = "github"
  display_name              = "GitHub workflows"
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "actions"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository == '${var.github_repository}' && assertion.ref == 'refs/heads/${var.github_branch}'"

  attribute_mapping = {
    "google.subject"        = "assertion.sub"
    "attribute.repository"  = "assertion.repository"
    "attribute.environment" = "assertion.environment"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "job" {
  for_each = local.jobs

  project      = var.project_id
  account_id   = "licensing-${each.key}"
  display_name = each.value
}

resource "google_service_account_iam_member" "job" {
  for_each = local.jobs

  service_account_id = google_service_account.job[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/subject/repo:${var.github_repository}:environment:${var.github_environments[each.key]}"
}

# What it may do in the cluster is told by Kubernetes' own roles.
resource "google_project_iam_member" "deploy" {
  project = var.project_id
  role    = "roles/container.clusterViewer"
  member  = google_service_account.job["deploy"].member
}

resource "google_project_iam_member" "drift" {
  for_each = toset(local.drift_roles)

  project = var.project_id
  role    = each.value
  member  = google_service_account.job["drift"].member
}

# The provider reads Memorystore's password with the instance, which no reader's role allows.
resource "google_project_iam_custom_role" "drift" {
  project     = var.project_id
  role_id     = "licensingDrift"
  title       = "Licensing: drift"
  description = "What a plan must read that no reader's role has."
  permissions = ["redis.instances.getAuthString"]
}

resource "google_project_iam_member" "drift_custom" {
  project = var.project_id
  role    = google_project_iam_custom_role.drift.id
  member  = google_service_account.job["drift"].member
}
