variable "project_id" {
  description = "Project of the key ring."
  type        = string
}

variable "location" {
  description = "Location of the key ring: a region, or a multi-region such as europe."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+[0-9]{1,2})?$", var.location))
    error_message = "location is '${var.location}'; it must be a region such as europe-west1 or a multi-region such as europe."
  }
}

variable "key_ring_name" {
  description = "Name of the key ring. It can never be deleted, and its name is never free again: one per environment."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,63}$", var.key_ring_name))
    error_message = "key_ring_name is '${var.key_ring_name}'; it must be 1 to 63 letters, digits, '_' and '-'."
  }
}

variable "keys" {
  description = "Symmetric keys to make in the ring, by name. The tenants' root keys are not among them: the operator makes those. rotation_days is 1 to 3650."
  type = map(object({
    protection_level = optional(string, "SOFTWARE")
    rotation_days    = optional(number, 90)
    users            = optional(map(string), {})
  }))
  default = {}

  validation {
    condition     = alltrue([for key in var.keys : contains(["SOFTWARE", "HSM"], key.protection_level)])
    error_message = "keys: protection_level must be SOFTWARE or HSM; it is not in ${join(", ", [for name, key in var.keys : name if !contains(["SOFTWARE", "HSM"], key.protection_level)])}."
  }

  validation {
    condition     = alltrue([for key in var.keys : key.rotation_days >= 1 && key.rotation_days <= 3650])
    error_message = "keys: rotation_days must be 1 to 3650; it is not in ${join(", ", [for name, key in var.keys : name if !(key.rotation_days >= 1 && key.rotation_days <= 3650)])}."
  }
}
