/* SPDX-License-Identifier: Apache-2.0 */
/* Lies in engine/row/row.h, so that engine/index can use it without engine/record. */
#pragma once

#include "engine/row/row.h"
