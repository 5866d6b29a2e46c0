#!/usr/bin/env bash
# No finding of shellcheck in any script.
. "$(dirname "$0")/lint.inc.sh"
need shellcheck

mapfile -t scripts < <(shell_scripts)
for script in "${scripts[@]}"; do
    shellcheck --external-sources --source-path=SCRIPTDIR "$script" >&2 || finding "$script: see above"
done
finish "${#scripts[@]}" scripts
