/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/ops/record.h"

#include "base/msgpack.h"

static const uint8_t nil_byte = 0xc0;

cx_status crm__type_find(engine_read *read, const char *name, const engine_type **ret,
                         cx_error *error)
{
	*ret = engine_schema_type(engine_read_schema(read), cx_slice_of(name));
	if (*ret != NULL)
		return CX_OK;
	return cx_fail(error, CX_NO_TYPE,
	               "the store's schema has no type %s, which this operation needs: apply "
	               "the newest schema",
	               name);
}

cx_slice crm__row_value(const engine_row *row, const char *name)
{
	const cx_slice nil = { .data = &nil_byte, .size = 1 };
	const engine_field *field = engine_type_field(row->type, cx_slice_of(name));
	if (field == NULL)
		return nil;
	cx_reader reader = cx_reader_of(row->array);
	const uint32_t count = cx_read_array(&reader);
	if (field->slot >= count)
		return nil;
	cx_read_skip_many(&reader, field->slot);
	const cx_slice value = cx_read_skip(&reader);
	return reader.failed ? nil : value;
}

static cx_reader value_reader(const engine_row *row, const char *name)
{
	return cx_reader_of(crm__row_value(row, name));
}

bool crm__row_is_null(const engine_row *row, const char *name)
{
	cx_reader reader = value_reader(row, name);
	return cx_read_if_nil(&reader);
}

int64_t crm__row_int(const engine_row *row, const char *name)
{
	cx_reader reader = value_reader(row, name);
	const cx_kind kind = cx_reader_peek(&reader);
	if (kind == CX_KIND_BOOL)
		return cx_read_bool(&reader);
	return kind == CX_KIND_INT ? cx_read_int(&reader) : 0;
}

cx_slice crm__row_text(const engine_row *row, const char *name)
{
	cx_reader reader = value_reader(row, name);
	const cx_kind kind = cx_reader_peek(&reader);
	if (kind != CX_KIND_STR && kind != CX_KIND_BIN)
		return (cx_slice){ 0 };
	return cx_read_str_or_bin(&reader);
}

bool crm__row_is(const engine_row *row, const char *name, const char *label)
{
	return cx_slice_equal(crm__row_text(row, name), cx_slice_of(label));
}

/* ---- finding ---- */

static cx_status take_row(void *context, const engine_row *row)
{
	*(engine_row *)context = *row;
	return CX_OK;
}

static cx_status first_row(engine_read *read, const engine_type *type, cx_slice filter,
                           engine_row *ret, cx_error *error)
{
	const engine_query query = {
		.type = type, .filter = filter, .limit = 1, .allow_scan = true
	};
	engine_page page;
	engine_row row = { 0 };
	cx_status status = engine_query_run(read, &query, take_row, &row, &page, error);
	if (status != CX_OK)
		return status;
	if (page.rows == 0)
		return cx_fail(error, CX_NOT_FOUND, "there is no such %s", type->name);
	/* Read anew: the bytes a query hands out may end with it. */
	return engine_get(read, type, row.id, ret, error);
}

cx_status crm__find_first(engine_read *read, const engine_type *type, const char *field,
                          const char *text, engine_row *ret, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(1024);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, field);
	cx_write_text(&filter, text);
	cx_status status = cx_buf_status(&filter);
	return status == CX_OK ? first_row(read, type, cx_buf_slice(&filter), ret, error)
	                       : status;
}

cx_status crm__find_single(engine_read *read, const char *type, engine_row *ret,
                           cx_error *error)
{
	const engine_type *found;
	cx_status status = crm__type_find(read, type, &found, error);
	return status == CX_OK ? first_row(read, found, (cx_slice){ 0 }, ret, error) : status;
}

cx_status crm__org_today(engine_read *read, int64_t ms, int64_t *ret, cx_error *error)
{
	enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS, CHINA_MIN = 480 };
	engine_row org;
	int64_t zone_min = CHINA_MIN; /* the schema's default */
	cx_status status = crm__find_single(read, "org", &org, error);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	if (status == CX_OK)
		zone_min = crm__row_int(&org, "utc_offset_min");
	const int64_t local = ms + zone_min * MINUTE_MS;
	*ret = local / DAY_MS - (local % DAY_MS < 0);
	return CX_OK;
}

/* ---- maps ---- */

cx_status crm__map_count(cx_slice map, uint32_t *ret, cx_error *error)
{
	*ret = 0;
	if (map.size == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(map);
	*ret = cx_read_map(&reader);
	return reader.failed ? cx_fail(error, CX_MALFORMED, "the fields are no map") : CX_OK;
}

bool crm__map_find(cx_slice map, const char *name, cx_slice *ret)
{
	cx_reader reader = cx_reader_of(map);
	const uint32_t count = map.size == 0 ? 0 : cx_read_map(&reader);
	for (uint32_t i = 0; i < count && !reader.failed; i++) {
		const bool found = cx_slice_equal(cx_read_str(&reader), cx_slice_of(name));
		const cx_slice value = cx_read_skip(&reader);
		if (found && !reader.failed) {
			*ret = value;
			return true;
		}
	}
	return false;
}
