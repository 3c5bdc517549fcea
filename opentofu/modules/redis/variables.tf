variable "project_id" {
  description = "Project of the instance."
  type        = string
}

variable "region" {
  description = "Region of the instance, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "name" {
  description = "Name of the instance."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name is '${var.name}'; it must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network_id" {
  description = "Network from which the instance is reached, with private services access."
  type        = string
}

variable "reserved_ip_range" {
  description = "Name of the private services range that the address is taken from. Null lets Google take any."
  type        = string
  default     = null
}

variable "tier" {
  description = "BASIC is one server; STANDARD_HA has a replica in another zone that takes over."
  type        = string

  validation {
    condition     = contains(["BASIC", "STANDARD_HA"], var.tier)
    error_message = "tier is '${var.tier}'; it must be BASIC or STANDARD_HA."
  }
}

variable "memory_size_gb" {
  description = "Memory, GB."
  type        = number

  validation {
    condition     = var.memory_size_gb >= 1 && var.memory_size_gb <= 300 && floor(var.memory_size_gb) == var.memory_size_gb
    error_message = "memory_size_gb is ${var.memory_size_gb}; it must be a whole number, 1 to 300."
  }
}

variable "maintenance_window" {
  description = "When Google may update the instance: the day and hour (UTC)."
  type = object({
    day  = optional(string, "WEDNESDAY")
    hour = optional(number, 3)
  })
  default = {}

  validation {
    condition = (
      contains(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"], var.maintenance_window.day)
      && var.maintenance_window.hour >= 0 && var.maintenance_window.hour <= 23
    )
    error_message = "maintenance_window: day must be MONDAY to SUNDAY, hour 0 to 23."
  }
}

variable "deletion_protection" {
  description = "Whether the instance can be destroyed only after this was set to false and applied."
  type        = bool
  default     = true
}

variable "labels" {
  description = "Labels of the instance."
  type        = map(string)
  default     = {}
}
