#!/usr/bin/env bash
# A CI job that waits up to ten minutes for a seat and holds it while the build runs. The pipeline's secrets set
# CODITECT_LICENSE_URL and CODITECT_LICENSE_KEY; the job's number keeps two jobs of one runner apart.
set -euo pipefail
exec coditect-license run --wait 600 --instance "ci-${CI_JOB_ID:-local}" -- "$@"
