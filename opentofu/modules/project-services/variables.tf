variable "project_id" {
  description = "Project whose APIs are switched on."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is '${var.project_id}'; it must be a project's id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "services" {
  description = "APIs to switch on, by their full names. All that the platform's modules call must be among them."
  type        = set(string)
  default = [
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "certificatemanager.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "containerscanning.googleapis.com",
    "dns.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "identitytoolkit.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "redis.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
  ]

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z0-9.-]+\\.googleapis\\.com$", service))])
    error_message = "services has names that do not end with '.googleapis.com': ${join(", ", [for service in var.services : service if !can(regex("^[a-z0-9.-]+\\.googleapis\\.com$", service))])}."
  }

  validation {
    condition     = length(setsubtract(var.required_services, var.services)) == 0
    error_message = "services lacks APIs that the platform calls: ${join(", ", setsubtract(var.required_services, var.services))}. Add them, or leave services out."
  }
}

variable "required_services" {
  description = "APIs without which what is built on this module fails half-way; services must contain them."
  type        = set(string)
  default     = []
}
