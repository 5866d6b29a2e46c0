#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Watches are killed, and so is the daemon, and no change is lost or comes twice: see watch.py.
set -eu
CARDEX_BIN=${CARDEX_RELEASE_BIN:-$CARDEX_BIN} exec /usr/bin/python3 "$(dirname "$0")/watch.py"
