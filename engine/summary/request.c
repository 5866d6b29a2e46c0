/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/request.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/schema/build_where.h"
#include "engine/schema/parser.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	WORDS_BYTES_MAX = 1000, /* of one column or measure */
	SHOWN_MAX = 40,         /* of it in a message */
	CHARACTER_BYTES_MAX = 4,
	TEXT_END_BYTES = 3, /* mark and end of a text in a key */
	NUMBER_BYTES = 9,
};

typedef struct reading {
	const engine_type *type;
	cx_arena *arena;
	const char *list; /* "group" or "values" */
	cx_slice words;   /* the element that is read */
	engine__request *request;
	cx_error *error;
} reading;

/* ---- failures ---- */

CX_PRINTF(2, 3)
static cx_status refuse(const reading *self, const char *format, ...)
{
	char text[CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return cx_fail(self->error, CX_INVALID_ARGUMENT, "%s, \"%.*s\": %s", self->list,
	               CX_SLICE_ARG(cx_text_head(self->words, SHOWN_MAX)),
	               length < 0 ? "" : text);
}

/* What the parser or builder of schemas has said. */
static cx_status pass_on(const reading *self, cx_status status, const cx_error *said)
{
	if (status != CX_SCHEMA_SYNTAX)
		return cx_fail(self->error, status, "%s", cx_status_text(status));
	return refuse(self, "%s (column %" PRIu32 ")", said->text, said->column);
}

/* ---- words ---- */

static engine__parser parser_of(const reading *self, cx_error *said)
{
	engine__parser parser = { .lexer = engine__lexer_of(self->words, false),
		                  .arena = self->arena,
		                  .error = said };
	engine__parser_begin(&parser);
	return parser;
}

static cx_status end_words(const reading *self, engine__parser *parser)
{
	if (!engine__parser_is(parser, ENGINE__TOKEN_END))
		engine__parser_expected(parser, "the end");
	return parser->failed == CX_OK ? CX_OK : pass_on(self, parser->failed, parser->error);
}

/* ---- columns ---- */

static cx_status bind_column(reading *self, const engine__syntax_group *written)
{
	engine__request *request = self->request;
	engine_group_column *column = &request->columns[request->column_count];
	const engine_field *field = engine_type_field(self->type, written->field.text);
	if (field == NULL)
		return refuse(self, "type %s has no field %.*s", self->type->name,
		              CX_SLICE_ARG(written->field.text));
	const char *refusal = engine__group_column_refusal(field, written->bucket);
	if (refusal != NULL)
		return refuse(self, "%s", refusal);
	*column = (engine_group_column){ .source = field,
		                         .bucket = written->bucket,
		                         .column.field = field,
		                         .column.text_bytes_max = UINT16_MAX };
	cx_status status = CX_OK;
	if (column->bucket != ENGINE_BUCKET_NONE)
		status = engine__build_bucket_field(self->arena, field, column->bucket,
		                                    &column->column.field);
	if (status != CX_OK)
		return cx_fail(self->error, status, "%s", cx_status_text(status));
	for (uint16_t i = 0; i < request->column_count; i++)
		if (request->columns[i].source == field &&
		    request->columns[i].bucket == column->bucket)
			return refuse(self, "it is a column twice");
	request->column_count++;
	return CX_OK;
}

static cx_status read_column(reading *self)
{
	cx_error said;
	cx_error_clear(&said);
	engine__parser parser = parser_of(self, &said);
	engine__syntax_group written = { 0 };
	engine__parse_group(&parser, &written);
	cx_status status = end_words(self, &parser);
	if (status != CX_OK)
		return status;
	if (self->request->column_count == ENGINE_GROUP_COLUMNS_MAX)
		return refuse(self, "at most %d columns make a group",
		              ENGINE_GROUP_COLUMNS_MAX);
	return bind_column(self, &written);
}

/* ---- measures ---- */

static const struct {
	const char *word;
	engine__measure_kind kind;
} measure_kinds[] = {
	{ "count", ENGINE__MEASURE_COUNT }, { "sum", ENGINE__MEASURE_SUM },
	{ "avg", ENGINE__MEASURE_AVG },     { "min", ENGINE__MEASURE_MIN },
	{ "max", ENGINE__MEASURE_MAX },
};

static const char *word_of(engine__measure_kind kind)
{
	for (size_t i = 0; i < CX_COUNT_OF(measure_kinds); i++)
		if (measure_kinds[i].kind == kind)
			return measure_kinds[i].word;
	CX_UNREACHABLE();
}

static bool is_of_expression(engine__measure_kind kind)
{
	return kind == ENGINE__MEASURE_SUM || kind == ENGINE__MEASURE_AVG;
}

typedef struct written_measure {
	engine__measure_kind kind;
	bool of_records; /* "count" */
	engine__syntax_name field;
	engine__syntax_sum sum;
} written_measure;

static void parse_measure(engine__parser *parser, written_measure *ret)
{
	bool found = false;
	for (size_t i = 0; i < CX_COUNT_OF(measure_kinds) && !found; i++) {
		ret->kind = measure_kinds[i].kind;
		found = engine__parser_take_word(parser, measure_kinds[i].word);
	}
	if (!found)
		engine__parser_expected(parser, "count, sum, avg, min or max");
	ret->of_records = ret->kind == ENGINE__MEASURE_COUNT &&
	                  engine__parser_is(parser, ENGINE__TOKEN_END);
	if (ret->of_records)
		return;
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_OPEN);
	if (is_of_expression(ret->kind))
		engine__parse_expression(parser, &ret->sum);
	else
		ret->field = engine__parser_name(parser, "a field name");
	engine__parser_expect(parser, ENGINE__TOKEN_PAREN_CLOSE);
}

static cx_status name_measure(const reading *self, engine__measure *measure)
{
	char text[WORDS_BYTES_MAX];
	const char *of = is_of_expression(measure->kind) ? measure->expression.text
	                 : measure->field != NULL        ? measure->field->name
	                                                 : NULL;
	int length =
		of == NULL ? snprintf(text, sizeof text, "%s", word_of(measure->kind))
			   : snprintf(text, sizeof text, "%s(%s)", word_of(measure->kind), of);
	CX_ASSERT(length > 0 && (size_t)length < sizeof text);
	measure->name = engine__build_text(self->arena, cx_slice_of(text));
	return measure->name != NULL ? CX_OK : cx_fail(self->error, CX_NO_MEMORY, "no memory");
}

static bool has_extremes(engine_kind kind)
{
	return engine__kind_is_number(kind) && kind != ENGINE_REF;
}

static cx_status bind_field(const reading *self, const written_measure *written,
                            engine__measure *measure)
{
	measure->field = engine_type_field(self->type, written->field.text);
	if (measure->field == NULL)
		return refuse(self, "type %s has no field %.*s", self->type->name,
		              CX_SLICE_ARG(written->field.text));
	if (measure->kind != ENGINE__MEASURE_COUNT && !has_extremes(measure->field->kind))
		return refuse(self,
		              "only fields of kind int, money, date, ts, bool and enum have a "
		              "least and a greatest value");
	return CX_OK;
}

static cx_status bind_expression(const reading *self, const written_measure *written,
                                 engine__measure *measure)
{
	cx_error said;
	cx_error_clear(&said);
	const engine__builder builder = { .arena = self->arena, .error = &said };
	cx_status status =
		engine__build_sum(&builder, &written->sum, self->type, &measure->expression);
	return status == CX_OK ? CX_OK : pass_on(self, status, &said);
}

static cx_status bind_measure(reading *self, const written_measure *written)
{
	engine__request *request = self->request;
	if (request->measure_count == ENGINE_MEASURES_MAX)
		return refuse(self, "a group has at most %d values", ENGINE_MEASURES_MAX);
	engine__measure *measure = &request->measures[request->measure_count];
	*measure = (engine__measure){ .kind = written->kind };
	cx_status status = CX_OK;
	if (is_of_expression(written->kind))
		status = bind_expression(self, written, measure);
	else if (!written->of_records)
		status = bind_field(self, written, measure);
	if (status == CX_OK)
		status = name_measure(self, measure);
	if (status != CX_OK)
		return status;
	for (uint16_t i = 0; i < request->measure_count; i++)
		if (strcmp(request->measures[i].name, measure->name) == 0)
			return refuse(self, "it is asked for twice");
	request->measure_count++;
	return CX_OK;
}

static cx_status read_measure(reading *self)
{
	cx_error said;
	cx_error_clear(&said);
	engine__parser parser = parser_of(self, &said);
	written_measure written = { 0 };
	parse_measure(&parser, &written);
	cx_status status = end_words(self, &parser);
	return status == CX_OK ? bind_measure(self, &written) : status;
}

/* ---- lists ---- */

typedef cx_status element_reader(reading *self);

static bool is_given(cx_slice list)
{
	cx_reader reader = cx_reader_of(list);
	return list.size > 0 && cx_reader_peek(&reader) != CX_KIND_NIL;
}

static cx_status read_list(reading *self, const char *name, cx_slice list, element_reader *read)
{
	self->list = name;
	if (!is_given(list))
		return CX_OK;
	cx_reader reader = cx_reader_of(list);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed)
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "%s: an array of texts", name);
	for (uint32_t i = 0; i < count; i++) {
		self->words = cx_read_str(&reader);
		if (reader.failed || self->words.size > WORDS_BYTES_MAX ||
		    !cx_text_is_utf8(self->words, NULL))
			return cx_fail(self->error, CX_INVALID_ARGUMENT,
			               "%s: element %" PRIu32
			               " is no text, or is longer than %d bytes",
			               name, i, WORDS_BYTES_MAX);
		cx_status status = read(self);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* ---- those of an aggregate ---- */

static cx_status take_columns(reading *self, const engine_aggregate *aggregate)
{
	engine__request *request = self->request;
	for (uint16_t i = 0; i < aggregate->column_count; i++) {
		request->columns[i] = aggregate->columns[i];
		request->columns[i].column.text_bytes_max = UINT16_MAX;
	}
	request->column_count = aggregate->column_count;
	return CX_OK;
}

static cx_status take_measures(reading *self, const engine_aggregate *aggregate)
{
	engine__request *request = self->request;
	request->measures[0] = (engine__measure){ .kind = ENGINE__MEASURE_COUNT };
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		request->measures[i + 1] =
			(engine__measure){ .kind = ENGINE__MEASURE_SUM,
			                   .expression = aggregate->sums[i] };
	request->measure_count = (uint16_t)(aggregate->sum_count + 1);
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < request->measure_count && status == CX_OK; i++)
		status = name_measure(self, &request->measures[i]);
	return status;
}

static cx_status read_measures(reading *self, const engine_summary_query *query)
{
	if (is_given(query->values) || query->aggregate == NULL) {
		static const uint8_t count[] = "\x91\xa5"
					       "count";
		const cx_slice usual = { .data = count, .size = sizeof count - 1 };
		return read_list(self, "values",
		                 is_given(query->values) ? query->values : usual, read_measure);
	}
	return take_measures(self, query->aggregate);
}

/* ---- the whole ---- */

static size_t key_bytes_of(const engine_group_column *column)
{
	const engine_field *field = column->column.field;
	if (field->kind != ENGINE_STRING)
		return NUMBER_BYTES;
	return (size_t)field->length_max * CHARACTER_BYTES_MAX + TEXT_END_BYTES;
}

static cx_status check_key(const reading *self)
{
	size_t bytes = 0;
	for (uint16_t i = 0; i < self->request->column_count; i++)
		bytes += key_bytes_of(&self->request->columns[i]);
	if (bytes <= ENGINE_SUMMARY_KEY_MAX)
		return CX_OK;
	return cx_fail(self->error, CX_INVALID_ARGUMENT,
	               "group: the strings to group by are too long together: their fields may "
	               "have about %d characters",
	               ENGINE_SUMMARY_KEY_MAX / CHARACTER_BYTES_MAX);
}

static void collect_slots(engine__request *request)
{
	engine__slots slots = { 0 };
	for (uint16_t i = 0; i < request->column_count; i++) {
		const engine_group_column *column = &request->columns[i];
		slots.used[column->source->slot] = true;
		if (column->bucket != ENGINE_BUCKET_NONE && column->source->kind == ENGINE_TS)
			request->zoned = true;
	}
	for (uint16_t i = 0; i < request->measure_count; i++) {
		engine__slots_of_sum(&request->measures[i].expression, &slots);
		if (request->measures[i].field != NULL)
			slots.used[request->measures[i].field->slot] = true;
	}
	for (uint16_t slot = 0; slot < request->type->field_count; slot++)
		if (slots.used[slot])
			request->slots[request->slot_count++] = slot;
}

cx_status engine__request_read(const engine_summary_query *query, cx_arena *arena,
                               engine__request *ret, cx_error *error)
{
	*ret = (engine__request){ .type = query->records.type };
	reading self = {
		.type = query->records.type, .arena = arena, .request = ret, .error = error
	};
	const bool own = query->aggregate != NULL && !is_given(query->group);
	cx_status status = own ? take_columns(&self, query->aggregate)
	                       : read_list(&self, "group", query->group, read_column);
	if (status == CX_OK)
		status = read_measures(&self, query);
	if (status == CX_OK)
		status = check_key(&self);
	if (status == CX_OK)
		collect_slots(ret);
	return status;
}

static bool is_money(const engine_expression *expression)
{
	for (uint16_t t = 0; t < expression->term_count; t++)
		if (expression->terms[t].factor_count != 1 ||
		    expression->terms[t].factors[0]->kind != ENGINE_MONEY)
			return false;
	return true;
}

engine_kind engine__measure_result(const engine__measure *measure)
{
	switch (measure->kind) {
	case ENGINE__MEASURE_COUNT:
		return ENGINE_INT;
	case ENGINE__MEASURE_SUM:
	case ENGINE__MEASURE_AVG:
		return is_money(&measure->expression) ? ENGINE_MONEY : ENGINE_INT;
	case ENGINE__MEASURE_MIN:
	case ENGINE__MEASURE_MAX:
		return measure->field->kind;
	}
	CX_UNREACHABLE();
}
