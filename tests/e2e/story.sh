#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The story of a small company from a trade fair to the figures of four months, told through the
# tool alone: see story/README.md.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/story/main.py"
