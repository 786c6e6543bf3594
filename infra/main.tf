module "selection" {
  source = "./modules/selection"

  deploy_functions = var.deploy_functions
  services         = var.services
  legacy_services  = var.legacy_services
}

resource "google_cloud_run_v2_service" "function" {
  for_each = module.selection.services

  name     = each.key
  location = var.gcp_region
  ingress  = "INGRESS_TRAFFIC_ALL"

  # deploy_functions = false has to be able to take them away; bee asks for each by name before it does.
  deletion_protection = false

  template {
    service_account = each.value.service_account_email
    timeout         = "${each.value.timeout_seconds}s"

    scaling {
      min_instance_count = each.value.min_instances
      max_instance_count = each.value.max_instances
    }

    containers {
      image = each.value.image

      resources {
        limits = {
          cpu    = each.value.cpu
          memory = each.value.memory
        }
      }

      dynamic "env" {
        for_each = each.value.env
        content {
          name  = env.key
          value = env.value
        }
      }

      # The id of the secret stands here and in the state, never its value.
      dynamic "env" {
        for_each = each.value.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
    }
  }

  lifecycle {
    # bee moves traffic between revisions when it rolls back; the next apply must not move it forward again.
    ignore_changes = [traffic, client, client_version]
  }
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = module.selection.public

  location = var.gcp_region
  name     = google_cloud_run_v2_service.function[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# Imported, not made: what ran before this configuration. Only its image is known, and nothing of it is changed.
resource "google_cloud_run_v2_service" "legacy" {
  for_each = module.selection.legacy_services

  name     = each.key
  location = var.gcp_region

  # Terraform refuses to delete it. Retire it by its name: bee rollback infra --retire NAME.
  deletion_protection = true

  template {
    containers {
      image = each.value
    }
  }

  lifecycle {
    ignore_changes = all
  }
}
