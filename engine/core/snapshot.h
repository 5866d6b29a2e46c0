/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a read handle that a snapshot and a write transaction share. */
#pragma once

#include "engine/core/handle.h"

/* Fills a zeroed handle but for its view. On an error release it all the same. */
CX_MUST_USE cx_status engine__read_init(engine_read *read, engine *self);
void engine__read_release(engine_read *read);
