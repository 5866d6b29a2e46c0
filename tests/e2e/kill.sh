#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 under load: see kill.py.
set -eu
CARDEX_BIN=${CARDEX_RELEASE_BIN:-$CARDEX_BIN} exec /usr/bin/python3 "$(dirname "$0")/kill.py"
