/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/engine/rollup_builds.h"

#include "tests/support/unit.h"

#include <stdio.h>

enum { SHORT_NS = 1 /* one record a slice */ };

const char rollup_plain[] = "type firm { name string(20) }" ROLLUP_BILL;
const char rollup_counted[] = "type firm { name string(20)  bills int readonly = 0 rollup "
			      "count of bill by firm }" ROLLUP_BILL;
const char rollup_summed[] = "type firm { name string(20)  bills int readonly = 0 rollup "
			     "sum(n) of bill by firm }" ROLLUP_BILL;

void rollup_open(store_fixture *store, const char *schema, int count)
{
	fixture_open(store, schema);
	fixture_create(store, "firm", "{'name': 'A'}");
	fixture_create(store, "firm", "{'name': 'B'}");
	for (int i = 1; i <= count; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'firm': %d, 'n': %d, 'on': %d}", 2 - i % 2, i,
		         i);
		fixture_create(store, "bill", fields);
	}
}

void rollup_build(store_fixture *store, int records)
{
	while (records-- > 0)
		evolve_step(store, SHORT_NS);
}

uint64_t rollup_last_seq(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	return engine_read_seq(read);
}

void rollup_assert_firms(store_fixture *store, const char *field, int64_t a, int64_t b)
{
	assert_int_equal(fixture_int(store, "firm", 1, field), a);
	assert_int_equal(fixture_int(store, "firm", 2, field), b);
	fixture_assert_sound(store);
}

void rollup_close(store_fixture *store)
{
	fixture_assert_sound(store);
	fixture_close(store);
}
