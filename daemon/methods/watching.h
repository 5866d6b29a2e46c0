/* SPDX-License-Identifier: Apache-2.0 */
/* One watch, and what a turn of it writes. */
#pragma once

#include "daemon/methods/roster.h"
#include "daemon/methods/watch.h"
#include "engine/changes.h"
#include "engine/query.h"
#include "proto/proto.h"

/* A snapshot that is being sent: behind this row of this type. One that was cut off on an
 * earlier watch goes on above a record. */
typedef struct daemon__watch_rows {
	bool active;
	uint16_t type_id; /* 0 = before the first type */
	bool in_type;     /* the type goes on, behind `position` */
	uint16_t above_type_id;
	int64_t above;        /* in that type only records above this id; 0 = all */
	size_t position_size; /* 0: of the type nothing was looked at yet */
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
} daemon__watch_rows;

struct daemon__watch {
	daemon__watch *next;
	uint64_t number;
	uint64_t credit;
	engine_place place; /* what comes next */
	uint64_t told;      /* the last seq that the client knows to be done */
	uint64_t told_ns;   /* when it was told something last */
	bool caught_up;     /* it has been told once that there is no more */
	daemon__watch_rows rows;
	daemon__roster_entry listed; /* as it was after its last turn */
	proto_options options;       /* types, where and only point into `bytes` */
	uint8_t bytes[];
};

/* Whether the options make sense under this schema.
 * Errors: CX_INVALID_ARGUMENT, CX_NO_TYPE, CX_NO_FIELD, those of a filter. */
CX_MUST_USE cx_status daemon__watch_check(const daemon__watch *watch, engine_read *read,
                                          cx_error *error);

/* Lets its rows begin behind the one of `rows_after`, the bytes of the option.
 * Errors: CX_INVALID_ARGUMENT, CX_NO_TYPE. */
CX_MUST_USE cx_status daemon__watch_rows_after(daemon__watch *watch, engine_read *read,
                                               cx_slice rows_after, cx_error *error);

/* Whether a turn would find anything. */
bool daemon__watch_has_more(const daemon__watch *watch, uint64_t seq);

/* Takes a turn. Errors: CX_COMPACTED, CX_NO_TYPE, CX_NO_FIELD, CX_CORRUPT, …; what was written
 * is then to be cut. */
CX_MUST_USE cx_status daemon__watch_turn_take(daemon__watch *watch,
                                              const daemon__watch_turn *turn, cx_error *error);

/* Tells how far it has come. */
void daemon__watch_tell(daemon__watch *watch, uint64_t now_ns, cx_buf *out);
