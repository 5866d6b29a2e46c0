/* SPDX-License-Identifier: Apache-2.0 */
/* What a summary must answer, found by looking at every record: engine/summary.h said as
 * plainly as possible. Shares nothing with engine/summary/. */
#pragma once

#include "tests/support/naive.h"

__extension__ typedef __int128 wide;

enum { COLUMNS = 3, VALUES = 6, GROUPS_MAX = 400 };

typedef struct question {
	const engine_type *type;
	cx_slice filter;
	const char *columns[COLUMNS];
	const char *values[VALUES];
	size_t column_count;
	size_t value_count;
	const char *order; /* one of both; NULL = by the columns */
	bool descending;
} question;

typedef struct cell {
	bool null;
	int64_t number; /* of an enum its place */
	cx_slice text;
} cell;

typedef struct tally {
	uint64_t count;
	wide sum;
	int64_t least, most;
} tally;

typedef struct group {
	cell cells[COLUMNS];
	tally tallies[VALUES];
} group;

typedef struct answer {
	group groups[GROUPS_MAX];
	size_t count;
	bool overflows; /* a term beyond the limit */
} answer;

/* Of the records for which both filters hold; `also` may be empty. `zone_min`: minutes east of
 * UTC of days and months of the field "at". */
void naive_groups(const question *ask, const naive_table *table, cx_slice also, int zone_min,
                  answer *ret);

/* Appends the rows. */
void naive_groups_write(const question *ask, const answer *from, cx_buf *out);

/* Sums written so far that do not fit 64 bits. */
extern int naive_beyond_64_bits;
