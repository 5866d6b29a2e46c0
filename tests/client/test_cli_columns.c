/* SPDX-License-Identifier: Apache-2.0 */
/* The currency comes along exactly when an amount shown needs it. */
#include "client/cli/columns.h"
#include "tests/support/unit.h"

static void the_currency_is_added_when_an_amount_needs_it(void **state)
{
	(void)state;
	const cardex_field fields[] = {
		{ .name = "id", .kind = CARDEX_KIND_INT },
		{ .name = "amount", .kind = CARDEX_KIND_MONEY },
		{ .name = "amount_base", .kind = CARDEX_KIND_MONEY },
		{ .name = "currency", .kind = CARDEX_KIND_STRING },
	};
	const cardex_type with = { .name = "order", .fields = fields, .field_count = 4 };
	const cardex_type without = { .name = "line", .fields = fields, .field_count = 3 };
	const struct {
		const cardex_type *type;
		const char *columns;
		const char *completed;
	} cases[] = {
		{ &with, "id, amount", "id, amount,currency" },
		{ &with, "amount", "amount,currency" },
		{ &with, "currency,amount", NULL },
		{ &with, "amount, currency", NULL },
		{ &with, "id,amount_base", NULL },
		{ &with, "id,nothing", NULL },
		{ &with, "", NULL },
		{ &with, NULL, NULL },
		{ &without, "id,amount", NULL },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
		const bool done = cli_columns_complete(cases[i].type, cases[i].columns, &out);
		assert_int_equal(done, cases[i].completed != NULL);
		if (done)
			assert_string_equal(out.data, cases[i].completed);
		else
			assert_int_equal(out.size, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_currency_is_added_when_an_amount_needs_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
