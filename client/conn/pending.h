/* SPDX-License-Identifier: Apache-2.0 */
/* Requests without an answer, found by msgid. The low bits of a msgid are the place in the
 * table, the others count up, so an answer that comes twice, or to a question nobody asked, is
 * told from a good one. */
#pragma once

#include "client/data/result.h"

enum { CARDEX__PENDING_MAX = 1000 };

typedef struct cardex__pending {
	uint32_t msgid;
	bool used;
	uint64_t order;      /* of submission */
	cardex__asked asked; /* owns `layout` and `request` (malloc) */
	cardex_reply_fn *reply;
	void *context;
} cardex__pending;

typedef struct cardex__pendings {
	cardex__pending *places;
	uint32_t room; /* places there are */
	uint32_t count;
	uint32_t free_hint; /* no free place lies before it */
	uint32_t round;
	uint64_t next_order;
} cardex__pendings;

/* Takes a free place and gives it a msgid; the rest is for the caller to fill. The pointer
 * holds until the next call. Errors: CX_BUSY (CARDEX__PENDING_MAX), CX_NO_MEMORY. */
CX_MUST_USE cx_status cardex__pendings_add(cardex__pendings *pendings, cardex__pending **ret);

/* NULL when there is none of that msgid. */
cardex__pending *cardex__pendings_find(cardex__pendings *pendings, uint32_t msgid);

/* The one submitted first; NULL when there is none. */
cardex__pending *cardex__pendings_first(cardex__pendings *pendings);

/* Takes it out of the table; what it owns is then the caller's, see cardex__asked_release(). */
cardex__pending cardex__pendings_take(cardex__pendings *pendings, cardex__pending *pending);

void cardex__asked_release(cardex__asked *asked);

/* Only of an empty table. */
void cardex__pendings_release(cardex__pendings *pendings);
