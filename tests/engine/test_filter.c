/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: what is read and what is refused, that a comparison with null is never true, and
 * that simplifying changes the shape and not the meaning. */
#include "engine/query/filter.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cx_arena *arena;

static int setup(void **state)
{
	(void)state;
	return cx_arena_new(1 << 26, &arena) == CX_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	cx_arena_free(&arena);
	return 0;
}

static engine__filter read_filter(const char *text)
{
	engine__filter filter;
	cx_error error;
	cx_status status =
		engine__filter_read(&sample_type, wire(text), arena, &filter, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", text, error.text);
	return filter;
}

static void assert_refused(cx_slice bytes, cx_status expected, const char *what)
{
	engine__filter filter = { .node_count = 777 };
	cx_error error = { 0 };
	cx_status status = engine__filter_read(&sample_type, bytes, arena, &filter, &error);
	if (status != expected)
		fail_msg("%s: %s, not %s", what, cx_status_name(status),
		         cx_status_name(expected));
	assert_int_equal(filter.node_count, 777); /* untouched */
	assert_int_equal(error.status, expected);
	assert_true(error.text[0] != '\0');
}

/* ---- truth ---- */

/* A row with these user fields (the array of values from the first user slot on). */
static cx_slice row_of(const char *fields)
{
	char text[1024];
	snprintf(text, sizeof text, "[7, 1, 0, nil, 0, nil, nil, 'x-7', %s]", fields);
	return wire(text);
}

/*                            active amount price born seen name note stage owner company parent
 *                            blob counts tags */
static const char full_row[] = "true, 5, 250, 10, 99, 'Müller', 'n', 'won', 3, 4, 6, h'00ff', "
			       "[1, -2], ['vip', 'é']";
static const char empty_row[] = "nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "
				"nil, nil";

static engine__truth truth_of(const char *text, const char *fields)
{
	const engine__filter filter = read_filter(text);
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(1 << 20);
	bool wanted[ENGINE_FILTER_NODES_MAX] = { false };
	engine__value operands[ENGINE_FILTER_NODES_MAX];
	for (uint16_t i = 0; i < filter.operand_count; i++)
		wanted[i] = true;
	assert_int_equal(
		engine__filter_operands(&filter, wanted, row_of(fields), &folded, operands),
		CX_OK);
	engine__truth truth = ENGINE__TRUE;
	for (uint16_t i = 0; i < filter.conjunct_count; i++) {
		const engine__truth part =
			engine__filter_evaluate(&filter, filter.conjuncts[i], operands);
		truth = part < truth ? part : truth;
	}
	return truth;
}

static void each_operator_compares_as_the_manual_says(void **state)
{
	(void)state;
	static const struct {
		const char *filter;
		bool holds;
	} cases[] = {
		{ "['=', 'amount', 5]", true },
		{ "['=', 'amount', 6]", false },
		{ "['!=', 'amount', 5]", false },
		{ "['!=', 'amount', 6]", true },
		{ "['<', 'amount', 5]", false },
		{ "['<', 'amount', 6]", true },
		{ "['<=', 'amount', 5]", true },
		{ "['<=', 'amount', 4]", false },
		{ "['>', 'amount', 5]", false },
		{ "['>', 'amount', 4]", true },
		{ "['>=', 'amount', 5]", true },
		{ "['>=', 'amount', 6]", false },
		{ "['between', 'amount', 5, 5]", true },
		{ "['between', 'amount', 6, 9]", false },
		{ "['between', 'amount', 1, 4]", false },
		{ "['between', 'amount', 9, 1]", false },
		{ "['in', 'amount', [9, 5, 1, 5]]", true },
		{ "['in', 'amount', [9, 6, 1, 4]]", false },
		{ "['in', 'amount', []]", false },
		{ "['=', 'active', true]", true },
		{ "['<', 'active', true]", false },
		{ "['>', 'active', false]", true },
		{ "['=', 'id', 7]", true },
		{ "['=', 'ext_id', 'x-7']", true },
		{ "['=', 'blob', h'00ff']", true },
		{ "['>', 'blob', h'00']", true },
		{ "['<', 'blob', h'01']", true },
		/* by the order of the labels: lead, won, lost */
		{ "['>', 'stage', 'lead']", true },
		{ "['<', 'stage', 'lost']", true },
		{ "['<', 'stage', 'lead']", false },
		{ "['in', 'stage', ['lost', 'lead']]", false },
		{ "['prefix', 'name', 'Mü']", true },
		{ "['prefix', 'name', '']", true },
		{ "['prefix', 'name', 'mü']", false },
		{ "['prefix', 'name', 'Müllers']", false },
		{ "['prefix~', 'name', 'mÜ']", true },
		{ "['prefix~', 'name', 'ü']", false },
		{ "['=~', 'name', 'MÜLLER']", true },
		{ "['=~', 'name', 'ＭÜLLER']", true }, /* full-width M */
		{ "['=~', 'name', 'Muller']", false },
		{ "['=', 'name', 'MÜLLER']", false },
		{ "['=', 'name', 'Mu\xcc\x88ller']", true }, /* NFC of it */
		{ "['has', 'counts', -2]", true },
		{ "['has', 'counts', 2]", false },
		{ "['has', 'tags', 'vip']", true },
		{ "['has', 'tags', 'e\xcc\x81']", true },
		{ "['has', 'tags', 'vi']", false },
		{ "['null', 'amount']", false },
		{ "['notnull', 'amount']", true },
		{ "['null', 'deleted_at']", true },
		{ "['null', 'counts']", false },
		{ "['and', ['=', 'amount', 5], ['=', 'price', 250]]", true },
		{ "['and', ['=', 'amount', 5], ['=', 'price', 251]]", false },
		{ "['or', ['=', 'amount', 6], ['=', 'price', 250]]", true },
		{ "['or', ['=', 'amount', 6], ['=', 'price', 251]]", false },
		{ "['not', ['=', 'amount', 6]]", true },
		{ "['and']", true },
		{ "['or']", false },
		{ "nil", true },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		if ((truth_of(cases[i].filter, full_row) == ENGINE__TRUE) != cases[i].holds)
			fail_msg("%s", cases[i].filter);
}

static void a_comparison_with_a_null_field_is_never_true(void **state)
{
	(void)state;
	static const char *const comparisons[] = {
		"['=', 'amount', 5]",       "['!=', 'amount', 5]",
		"['<', 'amount', 5]",       "['between', 'amount', 1, 9]",
		"['in', 'amount', [1, 2]]", "['in', 'amount', []]",
		"['prefix', 'name', '']",   "['=~', 'name', '']",
		"['prefix~', 'name', '']",  "['has', 'tags', 'a']",
		"['>=', 'active', false]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(comparisons); i++) {
		char negated[128];
		snprintf(negated, sizeof negated, "['not', %s]", comparisons[i]);
		assert_int_equal(truth_of(comparisons[i], empty_row), ENGINE__UNKNOWN);
		assert_int_equal(truth_of(negated, empty_row), ENGINE__UNKNOWN);
	}
	assert_int_equal(truth_of("['or', ['=', 'amount', 5], ['null', 'amount']]", empty_row),
	                 ENGINE__TRUE);
	assert_int_equal(
		truth_of("['and', ['=', 'amount', 5], ['notnull', 'amount']]", empty_row),
		ENGINE__FALSE);
	assert_int_equal(
		truth_of("['not', ['and', ['=', 'amount', 5], ['null', 'id']]]", empty_row),
		ENGINE__TRUE);
}

static void fields_a_row_of_an_older_layout_lacks_are_null(void **state)
{
	(void)state;
	assert_int_equal(truth_of("['null', 'tags']", "true, 5"), ENGINE__TRUE);
	assert_int_equal(truth_of("['=', 'amount', 5]", "true, 5"), ENGINE__TRUE);
	assert_int_equal(truth_of("['=', 'price', 5]", "true, 5"), ENGINE__UNKNOWN);
}

static void a_value_longer_than_its_field_compares_and_is_never_equal(void **state)
{
	(void)state; /* name is string(20) */
	static const char longer[] = "Müller-Müller-Müller-Müller-Müller";
	char text[128];
	snprintf(text, sizeof text, "['=', 'name', '%s']", longer);
	assert_int_equal(truth_of(text, full_row), ENGINE__FALSE);
	snprintf(text, sizeof text, "['<', 'name', '%s']", longer);
	assert_int_equal(truth_of(text, full_row), ENGINE__TRUE);
	snprintf(text, sizeof text, "['has', 'tags', '%s']", longer);
	assert_int_equal(truth_of(text, full_row), ENGINE__FALSE);
}

static void a_damaged_row_is_corrupt(void **state)
{
	(void)state;
	const engine__filter filter = read_filter("['=', 'amount', 5]");
	const bool wanted[] = { true };
	engine__value operand;
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(100);
	const cx_slice row = row_of(full_row);
	for (size_t size = 0; size < 15; size++) { /* up to the amount */
		const cx_slice cut = wire_exact((cx_slice){ row.data, size });
		assert_int_equal(
			engine__filter_operands(&filter, wanted, cut, &folded, &operand),
			CX_CORRUPT);
	}
	assert_int_equal(engine__filter_operands(&filter, wanted, row_of("true, 'five'"),
	                                         &folded, &operand),
	                 CX_CORRUPT);
}

/* ---- refusals ---- */

static void what_is_no_filter_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *filter;
		cx_status status;
	} cases[] = {
		{ "1", CX_INVALID_ARGUMENT },
		{ "'and'", CX_INVALID_ARGUMENT },
		{ "{'and': 1}", CX_INVALID_ARGUMENT },
		{ "[]", CX_INVALID_ARGUMENT },
		{ "[1]", CX_INVALID_ARGUMENT },
		{ "[['and']]", CX_INVALID_ARGUMENT },
		{ "['like', 'name', 'x']", CX_INVALID_ARGUMENT },
		{ "['AND']", CX_INVALID_ARGUMENT },
		{ "['\xff']", CX_INVALID_ARGUMENT },
		{ "['and', nil]", CX_INVALID_ARGUMENT },
		{ "['and', 1]", CX_INVALID_ARGUMENT },
		{ "['not']", CX_INVALID_ARGUMENT },
		{ "['not', ['and'], ['and']]", CX_INVALID_ARGUMENT },
		{ "['=', 'amount']", CX_INVALID_ARGUMENT },
		{ "['=', 'amount', 1, 2]", CX_INVALID_ARGUMENT },
		{ "['between', 'amount', 1]", CX_INVALID_ARGUMENT },
		{ "['null', 'amount', 1]", CX_INVALID_ARGUMENT },
		{ "['null']", CX_INVALID_ARGUMENT },
		{ "['=', 1, 1]", CX_INVALID_ARGUMENT },
		{ "['in', 'amount', 1]", CX_INVALID_ARGUMENT },
		{ "['=', 'amounts', 1]", CX_NO_FIELD },
		{ "['=', '', 1]", CX_NO_FIELD },
		{ "['=', '\xff', 1]", CX_NO_FIELD },
		{ "['=', 'amount', 'x']", CX_TYPE },
		{ "['=', 'amount', 1.5]", CX_TYPE },
		{ "['=', 'amount', [1]]", CX_TYPE },
		{ "['=', 'active', 1]", CX_TYPE },
		{ "['=', 'name', h'00']", CX_TYPE },
		{ "['=', 'stage', 'new']", CX_TYPE },
		{ "['=', 'owner', 0]", CX_TYPE },
		{ "['=', 'owner', {'$': 0}]", CX_TYPE },
		{ "['=', 'amount', nil]", CX_TYPE },
		{ "['in', 'amount', [1, nil]]", CX_TYPE },
		{ "['between', 'amount', 1, nil]", CX_TYPE },
		{ "['has', 'tags', nil]", CX_TYPE },
		{ "['has', 'tags', 1]", CX_TYPE },
		{ "['has', 'name', 'x']", CX_TYPE },
		{ "['=', 'tags', 'x']", CX_TYPE },
		{ "['in', 'counts', [1]]", CX_TYPE },
		{ "['prefix', 'amount', 'x']", CX_TYPE },
		{ "['prefix', 'blob', h'00']", CX_TYPE },
		{ "['=~', 'stage', 'won']", CX_TYPE },
		{ "['prefix~', 'tags', 'x']", CX_TYPE },
		{ "['=', 'name', '\xff']", CX_MALFORMED },
		{ "['=', 'name', 'a\\x00']", CX_MALFORMED },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		assert_refused(wire(cases[i].filter), cases[i].status, cases[i].filter);
}

static void every_proper_prefix_is_refused_and_so_is_what_follows(void **state)
{
	(void)state;
	const cx_slice whole =
		wire("['and', ['in', 'amount', [1, 2]], ['or', ['=~', 'name', 'xyz'], "
	             "['not', ['between', 'seen', 1, 70000]]], ['has', 'tags', 'vip']]");
	for (size_t size = 1; size < whole.size; size++) {
		const cx_slice prefix = wire_exact((cx_slice){ whole.data, size });
		engine__filter filter;
		cx_status status =
			engine__filter_read(&sample_type, prefix, arena, &filter, NULL);
		assert_true(status == CX_MALFORMED || status == CX_INVALID_ARGUMENT);
	}
	uint8_t *longer = malloc(whole.size + 1);
	memcpy(longer, whole.data, whole.size);
	longer[whole.size] = 0xc0;
	assert_refused((cx_slice){ longer, whole.size + 1 }, CX_MALFORMED, "trailing nil");
	free(longer);
}

static cx_slice nested(unsigned depth)
{
	static cx_buf out = { .limit = 1 << 20 };
	cx_buf_clear(&out);
	for (unsigned i = 1; i < depth; i++) {
		cx_write_array(&out, 2);
		cx_write_text(&out, "not");
	}
	cx_write_array(&out, 1);
	cx_write_text(&out, "and");
	return cx_buf_slice(&out);
}

/* "and" of `count` - 1 null tests. */
static cx_slice wide(unsigned count)
{
	static cx_buf out = { .limit = 1 << 20 };
	cx_buf_clear(&out);
	cx_write_array(&out, count);
	cx_write_text(&out, "and");
	for (unsigned i = 1; i < count; i++) {
		cx_write_array(&out, 2);
		cx_write_text(&out, "null");
		cx_write_text(&out, "amount");
	}
	return cx_buf_slice(&out);
}

/* Two "in" with that many values together. */
static cx_slice among(unsigned values)
{
	static cx_buf out = { .limit = 1 << 20 };
	cx_buf_clear(&out);
	cx_write_array(&out, 3);
	cx_write_text(&out, "and");
	const unsigned counts[] = { values / 2, values - values / 2 };
	for (unsigned half = 0; half < 2; half++) {
		cx_write_array(&out, 3);
		cx_write_text(&out, "in");
		cx_write_text(&out, "amount");
		cx_write_array(&out, counts[half]);
		for (unsigned i = 0; i < counts[half]; i++)
			cx_write_uint(&out, i);
	}
	return cx_buf_slice(&out);
}

static void limits_hold_to_the_last_one(void **state)
{
	(void)state;
	engine__filter filter;
	assert_int_equal(engine__filter_read(&sample_type, nested(ENGINE_FILTER_DEPTH_MAX),
	                                     arena, &filter, NULL),
	                 CX_OK);
	assert_refused(nested(ENGINE_FILTER_DEPTH_MAX + 1), CX_TOO_DEEP, "depth");
	assert_refused(nested(10000), CX_TOO_DEEP, "depth");

	assert_int_equal(engine__filter_read(&sample_type, wide(ENGINE_FILTER_NODES_MAX), arena,
	                                     &filter, NULL),
	                 CX_OK);
	assert_int_equal(filter.conjunct_count, ENGINE_FILTER_NODES_MAX - 1);
	assert_refused(wide(ENGINE_FILTER_NODES_MAX + 1), CX_TOO_LARGE, "nodes");

	assert_int_equal(engine__filter_read(&sample_type, among(ENGINE_FILTER_VALUES_MAX),
	                                     arena, &filter, NULL),
	                 CX_OK);
	assert_refused(among(ENGINE_FILTER_VALUES_MAX + 1), CX_TOO_LARGE, "values");
	/* An array that declares more than could ever follow. */
	assert_refused(wire_hex("93 a2 69 6e a6 61 6d 6f 75 6e 74 dd ff ff ff ff"),
	               CX_MALFORMED, "declared");

	uint8_t *large = calloc(1, ENGINE__FILTER_BYTES_MAX + 1);
	assert_refused((cx_slice){ large, ENGINE__FILTER_BYTES_MAX + 1 }, CX_TOO_LARGE,
	               "bytes");
	free(large);
}

/* ---- shape ---- */

static void simplifying_finds_what_the_planner_can_use(void **state)
{
	(void)state;
	engine__filter filter = read_filter("['and', ['and', ['=', 'amount', 1]], ['and', "
	                                    "['or', ['=', 'price', 2]], ['>', 'id', 3]]]");
	assert_int_equal(filter.conjunct_count, 3);
	assert_int_equal(filter.nodes[filter.conjuncts[0]].op, ENGINE__OP_IN);
	assert_int_equal(filter.nodes[filter.conjuncts[1]].op, ENGINE__OP_IN);
	assert_int_equal(filter.nodes[filter.conjuncts[2]].op, ENGINE__OP_GREATER);

	filter = read_filter("['or', ['=', 'amount', 3], ['in', 'amount', [5, 1, 3]], "
	                     "['or', ['=', 'amount', 2]]]");
	assert_int_equal(filter.node_count, 1);
	assert_int_equal(filter.nodes[0].op, ENGINE__OP_IN);
	assert_int_equal(filter.nodes[0].value_count, 4);
	for (int i = 1; i < 4; i++)
		assert_true(filter.nodes[0].values[i - 1].integer <
		            filter.nodes[0].values[i].integer);

	filter = read_filter("['or', ['=', 'amount', 3], ['=', 'price', 3]]");
	assert_int_equal(filter.node_count, 3);
	filter = read_filter("['or', ['=', 'amount', 3], ['null', 'amount']]");
	assert_int_equal(filter.node_count, 3);

	filter = read_filter("['and', ['not', ['null', 'amount']], ['not', ['notnull', "
	                     "'price']], ['not', ['=', 'id', 1]]]");
	assert_int_equal(filter.conjunct_count, 3);
	assert_int_equal(filter.nodes[filter.conjuncts[0]].op, ENGINE__OP_NOT_NULL);
	assert_int_equal(filter.nodes[filter.conjuncts[1]].op, ENGINE__OP_IS_NULL);
	assert_int_equal(filter.nodes[filter.conjuncts[2]].op, ENGINE__OP_NOT);

	assert_int_equal(read_filter("nil").conjunct_count, 0);
	assert_int_equal(read_filter("['and']").conjunct_count, 0);
	assert_int_equal(read_filter("['or']").conjunct_count, 1);
}

static void naming_deleted_at_anywhere_is_noticed(void **state)
{
	(void)state;
	assert_true(read_filter("['not', ['or', ['=', 'id', 1], ['null', 'deleted_at']]]")
	                    .names_deleted);
	assert_false(read_filter("['null', 'updated_at']").names_deleted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operator_compares_as_the_manual_says),
		cmocka_unit_test(a_comparison_with_a_null_field_is_never_true),
		cmocka_unit_test(fields_a_row_of_an_older_layout_lacks_are_null),
		cmocka_unit_test(a_value_longer_than_its_field_compares_and_is_never_equal),
		cmocka_unit_test(a_damaged_row_is_corrupt),
		cmocka_unit_test(what_is_no_filter_is_refused),
		cmocka_unit_test(every_proper_prefix_is_refused_and_so_is_what_follows),
		cmocka_unit_test(limits_hold_to_the_last_one),
		cmocka_unit_test(simplifying_finds_what_the_planner_can_use),
		cmocka_unit_test(naming_deleted_at_anywhere_is_noticed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
