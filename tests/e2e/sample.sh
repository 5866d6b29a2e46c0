#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The sample goes in whole, and every list over it is right by its index: see sample.py.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/sample.py"
