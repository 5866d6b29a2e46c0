/* SPDX-License-Identifier: Apache-2.0 */
/* Several operations, all or nothing; later ones may name what earlier ones made. */
#include "daemon/methods/write.h"

#include <stdio.h>
#include <string.h>

/* Puts the number of the operation before what is said about it. */
static void name_operation(uint32_t number, cx_status status, cx_error *error)
{
	if (error == NULL)
		return;
	cx_error own = *error;
	const char *text = own.text[0] != '\0' ? own.text : cx_status_text(status);
	cx_fail(error, status, "operation %u: %s", number, text);
	error->line = own.line;
	error->column = own.column;
	memcpy(error->field, own.field, sizeof error->field);
	memcpy(error->index, own.index, sizeof error->index);
}

static cx_status run_next(daemon__write *write, cx_reader *reader, uint32_t number,
                          cx_error *error)
{
	proto_request request;
	CX_UNSET daemon__done done;
	engine_references earlier = { .ids = write->ids, .count = number };
	cx_status status = proto_operation_decode(reader, &request, error);
	if (status == CX_OK && request.options.dry_run)
		status = cx_fail(error, CX_INVALID_ARGUMENT,
		                 "dry_run is an option of the batch, not of one operation");
	if (status == CX_OK && (request.options.given & PROTO_BIT(RID)) != 0)
		status = cx_fail(error, CX_INVALID_ARGUMENT,
		                 "rid is an option of the batch, not of one operation");
	if (status == CX_OK)
		status = daemon__write_operation(write, &request, earlier, &done, error);
	if (status != CX_OK)
		return status;
	write->ids[number] = done.outcome.id;
	daemon__write_outcome(&done, write->out);
	return CX_OK;
}

cx_status daemon__write_batch(daemon__write *write, cx_slice operations, cx_error *error)
{
	cx_reader reader = cx_reader_of(operations);
	uint32_t count = cx_read_array(&reader);
	if (reader.failed)
		return cx_fail(error, CX_INVALID_ARGUMENT, "operations: an array is expected");
	if (count > PROTO_BATCH_OPERATIONS_MAX)
		return cx_fail(error, CX_TOO_LARGE, "a batch has at most %d operations",
		               PROTO_BATCH_OPERATIONS_MAX);

	cx_write_array(write->out, count);
	for (uint32_t number = 0; number < count; number++) {
		cx_error why = { 0 };
		cx_status status = run_next(write, &reader, number, &why);
		if (status != CX_OK) {
			if (error != NULL)
				*error = why;
			name_operation(number, status, error);
			return status;
		}
	}
	return CX_OK;
}
