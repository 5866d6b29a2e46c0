/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/order.h"

#include "base/msgpack.h"

#include <string.h>

/* Reads "field", "field asc" or "field desc". */
static cx_status read_order_term(const engine_type *type, cx_slice term, engine_order *ret,
                                 cx_error *error)
{
	const uint8_t *space = memchr(term.data, ' ', term.size);
	cx_slice name = term;
	cx_slice direction = CX_SLICE_LITERAL("asc");
	if (space != NULL) {
		name.size = (size_t)(space - term.data);
		direction = cx_slice_from(term, name.size + 1);
	}
	bool descending = cx_slice_equal(direction, CX_SLICE_LITERAL("desc"));
	if (!descending && !cx_slice_equal(direction, CX_SLICE_LITERAL("asc")))
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"order: \"%.*s\" is not \"field\", \"field asc\" or \"field desc\"",
			CX_SLICE_ARG(term));
	const engine_field *field = engine_type_field(type, name);
	if (field == NULL)
		return cx_fail(error, CX_NO_FIELD, "order: %s has no field %.*s", type->name,
		               CX_SLICE_ARG(name));
	*ret = (engine_order){ .field = field, .descending = descending };
	return CX_OK;
}

cx_status daemon__order_read(const engine_type *type, cx_slice bytes, engine_order *order,
                             size_t *ret_count, cx_error *error)
{
	cx_reader reader = cx_reader_of(bytes);
	uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > ENGINE_ORDER_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "order: an array of at most %d texts", ENGINE_ORDER_MAX);
	for (uint32_t i = 0; i < count; i++) {
		cx_slice term = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "order: element %u is no text", i);
		cx_status status = read_order_term(type, term, &order[i], error);
		if (status != CX_OK)
			return status;
	}
	*ret_count = count;
	return CX_OK;
}
