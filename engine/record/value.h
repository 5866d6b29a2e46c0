/* SPDX-License-Identifier: Apache-2.0 */
/* Lies in engine/row/value.h, so that engine/index can use it without engine/record. */
#pragma once

#include "engine/row/value.h"
