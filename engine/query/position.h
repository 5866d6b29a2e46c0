/* SPDX-License-Identifier: Apache-2.0 */
/* Where a page ended, as bytes that a client hands back.
 *
 * | offset | size | what                                                                     |
 * |--------|------|--------------------------------------------------------------------------|
 * | 0      | 1    | version, 1                                                               |
 * | 1      | 1    | engine__ordering, plus 80 when the path is read backward, plus engine__form
 * | |        |      | times 10 | | 2      | 2    | id of the index, big-endian; 0 = by id | | 4
 * | 8    | fingerprint of the query, big-endian                                     | | 12 | 2
 * | number of the range, big-endian                                          | | 14     | … |
 * only of unions and intersections: node of the "or" u16, number of indexes | |        |      |
 * u8, the id u16 of each, big-endian                                       | | then   | …    |
 * the last key looked at; of a merge and of an intersection without the     | |        |      |
 * fixed columns; of a sort                                                  | |        |      |
 * the last row (engine/query/sort.h), and then nothing of what is read      |
 *
 * The plan is in it: the next page is read in the way of this one, whatever the planner would
 * choose by then. The bytes may come from anyone: whoever uses them checks them. */
#pragma once

#include "engine/query/candidate.h"

enum {
	ENGINE__POSITION_VERSION = 1,
	ENGINE__POSITION_HEADER = 14,
	ENGINE__POSITION_LEGS_MAX = 16,
	ENGINE__POSITION_LEGS_BYTES = 3 + 2 * ENGINE__POSITION_LEGS_MAX,
	ENGINE__POSITION_KEY_MAX = ENGINE_POSITION_BYTES_MAX - ENGINE__POSITION_HEADER -
	                           ENGINE__POSITION_LEGS_BYTES,
};

typedef struct engine__position {
	engine__ordering ordering;
	bool reverse;
	uint16_t index_id;
	uint64_t fingerprint;
	uint16_t range;
	uint8_t form;                             /* engine__form: plan.h */
	uint16_t or_node;                         /* of a union */
	uint8_t leg_count;                        /* 0: only index_id */
	uint16_t legs[ENGINE__POSITION_LEGS_MAX]; /* indexes, 0 = by id */
	cx_slice key;
} engine__position;

/* What pages of one query have in common: type, filter and order. */
uint64_t engine__fingerprint(const engine_query *query);

/* Fills page->position. The key is at most ENGINE__POSITION_KEY_MAX bytes. */
void engine__position_write(const engine__position *position, engine_page *page);

/* Errors: CX_CURSOR_STALE (another version, cut, of another query). */
CX_MUST_USE cx_status engine__position_read(const engine_query *query, engine__position *ret,
                                            cx_error *error);

/* The index of that id, NULL for 0; false when there is none any more. */
bool engine__position_index(const engine_type *type, uint16_t id, const engine_index **ret);

/* CX_CURSOR_STALE with its text. */
cx_status engine__position_refuse(cx_error *error);
