#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The sample goes in through the tool and comes back by every kind of index: see queries.py.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/queries.py"
