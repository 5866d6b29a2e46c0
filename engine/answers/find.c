/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/answers/key.h"
#include "engine/core/handle.h"

#include <inttypes.h>
#include <string.h>

static cx_status check_head(const engine_request *request, cx_slice first, cx_error *error)
{
	uint8_t hash[ENGINE__ANSWER_HASH_BYTES];
	if (first.size < ENGINE__ANSWER_HEAD_BYTES)
		return CX_CORRUPT;
	engine__answer_hash(request->content, hash);
	if (memcmp(first.data, hash, sizeof hash) == 0)
		return CX_OK;
	return cx_fail(error, CX_RID_REUSED,
	               "number %" PRIu64 " was given to another request before: each request "
	               "has a number of its own",
	               request->number);
}

static cx_status get(engine_read *read, const engine_request *request, uint16_t piece,
                     cx_slice *ret)
{
	const engine__answer_key key =
		engine__answer_key_of(request->sender, request->number, piece);
	return engine__view_get(read->view, read->engine->answers,
	                        engine__answer_key_slice(&key), ret);
}

cx_status engine_answer_find(engine_read *read, const engine_request *request, cx_buf *out,
                             bool *ret_found, cx_error *error)
{
	cx_slice piece;
	*ret_found = false;
	cx_status status = get(read, request, 0, &piece);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	if (status == CX_OK)
		status = check_head(request, piece, error);
	if (status != CX_OK)
		return status;
	piece = cx_slice_from(piece, ENGINE__ANSWER_HEAD_BYTES);
	for (uint16_t i = 1; status == CX_OK; i++) {
		cx_buf_append_slice(out, piece);
		status = get(read, request, i, &piece);
	}
	if (status != CX_NOT_FOUND)
		return status;
	*ret_found = true;
	return cx_buf_status(out);
}
