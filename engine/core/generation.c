/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/generation.h"

#include "base/check.h"

#include <stdlib.h>

/* Counts the references to each deletable type in `fill`, and stores them where they are
 * wanted already (self->referrers; `fill` then holds the next place of each type). */
static void each_referrer(const engine__generation *self, uint32_t *fill)
{
	for (uint16_t t = 0; t < self->schema->type_count; t++) {
		const engine_type *source = &self->schema->types[t];
		for (uint16_t f = 0; f < source->field_count; f++) {
			const engine_field *field = &source->fields[f];
			if (field->kind != ENGINE_REF || field->target->keep)
				continue;
			uint32_t *next = &fill[field->target->number];
			if (self->referrers != NULL)
				self->referrers[*next] = (engine__referrer){ source, field };
			++*next;
		}
	}
}

static cx_status collect_referrers(engine__generation *self)
{
	const size_t types = self->schema->type_count;
	CX_ASSERT(types <= ENGINE_TYPES_MAX);
	uint32_t fill[ENGINE_TYPES_MAX] = { 0 };
	self->referrers_from = calloc(types + 1, sizeof *self->referrers_from);
	if (self->referrers_from == NULL)
		return CX_NO_MEMORY;
	each_referrer(self, fill);
	uint32_t *from = self->referrers_from;
	for (size_t i = 0; i < types; i++) {
		from[i + 1] = from[i] + fill[i];
		fill[i] = from[i];
	}
	self->referrers = calloc((size_t)from[types] + 1, sizeof *self->referrers);
	if (self->referrers == NULL)
		return CX_NO_MEMORY;
	each_referrer(self, fill);
	return CX_OK;
}

cx_status engine__generation_new(engine__catalog **catalog, uint64_t number,
                                 const engine__rulebook *rules, engine__generation **ret)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *taken = *catalog;
	*catalog = NULL;
	CX_SCOPED(engine__generation_free) engine__generation *self = calloc(1, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	atomic_init(&self->number, number);
	self->catalog = taken;
	taken = NULL;
	self->schema = engine__catalog_schema(self->catalog);
	cx_status status = collect_referrers(self);
	if (status == CX_OK)
		status = engine__rules_bind(rules, self->schema, &self->rules);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

void engine__generation_free(engine__generation **generation)
{
	engine__generation *self = *generation;
	*generation = NULL;
	if (self == NULL)
		return;
	engine__catalog_free(&self->catalog);
	free(self->referrers);
	free(self->referrers_from);
	engine__rules_release(&self->rules);
	free(self);
}

cx_status engine__generations_add(engine__generations *self, engine__generation **generation)
{
	const unsigned count = atomic_load_explicit(&self->count, memory_order_relaxed);
	if (count == ENGINE_GENERATIONS_MAX)
		return CX_BUSY;
	self->items[count] = *generation;
	*generation = NULL;
	atomic_store_explicit(&self->count, count + 1, memory_order_release);
	return CX_OK;
}

void engine__generations_forget_newest(engine__generations *self)
{
	const unsigned count = atomic_load_explicit(&self->count, memory_order_relaxed);
	CX_ASSERT(count > 1);
	atomic_store(&self->items[count - 1]->number, 0);
}

void engine__generations_release(engine__generations *self)
{
	const unsigned count = atomic_exchange(&self->count, 0);
	for (unsigned i = 0; i < count; i++)
		engine__generation_free(&self->items[i]);
}

const engine__generation *engine__generations_only(const engine__generations *self)
{
	return atomic_load_explicit(&self->count, memory_order_acquire) == 1 ? self->items[0]
	                                                                     : NULL;
}

unsigned engine__generations_left(const engine__generations *self)
{
	return ENGINE_GENERATIONS_MAX -
	       atomic_load_explicit(&self->count, memory_order_acquire);
}

const engine__generation *engine__generations_newest(const engine__generations *self)
{
	unsigned i = atomic_load_explicit(&self->count, memory_order_acquire);
	CX_ASSERT(i > 0);
	while (i > 1 && atomic_load(&self->items[i - 1]->number) == 0)
		i--;
	return self->items[i - 1];
}

const engine__generation *engine__generations_find(const engine__generations *self,
                                                   uint64_t number)
{
	unsigned i = atomic_load_explicit(&self->count, memory_order_acquire);
	while (i-- > 0)
		if (atomic_load(&self->items[i]->number) == number)
			return self->items[i];
	return NULL;
}

const engine__referrer *engine__referrers_of(const engine__generation *self,
                                             const engine_type *type, size_t *ret_count)
{
	const uint32_t from = self->referrers_from[type->number];
	*ret_count = self->referrers_from[type->number + 1] - from;
	return &self->referrers[from];
}
