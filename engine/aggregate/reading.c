/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/aggregate/reading.h"

cx_status engine__reading_begin(engine_read *read, engine__reading *ret)
{
	cx_arena *own = NULL;
	cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, &own);
	if (status != CX_OK)
		return status;
	*ret = (engine__reading){ .read = read, .own = own, .kept = read->assembled };
	read->assembled = own;
	return CX_OK;
}

void engine__reading_end(engine__reading *reading)
{
	if (reading->read == NULL)
		return;
	reading->read->assembled = reading->kept;
	cx_arena_free(&reading->own);
	reading->read = NULL;
}
