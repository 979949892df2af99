#!/usr/bin/env bash
# Runs clang-tidy over one source and prints only what it found.
#
#   tools/lint/tidy_one.sh <clang-tidy> <build directory> <file>
set -euo pipefail

output=$("$1" --quiet -p "$2" "$3" 2>&1) && status=0 || status=$?
if [[ $status -ne 0 ]]; then
  printf '%s\n' "$output" | grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated|^Suppressed |^Use -header-filter' || true
  printf 'clang-tidy: %s failed\n' "$3"
else
  printf 'clang-tidy: %s\n' "$3"
fi
exit "$status"
