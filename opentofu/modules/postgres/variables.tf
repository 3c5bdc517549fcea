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
  description = "Name of the instance. After it was deleted the name is not free again for a week."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,78}[a-z0-9])?$", var.name))
    error_message = "name is '${var.name}'; it must be 1 to 80 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network_id" {
  description = "Network from which the instance is reached, with private services access."
  type        = string
}

variable "allocated_ip_range" {
  description = "Name of the private services range that the address is taken from. Null lets Google take any."
  type        = string
  default     = null
}

variable "tier" {
  description = "Machine: db-custom-CORES-MEGABYTES."
  type        = string

  # https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
  validation {
    condition = try(
      length(regex("^db-custom-([0-9]+)-([0-9]+)$", var.tier)) == 2
      && (tonumber(split("-", var.tier)[2]) == 1 || tonumber(split("-", var.tier)[2]) % 2 == 0)
      && tonumber(split("-", var.tier)[2]) >= 1 && tonumber(split("-", var.tier)[2]) <= 96
      && tonumber(split("-", var.tier)[3]) % 256 == 0
      && tonumber(split("-", var.tier)[3]) >= max(3840, tonumber(split("-", var.tier)[2]) * 922)
      && tonumber(split("-", var.tier)[3]) <= tonumber(split("-", var.tier)[2]) * 6656,
      false
    )
    error_message = "tier is '${var.tier}'; it must be db-custom-CORES-MEGABYTES, such as db-custom-2-8192: 1 core or an even number up to 96, memory a multiple of 256 MB, at least 3840 MB, 0.9 to 6.5 GB a core."
  }
}

variable "availability_type" {
  description = "REGIONAL has a standby in another zone that takes over; ZONAL has none."
  type        = string
  default     = "REGIONAL"

  validation {
    condition     = contains(["REGIONAL", "ZONAL"], var.availability_type)
    error_message = "availability_type is '${var.availability_type}'; it must be REGIONAL or ZONAL."
  }
}

variable "disk_size_gb" {
  description = "Disk to begin with, GB; it grows by itself."
  type        = number
  default     = 20

  validation {
    condition     = var.disk_size_gb >= 10 && var.disk_size_gb <= 65536
    error_message = "disk_size_gb is ${var.disk_size_gb}; it must be 10 to 65536."
  }
}

variable "disk_limit_gb" {
  description = "What the disk may grow to, GB. 0 sets no limit."
  type        = number
  default     = 500

  validation {
    condition     = var.disk_limit_gb == 0 || var.disk_limit_gb >= var.disk_size_gb
    error_message = "disk_limit_gb is ${var.disk_limit_gb}; it must be 0 or at least disk_size_gb (${var.disk_size_gb})."
  }
}

variable "backups" {
  description = "Daily backups: when they begin (UTC), how many are kept, for how many days the log is kept for recovery to a point in time, and where they are (null: the multi-region nearest)."
  type = object({
    start_time = optional(string, "02:00")
    retained   = optional(number, 7)
    log_days   = optional(number, 7)
    location   = optional(string)
  })
  default = {}

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.backups.start_time))
    error_message = "backups: start_time is '${var.backups.start_time}'; it must be HH:MM, in UTC."
  }

  validation {
    condition     = var.backups.retained >= 7 && var.backups.retained <= 365
    error_message = "backups: retained is ${var.backups.retained}; it must be 7 to 365."
  }

  validation {
    condition     = var.backups.log_days >= 1 && var.backups.log_days <= 7
    error_message = "backups: log_days is ${var.backups.log_days}; it must be 1 to 7."
  }
}

variable "maintenance_window" {
  description = "When Google may restart the instance for an update: the day (1 is Monday) and hour (UTC)."
  type = object({
    day  = optional(number, 2)
    hour = optional(number, 3)
  })
  default = {}

  validation {
    condition     = var.maintenance_window.day >= 1 && var.maintenance_window.day <= 7 && var.maintenance_window.hour >= 0 && var.maintenance_window.hour <= 23
    error_message = "maintenance_window: day must be 1 (Monday) to 7, hour 0 to 23."
  }
}

variable "database_flags" {
  description = "Flags of Postgres, by name."
  type        = map(string)
  default     = {}
}

variable "database" {
  description = "Name of the ledger's database."
  type        = string
  default     = "licensing"
}

variable "deletion_protection" {
  description = "Whether the instance can be destroyed, here or in the console, only after this was set to false and applied."
  type        = bool
  default     = true
}

variable "labels" {
  description = "Labels of the instance."
  type        = map(string)
  default     = {}
}
