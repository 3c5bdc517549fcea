terraform {
  backend "gcs" {
    bucket = var.state_bucket
    prefix = "backend-staging"
  }

  # Before it leaves this machine. Not even who may read the bucket reads Memorystore's password in it.
  encryption {
    key_provider "gcp_kms" "state" {
      kms_encryption_key = var.state_key
      key_length         = 32
    }

    method "aes_gcm" "state" {
      keys = key_provider.gcp_kms.state
    }

    state {
      method   = method.aes_gcm.state
      enforced = true
    }

    plan {
      method   = method.aes_gcm.state
      enforced = true
    }
  }
}
