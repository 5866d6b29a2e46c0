/* SPDX-License-Identifier: Apache-2.0 */
/* From stored bytes to rows, inside the engine. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/row.h"

/* The key of an id in a tree by ids, in `bytes`. */
cx_slice engine__id_key(int64_t id, uint8_t bytes[8]);

/* Makes a row of what the record tree holds under `record_key`: takes the header apart, puts
 * chunks together (into read->assembled), checks the checksum, brings a row of an older layout
 * into the present one. Deleted rows too.
 * Errors: CX_CORRUPT (`error` names type and id), CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine__read_row(engine_read *read, const engine_type *type,
                                       cx_slice record_key, cx_slice stored, engine_row *ret,
                                       cx_error *error);

/* The key of a record in its record tree. For a type without a cluster that is `id_bytes`,
 * filled here; otherwise it is looked up. Errors: CX_NOT_FOUND, CX_IO. */
CX_MUST_USE cx_status engine__read_record_key(engine_read *read, const engine_type *type,
                                              int64_t id, uint8_t id_bytes[8], cx_slice *ret);

/* The id at the end of a record key. The key has at least 8 bytes, else CX_CORRUPT. */
CX_MUST_USE cx_status engine__record_key_id(cx_slice record_key, int64_t *ret);

/* True when the row's deleted_at is set. A damaged array counts as deleted. */
bool engine__row_is_deleted(cx_slice array);

/* Whether a live record exists. Errors: CX_NOT_FOUND, CX_CORRUPT, CX_NO_MEMORY, CX_IO. */
CX_MUST_USE cx_status engine__read_exists(engine_read *read, const engine_type *type,
                                          int64_t id);

/* CX_NOT_FOUND with "customer 17: no such record". */
cx_status engine__fail_not_found(const engine_type *type, int64_t id, cx_error *error);

/* Key of one piece of a long row in the chunk tree: type id u16, record id u64, number of the
 * piece u16, all big-endian. */
enum { ENGINE__CHUNK_KEY_BYTES = 12 };
void engine__chunk_key(const engine_type *type, int64_t id, uint16_t number,
                       uint8_t bytes[ENGINE__CHUNK_KEY_BYTES]);
