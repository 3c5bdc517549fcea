resource "google_project_service" "this" {
  for_each = var.services

  project = var.project_id
  service = each.value

  # Others may use the API by now: whoever leaves does not switch it off behind them.
  disable_on_destroy = false
}
