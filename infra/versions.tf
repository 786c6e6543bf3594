terraform {
  required_version = ">= 1.5.0, < 2.0.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "6.50.0"
    }
  }

  # The bucket is named at init (-backend-config="bucket=…"): versioned, private, one per environment.
  backend "gcs" {
    prefix = "bee"
  }
}

provider "google" {
  project = var.gcp_project_id
  region  = var.gcp_region
}
