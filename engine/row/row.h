/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a stored row.
 *
 * | offset | size | what                                                                     |
 * |--------|------|--------------------------------------------------------------------------|
 * | 0      | 1    | format: ENGINE__ROW_WHOLE, or ENGINE__ROW_CHUNKED                        |
 * | 1      | 2    | layout number, little-endian                                             |
 * | 3      | 4    | checksum, little-endian: low 32 bits of XXH3-64 over the array, seeded   |
 * |        |      | with type id << 48 ^ layout << 32 ^ record id (so a row under another    |
 * |        |      | key is noticed)                                                          |
 * | 7      | …    | whole: one MessagePack array, an element per slot, nil for absent        |
 * |        |      | chunked: size of the array, u32 little-endian, then the number of        |
 * |        |      | chunks, u16 little-endian; the array lies in the chunk tree              |
 *
 * Integers in the array have their shortest form, so that equal rows are equal bytes. */
#pragma once

#include "base/arena.h"
#include "engine/row/value.h"

enum {
	ENGINE__ROW_WHOLE = 1,
	ENGINE__ROW_CHUNKED = 2,
	ENGINE__ROW_HEADER = 7,
	ENGINE__ROW_CHUNK_BYTES = 16000, /* larger arrays are cut into chunks of this */
	ENGINE__ROW_CHUNKED_SIZE = ENGINE__ROW_HEADER + 6,
};

typedef struct engine__row_header {
	uint8_t format;
	uint16_t layout;
	uint32_t checksum;
	cx_slice array;       /* whole rows */
	uint32_t array_bytes; /* chunked rows */
	uint16_t chunks;
} engine__row_header;

uint32_t engine__row_checksum(const engine_type *type, uint16_t layout, int64_t id,
                              cx_slice array);

/* Takes the header apart without looking at the checksum. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__row_header_read(cx_slice stored, engine__row_header *ret);

/* Appends the 7-byte header of a row with this array; for a chunked one also size and number
 * of chunks (and the array goes elsewhere). */
void engine__row_header_write(const engine_type *type, int64_t id, cx_slice array, cx_buf *out);

/* Appends the array of these values (one per slot). */
void engine__row_array_write(const engine_type *type, const engine__value *values, cx_buf *out);

/* A row of an older layout has fewer elements than the type has fields, and may have values in
 * slots that are holes by now. Where rows are read it is brought into the present layout:
 * holes are nil, and of what was added since, it has the value that the type says for older
 * records (engine_field.fill). So a row looks the same to filters, indexes, and clients. */

/* Whether what is stored is a row of the present layout in one piece. */
bool engine__row_is_plain(const engine_type *type, cx_slice stored);

/* Brings an array of an older layout into the present one, in the arena.
 * Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__row_complete(const engine_type *type, cx_slice array,
                                           cx_arena *arena, cx_slice *ret);

/* Cuts an array into its `count` elements. Elements that it does not have are nil (one byte, of
 * static storage).
 * Errors: CX_CORRUPT; `elements` may then be written in part. */
CX_MUST_USE cx_status engine__row_split(cx_slice array, uint16_t count, cx_slice *elements);

/* Splits and decodes every slot. Errors: CX_CORRUPT; `values` may then be written in part. */
CX_MUST_USE cx_status engine__row_values(const engine_type *type, cx_slice array,
                                         engine__value *values);
