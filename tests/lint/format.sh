#!/usr/bin/env bash
# Every C file is as clang-format 14 would write it.
. "$(dirname "$0")/lint.inc.sh"
need clang-format
clang-format --version | grep -q 'version 14\.' || {
    echo 'skipped: formatting is defined by clang-format 14'
    exit 77
}

mapfile -t files < <(c_files)
for file in "${files[@]}"; do
    clang-format --dry-run --Werror "$file" 2>/dev/null ||
        finding "$file: run clang-format -i"
done
finish "${#files[@]}" 'C files'
