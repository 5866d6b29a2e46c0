/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts: the field names of a type's rows under one layout number. The server sends the names
 * once; a connection remembers them and tells the number it knows in later requests.
 *
 * A layout is shared by the cache, requests in flight and results, which may end in different
 * threads; so it is counted atomically. */
#pragma once

#include "base/slice.h"
#include "base/status.h"
#include "client/cardex.h"

#include <stdatomic.h>

typedef struct cardex__layout {
	atomic_uint owners;
	uint64_t number;
	size_t count;
	const char *names[];
} cardex__layout;

enum { CARDEX__COLUMNS_MAX = 1024, CARDEX__LAYOUTS_MAX = 256 };

/* Copies the names. Errors: CX_MALFORMED (no list of 1 to CARDEX__COLUMNS_MAX texts),
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__layout_new(uint64_t number, const cardex_value *names,
                                         cardex__layout **ret);

/* One more owner; NULL is accepted. */
cardex__layout *cardex__layout_share(cardex__layout *layout);

/* One owner less, and sets `*layout` to NULL; NULL is accepted. */
void cardex__layout_drop(cardex__layout **layout);

/* -1 when there is no such column. */
int cardex__layout_find(const cardex__layout *layout, const char *name);

/* The layouts of a connection, by type name. */
typedef struct cardex__layouts {
	struct cardex__known {
		char *type;
		cardex__layout *layout;
	} * items;
	size_t count;
} cardex__layouts;

/* NULL when the type's layout is not known; borrowed. */
cardex__layout *cardex__layouts_find(const cardex__layouts *layouts, cx_slice type);

/* Remembers the layout (one more owner), or not, when there are CARDEX__LAYOUTS_MAX or there is
 * no memory: the server then sends the names again. */
void cardex__layouts_learn(cardex__layouts *layouts, cx_slice type, cardex__layout *layout);

void cardex__layouts_release(cardex__layouts *layouts);
