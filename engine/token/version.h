/* SPDX-License-Identifier: Apache-2.0 */
/* What an index of tokens depends on. */
#pragma once

#include "engine/schema.h"

/* Over which fields of which types are searched, and as what. */
uint64_t engine__searched_hash(const engine_schema *schema);
