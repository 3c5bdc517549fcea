variable "project_id" {
  description = "Project of Identity Platform."
  type        = string
}

variable "authorized_domains" {
  description = "Domains from which people may sign in."
  type        = set(string)

  validation {
    condition     = alltrue([for domain in var.authorized_domains : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", domain))])
    error_message = "authorized_domains has what is no domain: ${join(", ", [for domain in var.authorized_domains : domain if !can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", domain))])}."
  }
}

variable "tenants" {
  description = "Tenants of Identity Platform, by the name that people see: 4 to 20 letters, digits and hyphens, beginning with a letter."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for tenant in var.tenants : can(regex("^[a-zA-Z][a-zA-Z0-9-]{3,19}$", tenant))])
    error_message = "tenants: a name must be 4 to 20 letters, digits and hyphens, beginning with a letter; these are not: ${join(", ", [for tenant in var.tenants : tenant if !can(regex("^[a-zA-Z][a-zA-Z0-9-]{3,19}$", tenant))])}."
  }
}
