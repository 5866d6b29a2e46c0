#!/usr/bin/env bash
# Who may include whom: see layers.py.
. "$(dirname "$0")/lint.inc.sh"
[ -x /usr/bin/python3 ] || {
    echo 'skipped: no /usr/bin/python3'
    exit 77
}
project_files | /usr/bin/python3 "$here/layers.py"
