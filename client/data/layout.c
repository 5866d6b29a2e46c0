/* SPDX-License-Identifier: Apache-2.0 */
#include "client/data/layout.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of all names with their zero bytes; 0 when it is no list of names. */
static size_t names_size(const cardex_value *names)
{
	size_t total = 0;
	for (size_t i = 0; i < cardex_value_count(names); i++) {
		const char *name = cardex_value_text(cardex_value_at(names, i));
		if (name == NULL)
			return 0;
		total += strlen(name) + 1;
	}
	return total;
}

cx_status cardex__layout_new(uint64_t number, const cardex_value *names, cardex__layout **ret)
{
	size_t count = cardex_value_count(names);
	size_t text_size = names_size(names);
	if (cardex_value_kind_of(names) != CARDEX_VALUE_LIST || count > CARDEX__COLUMNS_MAX ||
	    text_size == 0)
		return CX_MALFORMED;
	cardex__layout *layout =
		malloc(sizeof *layout + count * sizeof *layout->names + text_size);
	if (layout == NULL)
		return CX_NO_MEMORY;
	atomic_init(&layout->owners, 1);
	layout->number = number;
	layout->count = count;
	char *text = (char *)(layout->names + count);
	for (size_t i = 0; i < count; i++) {
		const char *name = cardex_value_text(cardex_value_at(names, i));
		size_t size = strlen(name) + 1;
		memcpy(text, name, size);
		layout->names[i] = text;
		text += size;
	}
	*ret = layout;
	return CX_OK;
}

cardex__layout *cardex__layout_share(cardex__layout *layout)
{
	if (layout != NULL)
		atomic_fetch_add_explicit(&layout->owners, 1, memory_order_relaxed);
	return layout;
}

void cardex__layout_drop(cardex__layout **layout)
{
	if (*layout != NULL &&
	    atomic_fetch_sub_explicit(&(*layout)->owners, 1, memory_order_acq_rel) == 1)
		free(*layout);
	*layout = NULL;
}

int cardex__layout_find(const cardex__layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (strcmp(layout->names[i], name) == 0)
			return (int)i;
	return -1;
}

static struct cardex__known *find(const cardex__layouts *layouts, cx_slice type)
{
	for (size_t i = 0; i < layouts->count; i++)
		if (cx_slice_equal(cx_slice_of(layouts->items[i].type), type))
			return &layouts->items[i];
	return NULL;
}

cardex__layout *cardex__layouts_find(const cardex__layouts *layouts, cx_slice type)
{
	const struct cardex__known *known = find(layouts, type);
	return known == NULL ? NULL : known->layout;
}

/* Appends an entry without a layout; NULL when there is no room. */
static struct cardex__known *append(cardex__layouts *layouts, cx_slice type)
{
	if (layouts->count >= CARDEX__LAYOUTS_MAX)
		return NULL;
	struct cardex__known *items =
		realloc(layouts->items, (layouts->count + 1) * sizeof *items);
	if (items == NULL)
		return NULL;
	layouts->items = items;
	struct cardex__known *added = &items[layouts->count];
	*added = (struct cardex__known){ .type = strndup((const char *)type.data, type.size) };
	if (added->type == NULL)
		return NULL;
	layouts->count++;
	return added;
}

void cardex__layouts_learn(cardex__layouts *layouts, cx_slice type, cardex__layout *layout)
{
	CX_ASSERT(layout != NULL);
	struct cardex__known *known = find(layouts, type);
	if (known == NULL)
		known = append(layouts, type);
	if (known == NULL)
		return;
	cardex__layout_drop(&known->layout);
	known->layout = cardex__layout_share(layout);
}

void cardex__layouts_release(cardex__layouts *layouts)
{
	for (size_t i = 0; i < layouts->count; i++) {
		cardex__layout_drop(&layouts->items[i].layout);
		free(layouts->items[i].type);
	}
	free(layouts->items);
	*layouts = (cardex__layouts){ 0 };
}
