variable "project_id" {
  description = "Project of the edge."
  type        = string
}

variable "name" {
  description = "Beginning of the names of what is made."
  type        = string
  default     = "licensing"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name is '${var.name}'; it must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "domain" {
  description = "Domain under which each tenant has a host of its own: licences.example.com serves acme.licences.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is '${var.domain}'; it must be a domain in lower case without a dot at its end, such as licences.example.com."
  }
}

variable "dns_zone_name" {
  description = "Cloud DNS zone that has the domain already, by its name. Null makes a zone for the domain."
  type        = string
  default     = null
}

variable "requests_per_minute" {
  description = "Requests that one client address may send in a minute; what is beyond is answered with 429. A customer's whole office may share an address."
  type        = number
  default     = 6000

  validation {
    condition     = var.requests_per_minute >= 60 && var.requests_per_minute <= 100000
    error_message = "requests_per_minute is ${var.requests_per_minute}; it must be 60 to 100000."
  }
}

variable "owasp_mode" {
  description = "ENFORCED refuses what the OWASP rules find; PREVIEW only logs it, for a first look at one's own traffic."
  type        = string
  default     = "ENFORCED"

  validation {
    condition     = contains(["ENFORCED", "PREVIEW"], var.owasp_mode)
    error_message = "owasp_mode is '${var.owasp_mode}'; it must be ENFORCED or PREVIEW."
  }
}

variable "labels" {
  description = "Labels of what can have them."
  type        = map(string)
  default     = {}
}
