variable "project_id" {
  description = "Project of the cluster."
  type        = string
}

variable "region" {
  description = "Region of the cluster, such as europe-west1; its control plane is in three zones of it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name is '${var.name}'; it must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network_id" {
  description = "Network of the cluster."
  type        = string
}

variable "subnetwork_id" {
  description = "Subnet of the nodes."
  type        = string
}

variable "pods_range_name" {
  description = "Secondary range of the pods."
  type        = string
}

variable "services_range_name" {
  description = "Secondary range of the Services."
  type        = string
}

variable "node_tag" {
  description = "Network tag of the nodes."
  type        = string
}

variable "node_locations" {
  description = "Zones of the nodes, all in the region. Empty lets Google take three."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for zone in var.node_locations : startswith(zone, "${var.region}-")])
    error_message = "node_locations must be zones of region '${var.region}'; these are not: ${join(", ", [for zone in var.node_locations : zone if !startswith(zone, "${var.region}-")])}."
  }
}

variable "machine_type" {
  description = "Machine type of the nodes."
  type        = string

  validation {
    condition     = can(regex("^(e2|n1|n2|n2d|n4|c3|c3d|c4|t2d)-(standard|highmem|highcpu)-[0-9]+$", var.machine_type))
    error_message = "machine_type is '${var.machine_type}'; it must be a general-purpose type with cores of its own, such as n1-standard-2 or e2-standard-4."
  }
}

variable "provisioning" {
  description = "STANDARD keeps nodes; PREEMPTIBLE is cheaper, and Google takes each node away within 24 hours."
  type        = string
  default     = "STANDARD"

  validation {
    condition     = contains(["STANDARD", "PREEMPTIBLE"], var.provisioning)
    error_message = "provisioning is '${var.provisioning}'; it must be STANDARD or PREEMPTIBLE."
  }
}

variable "node_count" {
  description = "Nodes of the whole cluster: at least min, at most max, both 1 to 10."
  type = object({
    min = optional(number, 1)
    max = optional(number, 10)
  })
  default = {}

  validation {
    condition     = var.node_count.min >= 1 && var.node_count.max <= 10 && var.node_count.min <= var.node_count.max
    error_message = "node_count is ${var.node_count.min} to ${var.node_count.max}; it must be within 1 to 10, and min not above max."
  }
}

variable "disk_size_gb" {
  description = "Boot disk of a node, GB."
  type        = number
  default     = 50

  validation {
    condition     = var.disk_size_gb >= 20 && var.disk_size_gb <= 500
    error_message = "disk_size_gb is ${var.disk_size_gb}; it must be 20 to 500."
  }
}

variable "node_service_account" {
  description = "Email of the nodes' service account."
  type        = string

  validation {
    condition     = !endswith(var.node_service_account, "-compute@developer.gserviceaccount.com")
    error_message = "node_service_account is Compute Engine's default account, which may edit the whole project; name one of the nodes' own."
  }
}

variable "secrets_key_id" {
  description = "Cloud KMS key that encrypts the cluster's Secrets in etcd. Null leaves it to Google's own keys."
  type        = string
  default     = null
}

variable "release_channel" {
  description = "How early Kubernetes versions come: REGULAR or STABLE."
  type        = string
  default     = "REGULAR"

  validation {
    condition     = contains(["REGULAR", "STABLE"], var.release_channel)
    error_message = "release_channel is '${var.release_channel}'; it must be REGULAR or STABLE."
  }
}

variable "maintenance_window" {
  description = "When Google may upgrade the cluster: begin and end (RFC 3339, the day counts for nothing), and the days as an RFC 5545 rule. At least 48 hours in 32 days."
  type = object({
    start_time = optional(string, "2026-01-01T01:00:00Z")
    end_time   = optional(string, "2026-01-01T07:00:00Z")
    recurrence = optional(string, "FREQ=WEEKLY;BYDAY=TU,WE,TH")
  })
  default = {}
}

variable "deletion_protection" {
  description = "Whether the cluster can be destroyed only after this was set to false and applied."
  type        = bool
  default     = true
}

variable "labels" {
  description = "Labels of the cluster and its nodes."
  type        = map(string)
  default     = {}
}
