/* SPDX-License-Identifier: Apache-2.0 */
/* From an answer's bytes to a result. */
#include "base/check.h"
#include "client/data/included.h"
#include "client/data/report.h"

#include <string.h>

enum {
	OUTCOME_ELEMENTS = 5,
	/* Of a result's memory beside its bytes: at most one value and one row an item. */
	RESULT_MEMORY_MAX = 128 * 1024 * 1024,
};

static bool is(const cardex_value *value, cardex_value_kind kind)
{
	return cardex_value_kind_of(value) == kind;
}

static bool is_count(const cardex_value *value)
{
	return is(value, CARDEX_VALUE_INT) && value->as.integer >= 0;
}

/* [id, rev, seq, affected, created], and candidates where duplicates were looked for */
static bool is_outcome(const cardex_value *value)
{
	if (!is(value, CARDEX_VALUE_LIST) || value->count < OUTCOME_ELEMENTS ||
	    value->count > OUTCOME_ELEMENTS + 1)
		return false;
	const cardex_value *items = value->as.items;
	if (value->count > OUTCOME_ELEMENTS && !is(&items[OUTCOME_ELEMENTS], CARDEX_VALUE_LIST))
		return false;
	return is(&items[0], CARDEX_VALUE_INT) && is_count(&items[1]) && is_count(&items[2]) &&
	       is_count(&items[3]) && items[3].as.integer <= UINT32_MAX &&
	       is(&items[4], CARDEX_VALUE_BOOL);
}

static cx_status take_outcomes(cardex_result *result, const cardex_value *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_outcome(&from[i]))
			return CX_MALFORMED;
	result->outcomes = from;
	result->outcome_count = count;
	return CX_OK;
}

static cx_status take_batch(cardex_result *result)
{
	if (!is(result->root, CARDEX_VALUE_LIST))
		return CX_MALFORMED;
	return take_outcomes(result, result->root->as.items, result->root->count);
}

/* The names that came, or those that were known under the number. */
static cx_status take_layout(cardex_result *result, const cardex_value *number,
                             const cardex_value *names, const cardex__asked *asked)
{
	if (!is_count(number))
		return CX_MALFORMED;
	uint64_t layout = (uint64_t)number->as.integer;
	if (is(names, CARDEX_VALUE_NULL)) {
		if (asked->layout == NULL || asked->layout->number != layout)
			return CX_MALFORMED;
		result->layout = cardex__layout_share(asked->layout);
		return CX_OK;
	}
	result->layout_is_new = true;
	return cardex__layout_new(layout, names, &result->layout);
}

static cx_status take_rows(cardex_result *result, const cardex_value *from, size_t count)
{
	if (count == 0)
		return CX_OK;
	result->rows = cx_arena_alloc(result->arena, count * sizeof *result->rows);
	if (result->rows == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (!is(&from[i], CARDEX_VALUE_LIST) || from[i].count > result->layout->count)
			return CX_MALFORMED;
		result->rows[i] = (cardex_row){ .result = result,
			                        .cells = from[i].as.items,
			                        .count = from[i].count };
	}
	result->row_count = count;
	return CX_OK;
}

/* [layout, names, row], and what is included */
static cx_status take_record(cardex_result *result, const cardex__asked *asked)
{
	if (!is(result->root, CARDEX_VALUE_LIST) || result->root->count < 3)
		return CX_MALFORMED;
	const cardex_value *items = result->root->as.items;
	cx_status status = take_layout(result, &items[0], &items[1], asked);
	if (status == CX_OK)
		status = take_rows(result, &items[2], 1);
	if (status == CX_OK && result->root->count > 3)
		status = cardex__included_take(result, &items[3]);
	return status;
}

/* after, reason, {…}; `counted` names the member that says how many there are. */
static cx_status take_page_info(cardex_page *page, const cardex_value *items,
                                const char *counted)
{
	const cardex_value *after = &items[0];
	const cardex_value *info = &items[2];
	page->reason = cardex_value_text(&items[1]);
	if (page->reason == NULL || !is(info, CARDEX_VALUE_MAP))
		return CX_MALFORMED;
	if (!is(after, CARDEX_VALUE_NULL)) {
		page->after = cardex_value_bytes(after, &page->after_size);
		page->more = page->after_size > 0;
		if (!page->more)
			return CX_MALFORMED;
	}
	const cardex_value *count = cardex_value_member(info, counted);
	page->count = is(count, CARDEX_VALUE_INT) ? count->as.integer : -1;
	page->seq = (uint64_t)cardex_value_int(cardex_value_member(info, "seq"));
	page->keys = (uint64_t)cardex_value_int(cardex_value_member(info, "keys"));
	page->fetched = (uint64_t)cardex_value_int(cardex_value_member(info, "fetched"));
	return CX_OK;
}

/* [layout, names, rows, after, reason, {seq, count, keys, fetched, include}] */
static cx_status take_page(cardex_result *result, const cardex__asked *asked)
{
	if (!is(result->root, CARDEX_VALUE_LIST) || result->root->count < 6)
		return CX_MALFORMED;
	const cardex_value *items = result->root->as.items;
	if (!is(&items[2], CARDEX_VALUE_LIST))
		return CX_MALFORMED;
	cx_status status = take_layout(result, &items[0], &items[1], asked);
	if (status == CX_OK)
		status = take_rows(result, items[2].as.items, items[2].count);
	if (status == CX_OK)
		status = take_page_info(&result->page, &items[3], "count");
	if (status == CX_OK)
		status = cardex__included_take(result,
		                               cardex_value_member(&items[5], "include"));
	result->is_page = status == CX_OK;
	return status;
}

/* A kind for each column. */
static cx_status take_kinds(cardex_result *result, const cardex_value *kinds)
{
	if (!is(kinds, CARDEX_VALUE_LIST) || kinds->count != result->layout->count)
		return CX_MALFORMED;
	for (size_t i = 0; i < kinds->count; i++)
		if (!is(&kinds->as.items[i], CARDEX_VALUE_TEXT))
			return CX_MALFORMED;
	result->kinds = kinds;
	return CX_OK;
}

/* [columns, rows, after, reason, {seq, kinds, groups, keys, fetched, aggregate}] */
static cx_status take_groups(cardex_result *result)
{
	if (!is(result->root, CARDEX_VALUE_LIST) || result->root->count < 5)
		return CX_MALFORMED;
	const cardex_value *items = result->root->as.items;
	if (!is(&items[0], CARDEX_VALUE_LIST) || !is(&items[1], CARDEX_VALUE_LIST))
		return CX_MALFORMED;
	cx_status status = cardex__layout_new(0, &items[0], &result->layout);
	if (status == CX_OK)
		status = take_rows(result, items[1].as.items, items[1].count);
	if (status == CX_OK)
		status = take_page_info(&result->page, &items[2], "groups");
	if (status == CX_OK)
		status = take_kinds(result, cardex_value_member(&items[4], "kinds"));
	result->is_page = status == CX_OK;
	return status;
}

cx_status cardex__result_of_rows(cx_arena *arena, const cardex_value *layout,
                                 const cardex_value *names, const cardex_value *rows,
                                 cardex_result **ret)
{
	const cardex__asked nothing = { 0 };
	cardex_result *result = cx_arena_zalloc(arena, sizeof *result);
	*ret = result;
	if (result == NULL)
		return CX_NO_MEMORY;
	result->arena = arena;
	if (!is(rows, CARDEX_VALUE_LIST) || !is(names, CARDEX_VALUE_LIST))
		return CX_MALFORMED;
	cx_status status = take_layout(result, layout, names, &nothing);
	return status == CX_OK ? take_rows(result, rows->as.items, rows->count) : status;
}

static bool is_hit(const cardex_value *value)
{
	const cardex_value *highlights = cardex_value_member(value, "highlights");
	return is(value, CARDEX_VALUE_MAP) &&
	       is(cardex_value_member(value, "type"), CARDEX_VALUE_TEXT) &&
	       is_count(cardex_value_member(value, "id")) &&
	       is(cardex_value_member(value, "match"), CARDEX_VALUE_TEXT) &&
	       is(cardex_value_member(value, "recent"), CARDEX_VALUE_INT) &&
	       is(cardex_value_member(value, "fields"), CARDEX_VALUE_MAP) &&
	       (is(highlights, CARDEX_VALUE_MAP) || is(highlights, CARDEX_VALUE_NULL));
}

static uint64_t figure(const cardex_value *map, const char *name)
{
	return (uint64_t)cardex_value_int(cardex_value_member(map, name));
}

/* [hits, end, {seq, found, keys, fetched}] */
static cx_status take_hits(cardex_result *result)
{
	if (!is(result->root, CARDEX_VALUE_LIST) || result->root->count < 3)
		return CX_MALFORMED;
	const cardex_value *items = result->root->as.items;
	if (!is(&items[0], CARDEX_VALUE_LIST) || !is(&items[1], CARDEX_VALUE_TEXT) ||
	    !is(&items[2], CARDEX_VALUE_MAP))
		return CX_MALFORMED;
	for (size_t i = 0; i < items[0].count; i++)
		if (!is_hit(&items[0].as.items[i]))
			return CX_MALFORMED;
	result->found = &items[0];
	result->hits = (cardex_hits){
		.count = items[0].count,
		.end = cardex_value_text(&items[1]),
		.seq = figure(&items[2], "seq"),
		.found = figure(&items[2], "found"),
		.keys = figure(&items[2], "keys"),
		.fetched = figure(&items[2], "fetched"),
	};
	return CX_OK;
}

/* No `default`: a new method must be thought about here. */
static cx_status take_shape(cardex_result *result, const cardex__asked *asked)
{
	bool fits = false;
	switch (asked->method) {
	case PROTO_GET:
	case PROTO_LOOKUP:
	case PROTO_AS_OF:
		return take_record(result, asked);
	case PROTO_QUERY:
		if (!asked->explain)
			return take_page(result, asked);
		fits = is(result->root, CARDEX_VALUE_MAP);
		break;
	case PROTO_AGGREGATE:
		if (!asked->explain)
			return take_groups(result);
		fits = is(result->root, CARDEX_VALUE_MAP);
		break;
	case PROTO_COUNT:
	case PROTO_CREDIT:
		fits = is_count(result->root);
		break;
	case PROTO_CREATE:
	case PROTO_UPDATE:
	case PROTO_UPSERT:
	case PROTO_DELETE:
	case PROTO_UNDELETE:
	case PROTO_PURGE:
	case PROTO_CONVERT:
	case PROTO_REOPEN:
		return take_outcomes(result, result->root, 1);
	case PROTO_BATCH:
		return take_batch(result);
	case PROTO_SEARCH:
		return take_hits(result);
	case PROTO_REPORT:
		return cardex__report_check(result->root);
	case PROTO_HELLO:
	case PROTO_SCHEMA_GET:
	case PROTO_SCHEMA_PLAN:
	case PROTO_SCHEMA_APPLY:
	case PROTO_STATS:
	case PROTO_CHECK:
	case PROTO_ANALYZE:
	case PROTO_TRANSFER:
	case PROTO_MERGE:
	case PROTO_UNMERGE:
	case PROTO_REVALUE:
	case PROTO_DUPLICATES:
	case PROTO_RUN_TIERS:
	case PROTO_RUN_FORECAST:
		fits = is(result->root, CARDEX_VALUE_MAP);
		break;
	case PROTO_INDEX_STATUS:
		fits = is(result->root, CARDEX_VALUE_LIST);
		break;
	case PROTO_INDEX_CANCEL:
	case PROTO_UNWATCH:
		fits = is(result->root, CARDEX_VALUE_BOOL);
		break;
	case PROTO_WATCH:
	case PROTO_CHANGES:
	case PROTO_HISTORY:
		fits = is(result->root, CARDEX_VALUE_LIST);
		break;
	case PROTO_PING:
		fits = is(result->root, CARDEX_VALUE_TEXT);
		break;
	case PROTO_METHOD_COUNT_ALL:
		CX_UNREACHABLE();
	}
	return fits ? CX_OK : CX_MALFORMED;
}

static cx_status fill(cardex_result *result, cx_slice bytes, const cardex__asked *asked)
{
	uint8_t *copy = cx_arena_alloc(result->arena, bytes.size + 1);
	if (copy == NULL)
		return CX_NO_MEMORY;
	memcpy(copy, bytes.data, bytes.size);
	cx_status status = cardex__value_decode(copy, bytes.size, result->arena, &result->root);
	if (status != CX_OK)
		return status;
	result->request = cx_arena_copy(result->arena, asked->request);
	if (result->request.size != asked->request.size)
		return CX_NO_MEMORY;
	return take_shape(result, asked);
}

cx_status cardex__result_new(cx_slice bytes, const cardex__asked *asked, cardex_result **ret)
{
	CX_ASSERT(bytes.size > 0);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	cx_status status = cx_arena_new(2 * bytes.size + RESULT_MEMORY_MAX, &arena);
	if (status != CX_OK)
		return status;
	cardex_result *result = cx_arena_zalloc(arena, sizeof *result);
	if (result == NULL)
		return CX_NO_MEMORY;

	result->arena = arena;
	status = fill(result, bytes, asked);
	if (status != CX_OK) {
		cardex__included_release(result);
		cardex__layout_drop(&result->layout);
		return status;
	}
	*ret = result;
	arena = NULL; /* now the caller's */
	return CX_OK;
}

void cardex_result_free(cardex_result **result)
{
	if (*result == NULL)
		return;
	cardex__included_release(*result);
	cardex__layout_drop(&(*result)->layout);
	cx_arena *arena = (*result)->arena;
	cx_arena_free(&arena);
	*result = NULL;
}

const cardex_value *cardex_result_value(const cardex_result *result)
{
	return result->root;
}

const cardex_page *cardex_result_page(const cardex_result *result)
{
	return result->is_page ? &result->page : NULL;
}

const cardex_hits *cardex_result_hits(const cardex_result *result)
{
	return result->found != NULL ? &result->hits : NULL;
}

bool cardex_result_hit(const cardex_result *result, size_t i, cardex_hit *ret)
{
	if (result->found == NULL || i >= result->hits.count)
		return false;
	const cardex_value *hit = &result->found->as.items[i];
	*ret = (cardex_hit){
		.type = cardex_value_text(cardex_value_member(hit, "type")),
		.id = cardex_value_int(cardex_value_member(hit, "id")),
		.match = cardex_value_text(cardex_value_member(hit, "match")),
		.recent_ms = cardex_value_int(cardex_value_member(hit, "recent")),
		.fields = cardex_value_member(hit, "fields"),
		.highlights = cardex_value_member(hit, "highlights"),
	};
	return true;
}

bool cardex_result_outcome(const cardex_result *result, size_t i, cardex_outcome *ret)
{
	if (i >= result->outcome_count)
		return false;
	const cardex_value *items = result->outcomes[i].as.items;
	*ret = (cardex_outcome){
		.id = items[0].as.integer,
		.rev = items[1].as.integer,
		.seq = (uint64_t)items[2].as.integer,
		.affected = (uint32_t)items[3].as.integer,
		.created = items[4].as.boolean,
	};
	return true;
}
