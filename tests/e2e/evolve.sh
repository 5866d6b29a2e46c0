#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The schema changes under load, and is built through a kill -9: see evolve.py.
set -eu
CARDEX_BIN=${CARDEX_RELEASE_BIN:-$CARDEX_BIN} exec /usr/bin/python3 "$(dirname "$0")/evolve.py"
