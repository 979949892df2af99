#!/usr/bin/env bash
# Runs shellcheck over every shell script of ours.
#
#   tools/lint/shell.sh [--self-test]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if ! command -v shellcheck >/dev/null; then
  echo "shell: shellcheck is not installed: skipped (apt-get install -y shellcheck)"
  exit 77
fi

if [[ ${1:-} == --self-test ]]; then
  # shellcheck disable=SC2016  # the text of a faulty script, not to be expanded
  if printf '#!/bin/bash\nrm $1\n' | shellcheck - >/dev/null; then
    echo "shell: self test failed: a faulty script passed"
    exit 1
  fi
  echo "shell: self test, 1 case"
  exit 0
fi

cd "$root"
mapfile -t files < <(grep -rlE '^#!.*\b(ba)?sh\b' tools tests .ci | sort)
shellcheck "${files[@]}"
echo "shell: ${#files[@]} files"
