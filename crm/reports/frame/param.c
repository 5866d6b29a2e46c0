/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/frame/param.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "crm/reports/frame/read.h"

const crm__param crm__param_now = {
	.name = "now",
	.kind = CRM_TS,
	.fallback = "now",
	.help_en = "what the report takes for the present time",
	.help_zh = "报表所用的当前时间",
};

static cx_status refuse(crm__report *self, const crm__param *param, const char *what)
{
	return cx_fail(self->error, CX_INVALID_ARGUMENT, "parameter %s takes %s", param->name,
	               what);
}

/* ---- text of each kind ---- */

static bool read_digits(cx_slice text, int64_t *ret)
{
	enum { DIGITS_MAX = 18 };
	const bool minus = text.size > 0 && text.data[0] == '-';
	const cx_slice digits = cx_slice_from(text, minus ? 1 : 0);
	if (digits.size == 0 || digits.size > DIGITS_MAX)
		return false;
	int64_t number = 0;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		number = number * 10 + (digits.data[i] - '0');
	}
	*ret = minus ? -number : number;
	return true;
}

/* "today", "today-30": what comes after `word` as a number. */
static bool read_relative(cx_slice text, const char *word, int64_t far, int64_t *ret)
{
	if (!cx_slice_starts_with(text, cx_slice_of(word)))
		return false;
	cx_slice rest = cx_slice_from(text, strlen(word));
	*ret = 0;
	if (rest.size == 0)
		return true;
	if (rest.data[0] == '+')
		rest = cx_slice_from(rest, 1);
	else if (rest.data[0] != '-')
		return false;
	return read_digits(rest, ret) && *ret >= -far && *ret <= far;
}

/* "2026-11" */
static bool read_month(cx_slice text, int64_t *ret)
{
	enum { MONTH_SIZE = 7 };
	char day[MONTH_SIZE + 3];
	if (text.size != MONTH_SIZE)
		return false;
	memcpy(day, text.data, MONTH_SIZE);
	memcpy(day + MONTH_SIZE, "-01", 3);
	return cx_date_parse((cx_slice){ .data = (const uint8_t *)day, .size = sizeof day },
	                     ret);
}

static bool read_day(const crm__report *self, cx_slice text, int64_t *ret)
{
	static const int64_t days_far = 100000, months_far = 3000;
	int64_t count;
	if (cx_date_parse(text, ret) || read_month(text, ret))
		return true;
	if (read_relative(text, "today", days_far, &count)) {
		*ret = crm__today(self) + count;
		return true;
	}
	if (read_relative(text, "month", months_far, &count)) {
		*ret = crm__month_add(crm__month_of(crm__today(self)), count);
		return true;
	}
	return false;
}

static bool read_instant(const crm__report *self, cx_slice text, int64_t *ret)
{
	int64_t day;
	if (read_day(self, text, &day)) {
		*ret = crm__day_ms(self, day);
		return true;
	}
	if (cx_slice_equal(text, CX_SLICE_LITERAL("now"))) {
		*ret = self->now_ms;
		return true;
	}
	return cx_ts_parse(text, ret);
}

/* One of the words of `list`, parted by blanks. */
static bool is_word_of(const char *list, cx_slice text)
{
	for (const char *at = list; *at != '\0';) {
		const size_t size = strcspn(at, " ");
		if (cx_slice_equal(text, (cx_slice){ (const uint8_t *)at, size }))
			return true;
		at += size + (at[size] == ' ');
	}
	return false;
}

/* ---- a record named by text ---- */

static const engine_index *index_of_names(const engine_type *type)
{
	for (uint16_t i = 1; i < type->index_count; i++) {
		const engine_index *index = &type->indexes[i];
		if (index->unique && index->column_count == 1 &&
		    index->columns[0].field->kind == ENGINE_STRING &&
		    index->state == ENGINE_INDEX_READABLE)
			return index;
	}
	return &type->indexes[0]; /* ext_id */
}

static cx_status look_up_by(crm__report *self, const engine_index *index, cx_slice text,
                            crm__value *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf values = CX_BUF_INIT(ENGINE_TEXT_BYTES_MAX);
	cx_write_array(&values, 1);
	cx_write_str(&values, text);
	if (cx_buf_status(&values) != CX_OK)
		return cx_buf_status(&values);
	engine_row row;
	cx_status status =
		engine_lookup(self->read, index, cx_buf_slice(&values), &row, self->error);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	const cx_status spent = crm__spend(self, 1, status == CX_OK);
	if (status == CX_OK)
		*ret = crm__number(row.id);
	return spent != CX_OK ? spent : status;
}

/* By the type's own name for its records, else by ext_id. */
static cx_status look_up(crm__report *self, const crm__param *param, cx_slice text,
                         crm__value *ret)
{
	const engine_type *type;
	cx_status status = crm__type(self, param->of, &type);
	if (status != CX_OK)
		return status;
	const engine_index *index = index_of_names(type);
	status = look_up_by(self, index, text, ret);
	if (status == CX_NOT_FOUND && index != &type->indexes[0])
		status = look_up_by(self, &type->indexes[0], text, ret);
	if (status == CX_NOT_FOUND || status == CX_TOO_LARGE)
		return cx_fail(self->error, CX_NOT_FOUND,
		               "parameter %s: no %s has the %s or ext_id \"%.*s\"", param->name,
		               type->name, index->columns[0].field->name, CX_SLICE_ARG(text));
	return status;
}

static cx_status check_record(crm__report *self, const crm__param *param, int64_t id)
{
	crm__value unused;
	cx_status status = crm__get(self, param->of, id, "id", &unused);
	if (status == CX_NOT_FOUND)
		return cx_fail(self->error, CX_NOT_FOUND, "parameter %s: there is no %s %lld",
		               param->name, param->of, (long long)id);
	return status;
}

static cx_status read_record(crm__report *self, const crm__param *param, cx_slice text,
                             crm__value *ret)
{
	int64_t id;
	if (!read_digits(text, &id))
		return look_up(self, param, text, ret);
	*ret = crm__number(id);
	return check_record(self, param, id);
}

/* ---- one parameter ---- */

static cx_status check_number(crm__report *self, const crm__param *param, int64_t number)
{
	if ((param->low == 0 && param->high == 0) ||
	    (number >= param->low && number <= param->high))
		return CX_OK;
	return cx_fail(self->error, CX_INVALID_ARGUMENT,
	               "parameter %s lies between %lld and %lld", param->name,
	               (long long)param->low, (long long)param->high);
}

static const char years[] = "a time of the years 1000 to 8999";

static cx_status take_day(crm__report *self, const crm__param *param, int64_t day,
                          crm__value *ret)
{
	if (!crm__calendar_has_day(day))
		return refuse(self, param, years);
	*ret = crm__number(param->kind == CRM_MONTH ? crm__month_of(day) : day);
	return CX_OK;
}

static cx_status take_instant(crm__report *self, const crm__param *param, int64_t ms,
                              crm__value *ret)
{
	if (!crm__calendar_has(ms))
		return refuse(self, param, years);
	*ret = crm__number(ms);
	return CX_OK;
}

static cx_status read_bool(crm__report *self, const crm__param *param, cx_slice text,
                           crm__value *ret)
{
	const bool yes = cx_slice_equal(text, CX_SLICE_LITERAL("true"));
	if (!yes && !cx_slice_equal(text, CX_SLICE_LITERAL("false")))
		return refuse(self, param, "true or false");
	*ret = crm__number(yes);
	return CX_OK;
}

/* One that is kept in the arena, as the report's message may be gone. */
static cx_status keep_text(crm__report *self, cx_slice text, crm__value *ret)
{
	*ret = (crm__value){ .kind = CRM__TEXT, .text = cx_arena_copy(self->arena, text) };
	return ret->text.size == text.size ? CX_OK : CX_NO_MEMORY;
}

static cx_status read_text(crm__report *self, const crm__param *param, cx_slice text,
                           crm__value *ret)
{
	int64_t number = 0;
	switch (param->kind) {
	case CRM_BOOL:
		return read_bool(self, param, text, ret);
	case CRM_INT:
		if (!read_digits(text, &number))
			return refuse(self, param, "a whole number");
		*ret = crm__number(number);
		return check_number(self, param, number);
	case CRM_DATE:
	case CRM_MONTH:
		if (!read_day(self, text, &number))
			return refuse(self, param,
			              "a date: 2026-11-23, 2026-11, today-30, month-1");
		return take_day(self, param, number, ret);
	case CRM_TS:
		if (!read_instant(self, text, &number))
			return refuse(
				self, param,
				"a time: 2026-11-23, 2026-11-23T08:15:00+08:00, now, today-30");
		return take_instant(self, param, number, ret);
	case CRM_ENUM:
		if (!is_word_of(param->of, text))
			return refuse(self, param, param->of);
		return keep_text(self, text, ret);
	case CRM_TEXT:
		return keep_text(self, text, ret);
	case CRM_REF:
		return read_record(self, param, text, ret);
	case CRM_MONEY:
	case CRM_BP:
	case CRM_CENTI:
	case CRM_MILLI:
	case CRM_MS:
	case CRM_ID:
		break;
	}
	CX_UNREACHABLE();
}

static bool is_number(crm_report_kind kind)
{
	return kind == CRM_INT || kind == CRM_DATE || kind == CRM_MONTH || kind == CRM_TS ||
	       kind == CRM_REF;
}

static cx_status read_number(crm__report *self, const crm__param *param, int64_t number,
                             crm__value *ret)
{
	if (param->kind == CRM_DATE || param->kind == CRM_MONTH)
		return take_day(self, param, number, ret);
	if (param->kind == CRM_TS)
		return take_instant(self, param, number, ret);
	*ret = crm__number(number);
	return param->kind == CRM_REF ? check_record(self, param, number)
	                              : check_number(self, param, number);
}

static cx_status read_value(crm__report *self, const crm__param *param, cx_reader *reader,
                            crm__value *ret)
{
	const cx_kind kind = cx_reader_peek(reader);
	if (kind == CX_KIND_STR)
		return read_text(self, param, cx_read_str(reader), ret);
	if (kind == CX_KIND_BOOL && param->kind == CRM_BOOL) {
		*ret = crm__number(cx_read_bool(reader));
		return CX_OK;
	}
	if (kind != CX_KIND_INT || !is_number(param->kind))
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "parameter %s is %s, not %s",
		               param->name, crm_report_kind_name(param->kind),
		               cx_kind_name(kind));
	const int64_t number = cx_read_int(reader);
	if (reader->failed)
		return refuse(self, param, "a number of 64 bits");
	return read_number(self, param, number, ret);
}

/* ---- all of them ---- */

static const crm__param *find(const crm__report *self, cx_slice name, size_t *ret)
{
	const crm__definition *definition = self->definition;
	for (*ret = 0; *ret < definition->param_count; ++*ret)
		if (cx_slice_equal(name, cx_slice_of(definition->params[*ret].name)))
			return &definition->params[*ret];
	return NULL;
}

/* The values as they came, by parameter; `now` stands behind the others. */
typedef struct given {
	cx_slice values[CRM__PARAMS_MAX + 1];
} given;

static cx_status take_pair(crm__report *self, cx_reader *reader, given *ret)
{
	const cx_slice name = cx_read_str_or_bin(reader);
	const cx_slice value = cx_read_skip(reader);
	if (reader->failed)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "params: a map of names and values");
	size_t place = CRM__PARAMS_MAX;
	if (!cx_slice_equal(name, CX_SLICE_LITERAL("now")) && find(self, name, &place) == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "the report takes no parameter \"%.*s\"", CX_SLICE_ARG(name));
	if (ret->values[place].size > 0)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "parameter %.*s is given twice", CX_SLICE_ARG(name));
	ret->values[place] = value;
	return CX_OK;
}

static cx_status take_all(crm__report *self, cx_slice params, given *ret)
{
	cx_reader reader = cx_reader_of(params);
	if (params.size == 0 || cx_read_if_nil(&reader))
		return CX_OK;
	const uint32_t count = cx_read_map(&reader);
	if (reader.failed)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "params: a map of names and values");
	for (uint32_t i = 0; i < count; i++) {
		cx_status status = take_pair(self, &reader, ret);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status settle(crm__report *self, const crm__param *param, cx_slice value,
                        crm__value *ret)
{
	cx_reader reader = cx_reader_of(value);
	if (value.size > 0 && !cx_read_if_nil(&reader))
		return read_value(self, param, &reader, ret);
	*ret = (crm__value){ .kind = CRM__NULL };
	if (param->required)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "the report needs the parameter %s: %s", param->name,
		               param->help_en);
	return param->fallback != NULL
	               ? read_text(self, param, cx_slice_of(param->fallback), ret)
	               : CX_OK;
}

cx_status crm__params_read(crm__report *self, cx_slice params)
{
	const crm__definition *definition = self->definition;
	CX_ASSERT(definition->param_count <= CRM__PARAMS_MAX);
	given all = { 0 };
	cx_status status = take_all(self, params, &all);
	crm__value now;
	if (status == CX_OK)
		status = settle(self, &crm__param_now, all.values[CRM__PARAMS_MAX], &now);
	if (status != CX_OK)
		return status;
	self->now_ms = self->as_of_ms = now.number;
	for (size_t i = 0; status == CX_OK && i < definition->param_count; i++)
		status = settle(self, &definition->params[i], all.values[i], &self->params[i]);
	return status;
}

static void write_value(const crm__param *param, const crm__value *value, cx_buf *out)
{
	cx_write_text(out, param->name);
	if (crm__is_null(value))
		cx_write_nil(out);
	else if (value->kind == CRM__TEXT)
		cx_write_str(out, value->text);
	else if (param->kind == CRM_BOOL)
		cx_write_bool(out, value->number != 0);
	else
		cx_write_int(out, value->number);
}

void crm__params_write(const crm__report *self, cx_buf *out)
{
	const crm__definition *definition = self->definition;
	cx_write_map(out, definition->param_count + 1);
	for (size_t i = 0; i < definition->param_count; i++)
		write_value(&definition->params[i], &self->params[i], out);
	const crm__value now = crm__number(self->now_ms);
	write_value(&crm__param_now, &now, out);
}

const crm__value *crm__param_of(const crm__report *self, const char *name)
{
	size_t place;
	const crm__param *param = find(self, cx_slice_of(name), &place);
	CX_ASSERT(param != NULL);
	return &self->params[place];
}

int64_t crm__param_number(const crm__report *self, const char *name)
{
	const crm__value *value = crm__param_of(self, name);
	CX_ASSERT(value->kind == CRM__NUMBER);
	return value->number;
}

cx_status crm__check_span(const crm__report *self, int64_t from, int64_t to)
{
	if (from <= to)
		return CX_OK;
	return cx_fail(self->error, CX_INVALID_ARGUMENT,
	               "parameter from lies after parameter to: nothing is between them");
}
