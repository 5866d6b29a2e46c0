/* SPDX-License-Identifier: Apache-2.0 */
#include "client/conn/pending.h"

#include "base/check.h"

#include <stdlib.h>

enum {
	PLACE_BITS = 10,
	PLACES_FIRST = 16,
	PLACES_ALL = 1 << PLACE_BITS,
};

_Static_assert((int)CARDEX__PENDING_MAX <= (int)PLACES_ALL, "every request has a place");

static cx_status grow(cardex__pendings *pendings)
{
	uint32_t room = pendings->room == 0 ? PLACES_FIRST : 2 * pendings->room;
	CX_ASSERT(room <= PLACES_ALL);
	cardex__pending *places = realloc(pendings->places, room * sizeof *places);
	if (places == NULL)
		return CX_NO_MEMORY;
	for (uint32_t i = pendings->room; i < room; i++)
		places[i] = (cardex__pending){ .used = false };
	pendings->places = places;
	pendings->room = room;
	return CX_OK;
}

cx_status cardex__pendings_add(cardex__pendings *pendings, cardex__pending **ret)
{
	if (pendings->count >= CARDEX__PENDING_MAX)
		return CX_BUSY;
	if (pendings->count == pendings->room) {
		cx_status status = grow(pendings);
		if (status != CX_OK)
			return status;
	}
	uint32_t place = pendings->free_hint;
	while (pendings->places[place].used)
		place++;
	CX_ASSERT(place < pendings->room);
	pendings->free_hint = place + 1;
	pendings->count++;
	pendings->round++;
	pendings->places[place] = (cardex__pending){
		.msgid = pendings->round << PLACE_BITS | place,
		.used = true,
		.order = pendings->next_order++,
	};
	*ret = &pendings->places[place];
	return CX_OK;
}

cardex__pending *cardex__pendings_find(cardex__pendings *pendings, uint32_t msgid)
{
	uint32_t place = msgid & (PLACES_ALL - 1);
	if (place >= pendings->room)
		return NULL;
	cardex__pending *pending = &pendings->places[place];
	return pending->used && pending->msgid == msgid ? pending : NULL;
}

cardex__pending *cardex__pendings_first(cardex__pendings *pendings)
{
	cardex__pending *first = NULL;
	for (uint32_t i = 0; i < pendings->room; i++) {
		cardex__pending *pending = &pendings->places[i];
		if (pending->used && (first == NULL || pending->order < first->order))
			first = pending;
	}
	return first;
}

cardex__pending cardex__pendings_take(cardex__pendings *pendings, cardex__pending *pending)
{
	CX_ASSERT(pending->used && pendings->count > 0);
	uint32_t place = (uint32_t)(pending - pendings->places);
	cardex__pending taken = *pending;
	*pending = (cardex__pending){ .used = false };
	pendings->count--;
	if (place < pendings->free_hint)
		pendings->free_hint = place;
	return taken;
}

void cardex__asked_release(cardex__asked *asked)
{
	cardex__layout_drop(&asked->layout);
	free((void *)(uintptr_t)asked->request.data);
	asked->request = (cx_slice){ 0 };
}

void cardex__pendings_release(cardex__pendings *pendings)
{
	CX_ASSERT(pendings->count == 0);
	free(pendings->places);
	*pendings = (cardex__pendings){ 0 };
}
