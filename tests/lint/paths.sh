#!/usr/bin/env bash
# Nothing in the project names a folder of the machine that it was written on.
. "$(dirname "$0")/lint.inc.sh"

# Written so that they do not match themselves.
places='(^|[^a-zA-Z0-9_.])/(wor[k]|far[m]|hom[e]/[a-z]+|roo[t])/|\.\./share[d]|/\.librar[y]/'
mapfile -t files < <(project_files)
while IFS= read -r hit; do
    finding "$hit"
done < <(grep -nIHE "$places" "${files[@]}" /dev/null || true)
finish "${#files[@]}" files
