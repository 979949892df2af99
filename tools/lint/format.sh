#!/usr/bin/env bash
# Checks that every C++ file of ours is formatted as .clang-format says; --fix formats them.
#
#   tools/lint/format.sh [--fix | --self-test] [file]...
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The pinned version first: another one formats a few constructs differently.
find_tool() {
  local name
  for name in clang-format-14 clang-format; do
    if command -v "$name" >/dev/null; then
      echo "$name"
      return
    fi
  done
}

tool=$(find_tool)
if [[ -z $tool ]]; then
  echo "format: clang-format is not installed: skipped (apt-get install -y clang-format-14)"
  exit 77
fi

self_test() {
  local directory status=0
  directory=$(mktemp -d)
  cp "$root/.clang-format" "$directory/"
  printf 'int  F( ){return 1;}\n' >"$directory/bad.cc"
  printf 'int F() { return 1; }\n' >"$directory/good.cc"
  if "$tool" --dry-run -Werror "$directory/bad.cc" 2>/dev/null; then
    echo "format: self test failed: a badly formatted file passed"
    status=1
  fi
  if ! "$tool" --dry-run -Werror "$directory/good.cc"; then
    echo "format: self test failed: a well formatted file was refused"
    status=1
  fi
  rm -rf "$directory"
  echo "format: self test, 2 cases"
  return $status
}

mode=check
case ${1:-} in
  --self-test)
    self_test
    exit
    ;;
  --fix)
    mode=fix
    shift
    ;;
esac

files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  cd "$root"
  mapfile -t files < <(find core sim tools tests -name build -prune -o \( -name '*.h' -o -name '*.cc' \) -print | sort)
fi
if [[ ${#files[@]} -eq 0 ]]; then
  echo "format: no files"
  exit 0
fi

if [[ $mode == fix ]]; then
  printf '%s\0' "${files[@]}" | xargs -0 -P 2 -n 20 "$tool" -i
  exit 0
fi
if ! printf '%s\0' "${files[@]}" | xargs -0 -P 2 -n 20 "$tool" --dry-run -Werror; then
  echo "format: run tools/lint/format.sh --fix"
  exit 1
fi
echo "format: ${#files[@]} files"
