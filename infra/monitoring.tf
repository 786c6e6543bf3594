locals {
  watched = var.supabase_url == null ? toset([]) : var.watched_functions
  host    = var.supabase_url == null ? "" : trimprefix(var.supabase_url, "https://")
  # The alerts on Cloud Run make sense only while something runs there.
  run_alerts = length(module.selection.services) > 0 ? toset(["on"]) : toset([])
  channels   = [for channel in google_monitoring_notification_channel.email : channel.id]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = each.key
  type         = "email"

  labels = {
    email_address = each.key
  }
}

resource "google_monitoring_uptime_check_config" "function" {
  for_each = local.watched

  display_name = "edge function ${each.key}"
  timeout      = "10s"
  period       = "60s"

  http_check {
    path           = "/functions/v1/${each.key}/health"
    port           = 443
    use_ssl        = true
    validate_ssl   = true
    request_method = "GET"

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.gcp_project_id
      host       = local.host
    }
  }
}

resource "google_monitoring_alert_policy" "function_down" {
  for_each = local.watched

  display_name          = "edge function ${each.key} is down"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "more than one region fails for 2 minutes"

    condition_threshold {
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.function[each.key].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content = "Look: bee status --target production. Go back: bee rollback functions --target production."
  }
}

# The plan's success metrics: under 1 % errors, p95 under 2 s.
resource "google_monitoring_alert_policy" "errors" {
  for_each = local.run_alerts

  display_name          = "Cloud Run answers errors"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "more than 1 % of the answers are 5xx for 5 minutes"

    condition_threshold {
      filter             = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      denominator_filter = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\""
      comparison         = "COMPARISON_GT"
      threshold_value    = 0.01
      duration           = "300s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }

      denominator_aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }

  documentation {
    content = "Go back to the prior ready revision: bee rollback infra."
  }
}

resource "google_monitoring_alert_policy" "latency" {
  for_each = local.run_alerts

  display_name          = "Cloud Run is slow"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "p95 over 2 s for 5 minutes"

    condition_threshold {
      filter          = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_latencies\""
      comparison      = "COMPARISON_GT"
      threshold_value = 2000
      duration        = "300s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_PERCENTILE_95"
        cross_series_reducer = "REDUCE_MAX"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }
}
