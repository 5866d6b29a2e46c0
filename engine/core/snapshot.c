/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/snapshot.h"

#include "engine/core/meta.h"
#include "engine/statistics/shelf.h"

#include <stdlib.h>

cx_status engine__read_init(engine_read *read, engine *self)
{
	read->engine = self;
	return cx_arena_new(ENGINE__ASSEMBLED_BYTES_MAX, &read->assembled);
}

/* Plans that were remembered name indexes of another generation. */
static void set_generation(engine_read *read, const engine__generation *generation)
{
	if (read->generation == generation)
		return;
	free(read->memory);
	read->memory = NULL;
	read->generation = generation;
}

cx_status engine__read_schema_find(engine_read *read)
{
	engine__generations *known = &read->engine->generations;
	/* The snapshot was taken before: what it holds was made known before that. So while
	 * there was one schema only, nothing has to be looked up. */
	const engine__generation *only = engine__generations_only(known);
	if (only != NULL) {
		set_generation(read, only);
		return CX_OK;
	}
	uint64_t number;
	cx_status status = engine__meta_generation(read, &number);
	if (status != CX_OK)
		return status;
	const engine__generation *found = engine__generations_find(known, number);
	if (found == NULL)
		return CX_CORRUPT;
	set_generation(read, found);
	return CX_OK;
}

void engine__read_release(engine_read *read)
{
	cx_arena_free(&read->assembled);
	cx_arena_free(&read->scratch);
	free(read->memory);
	engine__statistics_let_go(&read->statistics);
}

cx_status engine__scratch_take(engine_read *read, engine__scratch *ret)
{
	cx_arena *arena = read->scratch;
	read->scratch = NULL;
	if (arena == NULL) {
		cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, &arena);
		if (status != CX_OK)
			return status;
	}
	*ret = (engine__scratch){ .read = read, .arena = arena };
	return CX_OK;
}

void engine__scratch_return(engine__scratch *scratch)
{
	if (scratch->arena == NULL)
		return;
	cx_arena_clear(scratch->arena);
	cx_arena **place = &scratch->read->scratch;
	if (*place != NULL)
		cx_arena_free(&scratch->arena); /* an inner call has left its own */
	else
		*place = scratch->arena;
	scratch->arena = NULL;
}

cx_status engine_read_begin(engine *self, engine_read **ret)
{
	CX_SCOPED(engine_read_end) engine_read *read = calloc(1, sizeof *read);
	if (read == NULL)
		return CX_NO_MEMORY;
	cx_status status = engine__read_init(read, self);
	if (status == CX_OK)
		status = engine__view_begin(self->store, &read->view);
	if (status == CX_OK)
		status = engine__read_schema_find(read);
	if (status != CX_OK)
		return status;
	*ret = read;
	read = NULL; /* now the caller's */
	return CX_OK;
}

cx_status engine_read_renew(engine_read *read)
{
	cx_arena_clear(read->assembled);
	read->seq_known = false;
	cx_status status = engine__view_renew(read->view);
	return status == CX_OK ? engine__read_schema_find(read) : status;
}

void engine_read_rest(engine_read *read)
{
	cx_arena_clear(read->assembled);
	read->seq_known = false;
	engine__view_rest(read->view);
}

void engine_read_end(engine_read **read)
{
	if (*read == NULL)
		return;
	engine__view_end(&(*read)->view);
	engine__read_release(*read);
	free(*read);
	*read = NULL;
}

uint64_t engine_read_seq(engine_read *read)
{
	if (!read->seq_known)
		read->seq_known = engine__meta_seq(read, &read->seq) == CX_OK;
	return read->seq_known ? read->seq : 0;
}
