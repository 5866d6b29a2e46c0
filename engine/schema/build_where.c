/* SPDX-License-Identifier: Apache-2.0 */
/* Makes where-clauses and sums of what is written: the parts aggregates and rollups share. */
#include "engine/schema/build_where.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

cx_status engine__build_find_field(const engine__builder *builder, const engine_type *type,
                                   engine__syntax_name name, const engine_field **ret)
{
	const engine_field *field = engine_type_field(type, name.text);
	if (field == NULL)
		return engine__fail_at(builder->error, name.at,
		                       "type \"%s\" has no field \"%.*s\"", type->name,
		                       CX_SLICE_ARG(name.text));
	*ret = field;
	return CX_OK;
}

cx_status engine__build_find_type(const engine__builder *builder, engine__syntax_name name,
                                  const engine_type **ret)
{
	const engine_type *type = engine_schema_type(&builder->model->schema, name.text);
	if (type == NULL)
		return engine__fail_at(builder->error, name.at, "there is no type \"%.*s\"",
		                       CX_SLICE_ARG(name.text));
	*ret = type;
	return CX_OK;
}

bool engine__kind_is_number(engine_kind kind)
{
	return kind == ENGINE_BOOL || kind == ENGINE_INT || kind == ENGINE_MONEY ||
	       kind == ENGINE_DATE || kind == ENGINE_TS || kind == ENGINE_ENUM ||
	       kind == ENGINE_REF;
}

/* ---- values ---- */

static bool is_word(const engine__syntax_literal *literal, const char *word)
{
	return literal->kind == ENGINE__LITERAL_NAME &&
	       cx_slice_equal(literal->text, cx_slice_of(word));
}

static cx_status build_value(const engine__builder *builder,
                             const engine__syntax_literal *literal, const engine_field *field,
                             int64_t *ret)
{
	if (field->kind == ENGINE_BOOL) {
		*ret = is_word(literal, "true");
		if (*ret == 0 && !is_word(literal, "false"))
			return engine__fail_at(builder->error, literal->at,
			                       "expected true or false");
		return CX_OK;
	}
	if (field->kind == ENGINE_ENUM) {
		*ret = literal->kind == ENGINE__LITERAL_NAME
		               ? engine_field_label(field, literal->text)
		               : -1;
		if (*ret < 0)
			return engine__fail_at(builder->error, literal->at,
			                       "expected a label of the enum \"%s\"",
			                       field->name);
		return CX_OK;
	}
	if (literal->kind != ENGINE__LITERAL_NUMBER)
		return engine__fail_at(builder->error, literal->at,
		                       "expected a number to compare \"%s\" with", field->name);
	*ret = literal->number;
	return CX_OK;
}

static int compare_numbers(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a;
	const int64_t right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

/* A list without anything in it would hold for no record. */
static cx_status build_values(const engine__builder *builder,
                              const engine__syntax_literal *literal, engine_condition *ret)
{
	const bool list = literal->kind == ENGINE__LITERAL_LIST;
	const size_t count = list ? literal->count : 1;
	if (count == 0)
		return engine__fail_at(builder->error, literal->at,
		                       "expected a value in the list");
	int64_t *values = cx_arena_alloc(builder->arena, count * sizeof *values);
	if (values == NULL)
		return engine__build_no_memory(builder->error);
	const engine__syntax_literal *item = list ? literal->items : literal;
	for (size_t i = 0; i < count; i++, item = item->next) {
		cx_status status = build_value(builder, item, ret->field, &values[i]);
		if (status != CX_OK)
			return status;
	}
	qsort(values, count, sizeof *values, compare_numbers);
	size_t kept = 1;
	for (size_t i = 1; i < count; i++)
		if (values[i] != values[kept - 1])
			values[kept++] = values[i];
	ret->values = values;
	ret->value_count = (uint16_t)kept;
	return CX_OK;
}

/* Dates and times differ in their unit; references and amounts may be compared with whatever
 * is a number of their kind. */
static cx_status build_other(const engine__builder *builder,
                             const engine__syntax_literal *literal, const engine_type *type,
                             engine_condition *ret)
{
	const engine__syntax_name name = { .text = literal->text, .at = literal->at };
	cx_status status = engine__build_find_field(builder, type, name, &ret->other);
	if (status == CX_OK && ret->other->kind != ret->field->kind)
		return engine__fail_at(
			builder->error, literal->at,
			"\"%s\" is of kind %s, \"%s\" of kind %s: they cannot be "
			"compared",
			ret->other->name, engine_kind_name(ret->other->kind), ret->field->name,
			engine_kind_name(ret->field->kind));
	return status;
}

static cx_status build_condition(const engine__builder *builder,
                                 const engine__syntax_condition *written,
                                 const engine_type *type, engine_condition *ret)
{
	*ret = (engine_condition){ .comparison = written->comparison };
	cx_status status = engine__build_find_field(builder, type, written->field, &ret->field);
	if (status != CX_OK)
		return status;
	if (ret->field->slot == ENGINE_SLOT_DELETED_AT)
		return engine__fail_at(builder->error, written->field.at,
		                       "deleted records are in no aggregate");
	if (written->literal == NULL)
		return CX_OK;
	if (!engine__kind_is_number(ret->field->kind))
		return engine__fail_at(builder->error, written->field.at,
		                       "\"%s\" is of kind %s: in a where-clause it can only be "
		                       "null or notnull",
		                       ret->field->name, engine_kind_name(ret->field->kind));
	const bool labelled =
		ret->field->kind == ENGINE_ENUM || ret->field->kind == ENGINE_BOOL;
	if (written->literal->kind == ENGINE__LITERAL_NAME && !labelled)
		return build_other(builder, written->literal, type, ret);
	return build_values(builder, written->literal, ret);
}

cx_status engine__build_where(const engine__builder *builder,
                              const engine__syntax_condition *written, uint16_t count,
                              const engine_type *type, engine_where *ret)
{
	engine_condition *conditions =
		cx_arena_zalloc(builder->arena, (count + 1U) * sizeof *conditions);
	if (conditions == NULL)
		return engine__build_no_memory(builder->error);
	uint16_t at = 0;
	for (; written != NULL; written = written->next) {
		CX_ASSERT(at < count);
		cx_status status = build_condition(builder, written, type, &conditions[at++]);
		if (status != CX_OK)
			return status;
	}
	*ret = (engine_where){ .conditions = conditions, .count = at };
	return CX_OK;
}

/* ---- sums ---- */

static bool is_summable(engine_kind kind)
{
	return kind == ENGINE_INT || kind == ENGINE_MONEY || kind == ENGINE_DATE ||
	       kind == ENGINE_TS || kind == ENGINE_BOOL;
}

static cx_status build_term(const engine__builder *builder, const engine__syntax_term *written,
                            const engine_type *type, engine_term *ret)
{
	*ret = (engine_term){ .factor_count = written->factor_count, .minus = written->minus };
	for (uint16_t i = 0; i < written->factor_count; i++) {
		cx_status status = engine__build_find_field(builder, type, written->factors[i],
		                                            &ret->factors[i]);
		if (status != CX_OK)
			return status;
		if (!is_summable(ret->factors[i]->kind) ||
		    ret->factors[i]->slot == ENGINE_SLOT_DELETED_AT)
			return engine__fail_at(builder->error, written->factors[i].at,
			                       "\"%s\" cannot be summed: only fields of kind "
			                       "int, money, date, ts and bool can",
			                       ret->factors[i]->name);
	}
	return CX_OK;
}

/* "a * b - c", the form that names the sum. */
static cx_status build_text(const engine__builder *builder, engine_expression *expression)
{
	char text[ENGINE_TERMS_MAX * ENGINE_FACTORS_MAX * (ENGINE_NAME_MAX + 3) + 2];
	size_t size = 0;
	for (uint16_t t = 0; t < expression->term_count; t++) {
		const engine_term *term = &expression->terms[t];
		const char *sign = term->minus ? "-" : "";
		if (t > 0)
			sign = term->minus ? " - " : " + ";
		for (uint16_t f = 0; f < term->factor_count; f++) {
			const char *parts[] = { f == 0 ? sign : " * ", term->factors[f]->name };
			for (size_t p = 0; p < CX_COUNT_OF(parts); p++) {
				const size_t length = strlen(parts[p]);
				CX_ASSERT(length < sizeof text - size);
				memcpy(text + size, parts[p], length);
				size += length;
			}
		}
	}
	const cx_slice whole = { .data = (const uint8_t *)text, .size = size };
	expression->text = engine__build_text(builder->arena, whole);
	return expression->text != NULL ? CX_OK : engine__build_no_memory(builder->error);
}

cx_status engine__build_sum(const engine__builder *builder, const engine__syntax_sum *written,
                            const engine_type *type, engine_expression *ret)
{
	for (const engine__syntax_term *term = written->terms; term != NULL;
	     term = term->next) {
		CX_ASSERT(ret->term_count < ENGINE_TERMS_MAX);
		cx_status status =
			build_term(builder, term, type, &ret->terms[ret->term_count++]);
		if (status != CX_OK)
			return status;
	}
	return build_text(builder, ret);
}

/* ---- what they depend on ---- */

void engine__slots_of_where(const engine_where *where, engine__slots *slots)
{
	for (uint16_t i = 0; i < where->count; i++) {
		slots->used[where->conditions[i].field->slot] = true;
		if (where->conditions[i].other != NULL)
			slots->used[where->conditions[i].other->slot] = true;
	}
}

void engine__slots_of_sum(const engine_expression *sum, engine__slots *slots)
{
	for (uint16_t t = 0; t < sum->term_count; t++)
		for (uint16_t f = 0; f < sum->terms[t].factor_count; f++)
			slots->used[sum->terms[t].factors[f]->slot] = true;
}

cx_status engine__slots_keep(const engine__builder *builder, const engine__slots *slots,
                             const uint16_t **ret, uint16_t *ret_count)
{
	uint16_t *list = cx_arena_alloc(builder->arena, ENGINE_SLOTS_MAX * sizeof *list);
	if (list == NULL)
		return engine__build_no_memory(builder->error);
	uint16_t count = 0;
	for (uint16_t i = 0; i < ENGINE_SLOTS_MAX; i++)
		if (slots->used[i])
			list[count++] = i;
	*ret = list;
	*ret_count = count;
	return CX_OK;
}
