# shellcheck shell=bash
# Shared by the lints. Each one reads the tree at $CARDEX_SOURCE and the build at
# $CARDEX_BUILD, prints a line per finding to stderr and exits 0 (clean), 1 (findings)
# or 77 (a tool is missing, so nothing was checked).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CARDEX_SOURCE=${CARDEX_SOURCE:-$(cd "$here/../.." && pwd)}
CARDEX_BUILD=${CARDEX_BUILD:-$CARDEX_SOURCE/build/dev}
cd "$CARDEX_SOURCE"
findings=0

finding() {
    printf '%s\n' "$*" >&2
    findings=$((findings + 1))
}

# The last line of a lint: how much was looked at, and the exit code. A lint that looked
# at nothing has failed, whatever it found.
finish() {
    local count=$1 what=$2
    if [ "$count" -eq 0 ]; then
        finding "no $what found: nothing was checked"
    fi
    printf '%s %s checked, %s findings\n' "$count" "$what" "$findings"
    [ "$findings" -eq 0 ] || exit 1
}

need() {
    command -v "$1" >/dev/null || {
        printf 'skipped: %s is not installed\n' "$1"
        exit 77
    }
}

# Every file of the project: what git tracks or would track, or, in an unpacked archive,
# all but the build folder.
project_files() {
    if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
        git ls-files --cached --others --exclude-standard
    else
        find . -path ./build -prune -o -type f -printf '%P\n'
    fi | sort -u | while IFS= read -r path; do
        if [ -f "$path" ]; then printf '%s\n' "$path"; fi
    done
}

c_files() { project_files | grep -E '\.[ch]$' || true; }
headers() { project_files | grep -E '\.h$' || true; }

# Those whose first line calls a shell, and the parts that others source.
shell_scripts() {
    project_files | while IFS= read -r path; do
        case $path in
        *.inc.sh) printf '%s\n' "$path" ;;
        *) if head -c 64 "$path" | head -n 1 | grep -aqE '^#!.*[/ ](ba)?sh( |$)'; then
            printf '%s\n' "$path"
        fi ;;
        esac
    done
}
