#!/usr/bin/env bash
# Every C file is as clang-format 14 would write it.
. "$(dirname "$0")/lint.inc.sh"
need clang-format
clang-format --version | grep -q 'version 14\.' || {
    echo 'skipped: formatting is defined by clang-format 14'
    exit 77
}

mapfile -t files < <(c_files)
said=$(printf '%s\0' "${files[@]}" |
    xargs -0 -n 40 -P "$(nproc)" clang-format --dry-run 2>&1) ||
    finding "clang-format failed: $said"
while IFS= read -r file; do
    finding "$file: run clang-format -i"
done < <(sed -n 's/^\([^:]*\):[0-9:]* .*clang-format-violations.*/\1/p' <<<"$said" | sort -u)
finish "${#files[@]}" 'C files'
