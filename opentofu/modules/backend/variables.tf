variable "environment" {
  description = "What is built: staging, or production, which must survive the loss of a zone."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment is '${var.environment}'; it must be staging or production."
  }
}

variable "project_id" {
  description = "Project that holds all of it, and nothing else."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is '${var.project_id}'; it must be a project's id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "project_number" {
  description = "Its number: gcloud projects describe PROJECT --format='value(projectNumber)'."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is '${var.project_number}'; it must be the project's number, not its id."
  }
}

variable "services" {
  description = "APIs to switch on in place of the usual ones. Null takes those."
  type        = set(string)
  default     = null
}

variable "region" {
  description = "Region of everything that has one."
  type        = string

  # Those with N1 machines, Cloud HSM, Memorystore and private services access in three zones.
  validation {
    condition = contains([
      "asia-east1", "asia-northeast1", "asia-south1", "asia-southeast1", "australia-southeast1",
      "europe-west1", "europe-west2", "europe-west3", "europe-west4", "northamerica-northeast1",
      "southamerica-east1", "us-central1", "us-east1", "us-east4", "us-west1",
    ], var.region)
    error_message = "region is '${var.region}'; it must be one that has all that the platform needs: asia-east1, asia-northeast1, asia-south1, asia-southeast1, australia-southeast1, europe-west1 to europe-west4, northamerica-northeast1, southamerica-east1, us-central1, us-east1, us-east4 or us-west1."
  }
}

variable "ranges" {
  description = "CIDR ranges of the network, as module network takes them."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.ranges), ["nodes", "pods", "services", "private_services"])) == 0
    error_message = "ranges has unknown names: ${join(", ", setsubtract(keys(var.ranges), ["nodes", "pods", "services", "private_services"]))}; there are nodes, pods, services and private_services."
  }
}

variable "nodes" {
  description = "Nodes of the cluster: machine type, PREEMPTIBLE or STANDARD, how many at least and at most, and in which zones (none named: three)."
  type = object({
    machine_type = string
    provisioning = string
    min          = number
    max          = optional(number, 10)
    zones        = optional(set(string), [])
  })

  validation {
    condition     = var.environment != "production" || var.nodes.provisioning == "STANDARD"
    error_message = "nodes: provisioning is ${var.nodes.provisioning}; in production it must be STANDARD: Google takes preemptible nodes away all at once."
  }

  validation {
    condition     = var.environment != "production" || length(var.nodes.zones) == 0 || length(var.nodes.zones) >= 2
    error_message = "nodes: zones is ${join(", ", var.nodes.zones)}; in production it must name at least two, or none."
  }

  validation {
    condition     = var.environment != "production" || var.nodes.min >= 2
    error_message = "nodes: min is ${var.nodes.min}; in production it must be at least 2."
  }
}

variable "postgres" {
  description = "Cloud SQL: tier, REGIONAL or ZONAL, and the disk to begin with, GB."
  type = object({
    tier              = string
    availability_type = optional(string, "REGIONAL")
    disk_size_gb      = optional(number, 20)
  })

  validation {
    condition     = var.environment != "production" || var.postgres.availability_type == "REGIONAL"
    error_message = "postgres: availability_type is ${var.postgres.availability_type}; in production it must be REGIONAL: the ledger decides who holds a seat, and must survive a zone."
  }
}

variable "redis" {
  description = "Memorystore: BASIC or STANDARD_HA, and memory, GB."
  type = object({
    tier           = string
    memory_size_gb = number
  })

  validation {
    condition     = var.environment != "production" || var.redis.tier == "STANDARD_HA"
    error_message = "redis: tier is ${var.redis.tier}; in production it must be STANDARD_HA."
  }
}

variable "domain" {
  description = "Domain under which each tenant has a host."
  type        = string
}

variable "dns_zone_name" {
  description = "Cloud DNS zone that has the domain already. Null makes one."
  type        = string
  default     = null
}

variable "identity_tenants" {
  description = "Tenants of Identity Platform."
  type        = set(string)
  default     = []
}

variable "github_repository" {
  description = "Repository whose workflows build, deploy and look for drift, as OWNER/NAME."
  type        = string
}

variable "notification_emails" {
  description = "Addresses that alerts and the budget are sent to."
  type        = set(string)
}

variable "rule_groups" {
  description = "The platform's alerts, as Prometheus' rule groups; rules that record are left out."
  type        = any
  default     = []
}

variable "uptime_hosts" {
  description = "Tenants' hosts that are asked from all over the world whether they answer."
  type        = set(string)
  default     = []
}

variable "billing_account" {
  description = "Billing account for the budget alert. Null makes none."
  type        = string
  default     = null
}

variable "monthly_budget_usd" {
  description = "What a month may cost, US dollars."
  type        = number
}

variable "deletion_protection" {
  description = "Whether cluster, Postgres and Redis can be destroyed only after this was set to false and applied."
  type        = bool
  default     = true

  validation {
    condition     = var.environment != "production" || var.deletion_protection
    error_message = "deletion_protection is false; in production it must be true."
  }
}
