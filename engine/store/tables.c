/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/tables.h"

#include <stdlib.h>

cx_status engine__tables_new(engine__memtable *newer, engine__memtable *older,
                             engine__memtable *carried, size_t needs_txn, engine__tables **ret)
{
	engine__memtable *const all[ENGINE__TABLES_MAX] = { newer, older, carried };
	engine__tables *tables = calloc(1, sizeof *tables);
	if (tables == NULL)
		return CX_NO_MEMORY;
	atomic_store(&tables->references, 1);
	tables->needs_txn = needs_txn;
	for (unsigned i = 0; i < CX_COUNT_OF(all); i++)
		if (all[i] != NULL)
			tables->table[tables->count++] = engine__memtable_hold(all[i]);
	*ret = tables;
	return CX_OK;
}

engine__tables *engine__tables_hold(engine__tables *tables)
{
	atomic_fetch_add_explicit(&tables->references, 1, memory_order_relaxed);
	return tables;
}

void engine__tables_let_go(engine__tables **tables)
{
	engine__tables *self = *tables;
	*tables = NULL;
	if (self == NULL ||
	    atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) > 1)
		return;
	for (unsigned i = 0; i < self->count; i++)
		engine__memtable_let_go(&self->table[i]);
	free(self);
}
