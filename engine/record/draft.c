/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a draft. */
#include "engine/record/draft.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/aggregate/value.h"

#include <string.h>

static const engine_field *field_of(const engine_draft *draft, unsigned field)
{
	const engine__bound_rule *bound = draft->hooks->bound;
	CX_ASSERT(field < bound->rule->field_count);
	CX_ASSERT(bound->fields[field].type == draft->type);
	return bound->fields[field].field;
}

static engine__value *value_of(const engine_draft *draft, unsigned field)
{
	return &draft->values[field_of(draft, field)->slot];
}

static engine__value old_value(const engine_draft *draft, unsigned field)
{
	const uint16_t slot = field_of(draft, field)->slot;
	return draft->before == NULL ? (engine__value){ .shape = ENGINE__NULL }
	                             : draft->before[slot];
}

static const char *label_of(const engine_draft *draft, unsigned field,
                            const engine__value *value)
{
	const engine_field *of = field_of(draft, field);
	CX_ASSERT(of->kind == ENGINE_ENUM);
	return value->shape == ENGINE__NULL ? NULL : of->labels[value->integer];
}

static bool is_label(const char *label, const char *other)
{
	return label != NULL && strcmp(label, other) == 0;
}

/* ---- what a hook is told ---- */

engine_event engine_draft_event(const engine_draft *draft)
{
	return draft->hooks->event;
}

const engine_change *engine_draft_change(const engine_draft *draft)
{
	return draft->hooks->op->change;
}

engine_read *engine_draft_view(const engine_draft *draft)
{
	return &draft->hooks->op->write->read;
}

cx_status engine_draft_zone(const engine_draft *draft, int64_t *ret_minutes)
{
	return engine__zone_of_write(draft->hooks->op->write, ret_minutes);
}

bool engine_draft_is_named(const engine_draft *draft)
{
	return draft->hooks->named;
}

bool engine_draft_is_given(const engine_draft *draft, unsigned field)
{
	return draft == &draft->hooks->draft && draft->hooks->given != NULL &&
	       draft->hooks->given->slots[field_of(draft, field)->slot];
}

int64_t engine_draft_id(const engine_draft *draft)
{
	return draft->id;
}

const engine_type *engine_draft_type(const engine_draft *draft)
{
	return draft->type;
}

bool engine_draft_existed(const engine_draft *draft)
{
	return draft->before != NULL;
}

/* ---- reading ---- */

bool engine_draft_is_null(const engine_draft *draft, unsigned field)
{
	return value_of(draft, field)->shape == ENGINE__NULL;
}

int64_t engine_draft_int(const engine_draft *draft, unsigned field)
{
	const engine__value *value = value_of(draft, field);
	return value->shape == ENGINE__INTEGER ? value->integer : 0;
}

cx_slice engine_draft_text(const engine_draft *draft, unsigned field)
{
	const engine__value *value = value_of(draft, field);
	return value->shape == ENGINE__NULL ? (cx_slice){ 0 } : value->bytes;
}

const char *engine_draft_label(const engine_draft *draft, unsigned field)
{
	return label_of(draft, field, value_of(draft, field));
}

bool engine_draft_is(const engine_draft *draft, unsigned field, const char *label)
{
	return is_label(engine_draft_label(draft, field), label);
}

bool engine_draft_was_null(const engine_draft *draft, unsigned field)
{
	return old_value(draft, field).shape == ENGINE__NULL;
}

int64_t engine_draft_old_int(const engine_draft *draft, unsigned field)
{
	const engine__value value = old_value(draft, field);
	return value.shape == ENGINE__INTEGER ? value.integer : 0;
}

cx_slice engine_draft_old_text(const engine_draft *draft, unsigned field)
{
	const engine__value value = old_value(draft, field);
	return value.shape == ENGINE__NULL ? (cx_slice){ 0 } : value.bytes;
}

const char *engine_draft_old_label(const engine_draft *draft, unsigned field)
{
	const engine__value value = old_value(draft, field);
	return label_of(draft, field, &value);
}

bool engine_draft_was(const engine_draft *draft, unsigned field, const char *label)
{
	return is_label(engine_draft_old_label(draft, field), label);
}

bool engine_draft_is_changed(const engine_draft *draft, unsigned field)
{
	const engine__value old = old_value(draft, field);
	return !engine__value_equal(&old, value_of(draft, field));
}

/* ---- setting ---- */

static void set(engine_draft *draft, unsigned field, engine__value value)
{
	CX_ASSERT(field_of(draft, field)->rollup == NULL);
	*value_of(draft, field) = value;
}

void engine_draft_set_null(engine_draft *draft, unsigned field)
{
	set(draft, field, (engine__value){ .shape = ENGINE__NULL });
}

void engine_draft_set_int(engine_draft *draft, unsigned field, int64_t value)
{
	const engine_field *of = field_of(draft, field);
	CX_ASSERT(engine__shape_of(of) == ENGINE__INTEGER && of->kind != ENGINE_ENUM);
	set(draft, field, (engine__value){ .shape = ENGINE__INTEGER, .integer = value });
}

void engine_draft_set_label(engine_draft *draft, unsigned field, const char *label)
{
	const int position = engine_field_label(field_of(draft, field), cx_slice_of(label));
	CX_ASSERT(position >= 0);
	set(draft, field, (engine__value){ .shape = ENGINE__INTEGER, .integer = position });
}

cx_status engine_draft_set_text(engine_draft *draft, unsigned field, cx_slice text)
{
	const engine_field *of = field_of(draft, field);
	CX_ASSERT(of->kind == ENGINE_STRING);
	const cx_slice kept = cx_arena_copy(draft->hooks->op->write->arena,
	                                    cx_text_head(text, of->length_max));
	if (kept.data == NULL && text.size > 0)
		return CX_NO_MEMORY;
	set(draft, field, (engine__value){ .shape = ENGINE__CHARS, .bytes = kept });
	return CX_OK;
}
