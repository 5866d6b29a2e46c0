#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bad input of every kind: see hostile.py.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/hostile.py"
