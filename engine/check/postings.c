/* SPDX-License-Identifier: Apache-2.0 */
/* The search index: every token of every live record has its posting, and no other is there. */
#include "engine/check/report.h"
#include "engine/core/search_state.h"
#include "engine/row/row.h"
#include "engine/search/posting.h"

cx_status engine__check_search_state(engine__checking *self)
{
	engine__search_state state;
	cx_status status =
		engine__search_state_read(self->read->engine, self->read->generation->schema,
	                                  self->read->view, &state, NULL);
	if (status == CX_CORRUPT) {
		engine__find(self, "the state of the search index is damaged");
		return CX_OK;
	}
	self->search_is_ready = status == CX_OK && state.state == ENGINE_SEARCH_READY;
	return status;
}

static cx_status check_posting(engine__checking *self, const engine_type *type, int64_t id,
                               const engine__token *token)
{
	const engine__tree tree = self->read->engine->search;
	engine__posting_room room;
	const engine__pair pair = engine__posting_write(type, id, token, &room);
	cx_slice found;
	cx_status status = engine__view_get(self->read->view, tree, pair.key, &found);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	self->report.entries++;
	self->expected[tree.number]++;
	if (status == CX_NOT_FOUND || !cx_slice_equal(found, pair.value))
		engine__find(self,
		             "%s %lld: search index: the posting of \"%.*s\" is missing or "
		             "wrong",
		             type->name, (long long)id, CX_SLICE_ARG(token->bytes));
	return CX_OK;
}

cx_status engine__check_postings(engine__checking *self, const engine_type *type, int64_t id,
                                 const engine__value *values)
{
	if (!self->search_is_ready || !engine__is_searched(type))
		return CX_OK;
	engine__tokens tokens;
	cx_status status = engine__tokens_of(type, values, self->arena, &tokens);
	for (size_t i = 0; status == CX_OK && i < tokens.count; i++)
		status = check_posting(self, type, id, &tokens.items[i]);
	return status;
}

/* ---- strays ---- */

static const engine_type *type_of(const engine__checking *self, uint16_t id)
{
	const engine_schema *schema = self->read->generation->schema;
	for (uint16_t i = 0; i < schema->type_count; i++)
		if (schema->types[i].id == id)
			return &schema->types[i];
	return NULL;
}

/* Whether a token of the record is this one. */
static cx_status explains(engine__checking *self, const engine_type *type,
                          const engine__posting *posting, bool *ret)
{
	*ret = false;
	engine_row row;
	engine__value values[ENGINE_SLOTS_MAX];
	engine__tokens tokens = { 0 };
	cx_status status = engine_get(self->read, type, posting->id, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(type, row.array, values);
	if (status == CX_OK)
		status = engine__tokens_of(type, values, self->arena, &tokens);
	for (size_t i = 0; i < tokens.count && !*ret; i++)
		*ret = cx_slice_equal(tokens.items[i].bytes, posting->token);
	cx_arena_clear(self->read->assembled);
	return status == CX_NOT_FOUND || status == CX_CORRUPT ? CX_OK : status;
}

static cx_status visit(engine__checking *self, void *context, const engine__pair *pair)
{
	(void)context;
	cx_arena_clear(self->arena);
	engine__posting posting;
	if (engine__posting_read(pair, &posting) != CX_OK) {
		engine__find(self, "search index: a posting is damaged");
		return CX_OK;
	}
	const engine_type *type = type_of(self, posting.type);
	bool explained = false;
	cx_status status = type != NULL ? explains(self, type, &posting, &explained) : CX_OK;
	if (status == CX_OK && !explained)
		engine__find(
			self,
			"search index: the posting of \"%.*s\" names %s %lld, which does not "
			"explain it",
			CX_SLICE_ARG(posting.token), type != NULL ? type->name : "type",
			(long long)posting.id);
	return status;
}

cx_status engine__check_stray_postings(engine__checking *self)
{
	return engine__each_pair(self, self->read->engine->search, NULL, visit);
}
