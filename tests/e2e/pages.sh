#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lists are walked page by page over restarts while others write: see pages.py.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/pages.py"
