/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "engine/core/meta.h"
#include "engine/core/snapshot.h"

#include <stdlib.h>

static cx_status begin(engine_write *write)
{
	cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, &write->arena);
	if (status == CX_OK)
		status = engine__read_init(&write->read, write->engine);
	if (status == CX_OK)
		status = engine__txn_begin(write->engine->store, &write->txn);
	if (status != CX_OK)
		return status;
	write->read.view = engine__txn_view(write->txn);
	write->low = engine__store_is_low(write->engine->store);
	write->log_entry = CX_BUF_INIT(ENGINE__LOG_ENTRY_BYTES_MAX);
	write->row = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	status = engine__read_schema_find(&write->read);
	if (status != CX_OK)
		return status;
	status = engine__meta_seq(&write->read, &write->seq_before);
	if (status == CX_OK)
		status = engine__meta_log_bytes(&write->read, &write->log_bytes);
	write->seq = write->seq_before;
	write->read.seq = write->seq;
	write->read.seq_known = true;
	return status;
}

cx_status engine_write_begin(engine *self, engine_write **ret)
{
	CX_SCOPED(engine_write_abort) engine_write *write = calloc(1, sizeof *write);
	if (write == NULL)
		return CX_NO_MEMORY;
	write->engine = self;
	cx_status status = begin(write);
	if (status != CX_OK)
		return status;
	*ret = write;
	write = NULL; /* now the caller's */
	return CX_OK;
}

engine_mark engine_write_mark(engine_write *write)
{
	return (engine_mark){ .store = engine__txn_mark(write->txn),
		              .seq = write->seq,
		              .log_bytes = write->log_bytes };
}

void engine_write_rollback(engine_write *write, engine_mark mark)
{
	engine__txn_rollback(write->txn, mark.store);
	write->seq = mark.seq;
	write->log_bytes = mark.log_bytes;
	write->read.seq = mark.seq;
	write->zone_known = false;
}

engine_read *engine_write_view(engine_write *write)
{
	return &write->read;
}

uint64_t engine_write_seq(const engine_write *write)
{
	return write->seq + 1;
}

size_t engine_write_operations(const engine_write *write)
{
	return engine__txn_operations(write->txn);
}

size_t engine_write_bytes(const engine_write *write)
{
	return engine__txn_bytes(write->txn);
}

cx_status engine_write_submit(engine_write **write, engine_commit *ret)
{
	CX_SCOPED(engine_write_abort) engine_write *self = *write;
	*write = NULL;
	cx_status status = CX_OK;
	CX_ASSERT(self->seq >= self->seq_before);
	if (self->seq > self->seq_before || self->maintains)
		status = engine__meta_log_bytes_put(self, self->log_bytes);
	if (status == CX_OK && self->seq > self->seq_before)
		status = engine__meta_seq_put(self, self->seq);
	else if (status == CX_OK && !self->maintains) /* nothing changed */
		engine__txn_rollback(self->txn, 0);
	if (status != CX_OK)
		return status;
	return engine__txn_submit(&self->txn, &ret->number);
}

cx_status engine__write_submit_quiet(engine_write **write, engine_commit *ret)
{
	CX_SCOPED(engine_write_abort) engine_write *self = *write;
	*write = NULL;
	CX_ASSERT(self->seq == self->seq_before);
	engine__generations *known = &self->engine->generations;
	const bool changes = self->next != NULL;
	cx_status status = changes ? engine__generations_add(known, &self->next) : CX_OK;
	if (status != CX_OK)
		return status;
	status = engine__txn_submit(&self->txn, &ret->number);
	if (status != CX_OK && changes)
		engine__generations_forget_newest(known);
	return status;
}

cx_status engine_commit_wait(engine *self, engine_commit commit)
{
	return engine__store_wait(self->store, commit.number);
}

cx_status engine_write_commit(engine_write **write)
{
	engine *self = (*write)->engine;
	engine_commit commit;
	cx_status status = engine_write_submit(write, &commit);
	return status == CX_OK ? engine_commit_wait(self, commit) : status;
}

void engine_write_abort(engine_write **write)
{
	engine_write *self = *write;
	if (self == NULL)
		return;
	engine__txn_abort(&self->txn);
	engine__generation_free(&self->next);
	engine__read_release(&self->read);
	cx_arena_free(&self->arena);
	cx_buf_release(&self->log_entry);
	cx_buf_release(&self->row);
	free(self);
	*write = NULL;
}
