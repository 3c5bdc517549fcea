locals {
  zone_name = var.dns_zone_name == null ? google_dns_managed_zone.this[0].name : var.dns_zone_name

  # Order is priority. https://cloud.google.com/armor/docs/waf-rules
  owasp_rules = {
    "sqli-v33-stable"             = 1000
    "xss-v33-stable"              = 1010
    "lfi-v33-stable"              = 1020
    "rfi-v33-stable"              = 1030
    "rce-v33-stable"              = 1040
    "protocolattack-v33-stable"   = 1050
    "scannerdetection-v33-stable" = 1060
    "sessionfixation-v33-stable"  = 1070
    "java-v33-stable"             = 1080
    "cve-canary"                  = 1090
  }
}

resource "google_compute_global_address" "this" {
  project = var.project_id
  name    = var.name
  labels  = var.labels
}

# --- names

resource "google_dns_managed_zone" "this" {
  count = var.dns_zone_name == null ? 1 : 0

  project     = var.project_id
  name        = var.name
  dns_name    = "${var.domain}."
  description = "Hosts of the tenants' licence APIs"
  labels      = var.labels

  dnssec_config {
    state = "on"
  }
}

resource "google_dns_record_set" "tenants" {
  project      = var.project_id
  managed_zone = local.zone_name
  name         = "*.${var.domain}."
  type         = "A"
  ttl          = 300
  rrdatas      = [google_compute_global_address.this.address]
}

# Nobody but Google may issue certificates for the domain.
resource "google_dns_record_set" "certificate_authority" {
  project      = var.project_id
  managed_zone = local.zone_name
  name         = "${var.domain}."
  type         = "CAA"
  ttl          = 3600
  rrdatas      = ["0 issue \"pki.goog\""]
}

# --- certificates: one for all tenants, issued before any of them is served

resource "google_certificate_manager_dns_authorization" "this" {
  project = var.project_id
  name    = var.name
  domain  = var.domain
  labels  = var.labels
}

resource "google_dns_record_set" "authorization" {
  project      = var.project_id
  managed_zone = local.zone_name
  name         = google_certificate_manager_dns_authorization.this.dns_resource_record[0].name
  type         = google_certificate_manager_dns_authorization.this.dns_resource_record[0].type
  ttl          = 300
  rrdatas      = [google_certificate_manager_dns_authorization.this.dns_resource_record[0].data]
}

resource "google_certificate_manager_certificate" "this" {
  project = var.project_id
  name    = var.name
  labels  = var.labels

  managed {
    domains            = [var.domain, "*.${var.domain}"]
    dns_authorizations = [google_certificate_manager_dns_authorization.this.id]
  }
}

resource "google_certificate_manager_certificate_map" "this" {
  project = var.project_id
  name    = var.name
  labels  = var.labels
}

resource "google_certificate_manager_certificate_map_entry" "tenants" {
  project      = var.project_id
  map          = google_certificate_manager_certificate_map.this.name
  name         = "${var.name}-tenants"
  certificates = [google_certificate_manager_certificate.this.id]
  hostname     = "*.${var.domain}"
  labels       = var.labels
}

resource "google_compute_ssl_policy" "this" {
  project         = var.project_id
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

# --- Cloud Armor

resource "google_compute_security_policy" "this" {
  project     = var.project_id
  name        = var.name
  description = "What reaches the licence APIs"
  type        = "CLOUD_ARMOR"

  advanced_options_config {
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable = true
    }
  }

  dynamic "rule" {
    for_each = local.owasp_rules

    content {
      action      = "deny(403)"
      priority    = rule.value
      preview     = var.owasp_mode == "PREVIEW"
      description = "OWASP: ${rule.key}"

      match {
        expr {
          # Sensitivity 1 has the fewest false alarms: bodies here are JSON with tokens in them.
          expression = startswith(rule.key, "cve") ? "evaluatePreconfiguredWaf('${rule.key}')" : "evaluatePreconfiguredWaf('${rule.key}', {'sensitivity': 1})"
        }
      }
    }
  }

  rule {
    action      = "throttle"
    priority    = 2000
    description = "So many requests of one address"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "The rule that each policy must end with; the one before it takes everything"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
