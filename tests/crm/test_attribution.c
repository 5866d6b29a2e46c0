/* SPDX-License-Identifier: Apache-2.0 */
/* Each way of sharing gives away the whole amount, and no more. */
#include "base/cleanup.h"
#include "crm/stats/attribution.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <string.h>

enum { MOST = 9 };

static int64_t share_of(const crm__response *responses, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (responses[i].id == id)
			return responses[i].share;
	fail();
	return 0;
}

static void the_earliest_the_latest_or_all(void **state)
{
	(void)state;
	/* 12 and 13 responded at the same time: the lower id is the earlier. */
	static const crm__response given[] = {
		{ 50, 11, 1, 0 }, { 20, 13, 2, 0 }, { 20, 12, 3, 0 }, { 90, 10, 1, 0 }
	};
	static const struct {
		crm__attribution way;
		int64_t of_10, of_11, of_12, of_13;
	} rows[] = {
		{ CRM_ATTRIBUTION_FIRST, 0, 0, 1003, 0 },
		{ CRM_ATTRIBUTION_LAST, 1003, 0, 0, 0 },
		{ CRM_ATTRIBUTION_LINEAR, 250, 250, 253, 250 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		crm__response responses[4];
		memcpy(responses, given, sizeof given);
		crm__attribute(responses, 4, rows[i].way, 1003);
		assert_int_equal(share_of(responses, 4, 10), rows[i].of_10);
		assert_int_equal(share_of(responses, 4, 11), rows[i].of_11);
		assert_int_equal(share_of(responses, 4, 12), rows[i].of_12);
		assert_int_equal(share_of(responses, 4, 13), rows[i].of_13);
	}
}

static void shares_add_up(void **state)
{
	(void)state;
	dice random = { .state = 99 };
	for (int round = 0; round < 3000; round++) {
		const size_t count = 1 + (size_t)dice_below(&random, MOST);
		const int64_t amount = (int64_t)dice_below(&random, 100000);
		for (int way = 0; way < CRM_ATTRIBUTION_COUNT; way++) {
			crm__response responses[MOST];
			for (size_t i = 0; i < count; i++)
				responses[i] = (crm__response){
					.at = (int64_t)dice_below(&random, 5),
					.id = (int64_t)i,
					.share = 12345,
				};
			crm__attribute(responses, count, (crm__attribution)way, amount);
			int64_t sum = 0;
			for (size_t i = 0; i < count; i++)
				sum += responses[i].share;
			assert_int_equal(sum, amount);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_earliest_the_latest_or_all),
		cmocka_unit_test(shares_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
