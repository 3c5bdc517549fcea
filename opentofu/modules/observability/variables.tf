variable "project_id" {
  description = "Project of what is watched."
  type        = string
}

variable "project_number" {
  description = "Number of the project: a budget knows it by that."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is '${var.project_number}'; it must be the project's number, not its id."
  }
}

variable "region" {
  description = "Region of the logs, such as europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is '${var.region}'; it must be a region such as europe-west1, not a zone (europe-west1-b) or a multi-region (EU)."
  }
}

variable "name" {
  description = "Beginning of the names of what is made."
  type        = string
  default     = "licensing"
}

variable "notification_emails" {
  description = "Addresses that alerts and the budget are sent to."
  type        = set(string)

  validation {
    condition     = length(var.notification_emails) > 0
    error_message = "notification_emails is empty; an alert that nobody gets is none."
  }

  validation {
    condition     = alltrue([for email in var.notification_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "notification_emails has what is no address: ${join(", ", [for email in var.notification_emails : email if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])}."
  }
}

variable "rule_groups" {
  description = "Alerts in the form of Prometheus' rule groups, as config/monitoring has them; each rule becomes an alert policy. for is in whole seconds, minutes or hours."
  type = list(object({
    name = string
    rules = list(object({
      alert       = string
      expr        = string
      for         = optional(string, "0s")
      labels      = optional(map(string), {})
      annotations = optional(map(string), {})
    }))
  }))
  default = []

  validation {
    condition     = alltrue(flatten([for group in var.rule_groups : [for rule in group.rules : can(regex("^[0-9]+[smh]$", rule.for))]]))
    error_message = "rule_groups: for must be a number and s, m or h, such as 5m; it is not in ${join(", ", flatten([for group in var.rule_groups : [for rule in group.rules : rule.alert if !can(regex("^[0-9]+[smh]$", rule.for))]]))}."
  }

  validation {
    condition     = length(distinct(flatten([for group in var.rule_groups : group.rules[*].alert]))) == length(flatten([for group in var.rule_groups : group.rules[*].alert]))
    error_message = "rule_groups: an alert's name must be there once only."
  }
}

variable "uptime_hosts" {
  description = "Hosts that are asked for https://HOST/health/ each minute from all over the world."
  type        = set(string)
  default     = []
}

variable "log_retention_days" {
  description = "For how many days the platform's logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 1 && var.log_retention_days <= 3650
    error_message = "log_retention_days is ${var.log_retention_days}; it must be 1 to 3650."
  }
}

variable "audit_retention_days" {
  description = "For how many days it is kept who did what in the project."
  type        = number
  default     = 400

  validation {
    condition     = var.audit_retention_days >= 365 && var.audit_retention_days <= 3650
    error_message = "audit_retention_days is ${var.audit_retention_days}; it must be 365 to 3650."
  }
}

variable "audited_services" {
  description = "Services whose reads are audited, too: who signed, and who read a secret."
  type        = set(string)
  default     = ["cloudkms.googleapis.com", "secretmanager.googleapis.com"]
}

variable "billing_account" {
  description = "Billing account for the budget alert, as XXXXXX-XXXXXX-XXXXXX. Null makes none."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must be XXXXXX-XXXXXX-XXXXXX, or null."
  }
}

variable "monthly_budget_usd" {
  description = "What a month may cost, US dollars: told at half, at nine tenths, when reached, and when it is foreseen."
  type        = number

  validation {
    condition     = var.monthly_budget_usd > 0 && floor(var.monthly_budget_usd) == var.monthly_budget_usd
    error_message = "monthly_budget_usd is ${var.monthly_budget_usd}; it must be a whole number above 0."
  }
}
