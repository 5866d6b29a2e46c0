/* SPDX-License-Identifier: Apache-2.0 */
#include "client/error/error.h"
#include "client/request/request.h"

#include <stdlib.h>

enum { BATCH_BYTES_MAX = 16 * 1024 * 1024 };

cardex_batch *cardex_batch_new(void)
{
	cardex_batch *batch = calloc(1, sizeof *batch);
	if (batch != NULL)
		batch->operations = CX_BUF_INIT(BATCH_BYTES_MAX);
	return batch;
}

void cardex_batch_free(cardex_batch **batch)
{
	if (*batch == NULL)
		return;
	cx_buf_release(&(*batch)->operations);
	free(*batch);
	*batch = NULL;
}

static cx_status check_operation(const proto_request *operation, size_t number, cx_error *error)
{
	const proto_method_info *info = proto_method_info_of(operation->method);
	if (number >= PROTO_BATCH_OPERATIONS_MAX)
		return cx_fail(error, CX_TOO_LARGE, "a batch has at most %d operations",
		               PROTO_BATCH_OPERATIONS_MAX);
	if (!proto_method_may_be_batched(operation->method))
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s may not stand in a batch",
		               info->name);
	if (operation->id.from_batch &&
	    (operation->id.number < 0 || (uint64_t)operation->id.number >= number))
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"the id is the outcome of operation %lld, which is no earlier one",
			(long long)operation->id.number);
	return CX_OK;
}

static cx_status add(cardex_batch *batch, const cardex_request *request, cx_error *error)
{
	CX_SCOPED(cardex__draft_release) cardex__draft draft = { 0 };
	cx_status status = cardex__draft_fill(&draft, request, error);
	if (status == CX_OK)
		status = check_operation(&draft.proto, batch->count, error);
	if (status != CX_OK)
		return status;
	proto_operation_encode(&draft.proto, &batch->operations);
	status = cx_buf_status(&batch->operations);
	if (status != CX_OK)
		return cx_fail(error, status, "the batch: %s", cx_status_text(status));
	return CX_OK;
}

size_t cardex_batch_add(cardex_batch *batch, const cardex_request *operation)
{
	if (batch == NULL)
		return 0;
	size_t number = batch->count;
	cx_error error;
	if (batch->failed.status != CX_OK)
		return number;
	if (add(batch, operation, &error) != CX_OK) {
		batch->failed = error;
		cx_fail(&batch->failed, error.status, "operation %zu: %s", number, error.text);
		return number;
	}
	batch->count++;
	return number;
}

cardex_status cardex_batch_status(const cardex_batch *batch, cardex_error *error)
{
	if (batch == NULL)
		return cardex__fail_plain(error, CARDEX_NO_MEMORY);
	if (batch->failed.status != CX_OK)
		return cardex__fail_as(error, &batch->failed);
	return CARDEX_OK;
}
