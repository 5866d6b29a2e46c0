/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that builds the search index of a store that another tokenizer made: in short
 * transactions of its own, between those of the writer, and only when there is something to
 * build. */
#pragma once

#include "engine/engine.h"

typedef struct daemon__indexer daemon__indexer;

/* Starts it; when the index is ready, `*ret` is NULL and nothing runs.
 * Errors: CX_NO_MEMORY, CX_CORRUPT, CX_IO, CX_BUSY. */
CX_MUST_USE cx_status daemon__indexer_new(engine *store, daemon__indexer **ret);

/* Ends it after its slice; what is left is built after the next start. NULL is accepted. */
void daemon__indexer_free(daemon__indexer **indexer);
