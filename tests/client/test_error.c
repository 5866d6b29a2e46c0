/* SPDX-License-Identifier: Apache-2.0 */
/* The statuses of the library are those of the protocol, by name and number. */
#include "client/error/error.h"
#include "tests/support/unit.h"

#include <string.h>

/* A status that cardex.h lacks, or calls otherwise, does not compile. */
#define PAIR(name, wire, class_, text) { CARDEX_##name, CX_##name, wire, #name },
static const struct {
	cardex_status status;
	cx_status own;
	uint32_t wire;
	const char *name;
} pairs[] = { CX_STATUSES(PAIR) };

static void every_status_has_its_number_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(pairs); i++) {
		assert_int_equal(pairs[i].status, pairs[i].wire);
		assert_int_equal(cardex__status_of(pairs[i].own), pairs[i].status);
		assert_int_equal(cardex__status_back(pairs[i].status), pairs[i].own);
		assert_string_equal(cardex_status_name(pairs[i].status), pairs[i].name);
		assert_string_equal(cardex_status_text(pairs[i].status),
		                    cx_status_text(pairs[i].own));
	}
	assert_int_equal(CARDEX_OK, 0);
}

static void an_unknown_number_is_internal(void **state)
{
	(void)state;
	assert_string_equal(cardex_status_name((cardex_status)599), "INTERNAL");
}

static void an_error_keeps_all_that_is_known(void **state)
{
	(void)state;
	cx_error from;
	cx_fail_field(&from, CX_UNIQUE, "tax_id", "taken by %d", 9);
	strcpy(from.index, "tax_id");
	from.line = 2;
	from.column = 3;
	cardex_error error;
	assert_int_equal(cardex__fail_as(&error, &from), CARDEX_UNIQUE);
	assert_int_equal(error.status, CARDEX_UNIQUE);
	assert_string_equal(error.message, "taken by 9");
	assert_string_equal(error.field, "tax_id");
	assert_string_equal(error.index, "tax_id");
	assert_true(error.line == 2 && error.column == 3 && !error.retryable);
	assert_int_equal(cardex__fail_as(NULL, &from), CARDEX_UNIQUE);
	assert_int_equal(cardex__fail(&error, CARDEX_BUSY, "later, %s", "客户"), CARDEX_BUSY);
	assert_true(error.retryable);
	assert_string_equal(error.message, "later, 客户");
	assert_string_equal(error.field, "");
}

static void the_version_is_three_numbers(void **state)
{
	(void)state;
	int parts = 0;
	for (const char *at = cardex_version(); *at != '\0'; at++)
		parts += *at == '.';
	assert_int_equal(parts, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_number_and_name),
		cmocka_unit_test(an_unknown_number_is_internal),
		cmocka_unit_test(an_error_keeps_all_that_is_known),
		cmocka_unit_test(the_version_is_three_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
