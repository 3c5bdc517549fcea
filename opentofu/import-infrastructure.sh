#!/usr/bin/env bash
# Adopts what is in a Google Cloud project already into an environment's state: see --help, and docs/google-cloud-import.md.
set -euo pipefail
exec python3 "$(dirname "${BASH_SOURCE[0]}")/import_infrastructure.py" "$@"
