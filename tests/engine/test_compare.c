/* SPDX-License-Identifier: Apache-2.0 */
/* What a new text would change, and what it cannot: each step has its verdict. */
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"

#include <string.h>

#define OTHER "type b { n int }\n"

static const char start[] =
	"type a \"A\" { s string(10)  t text  n int  e enum(x, y)  r ref(b) on delete "
	"set_null\n"
	"  q string(5) required  l list<string(5)>(3)\n"
	"  index (n)  index (e, n)  index (r)  index (s)  unique u (q) }\n" OTHER;

#define A(fields, indexes) "type a \"A\" { " fields " " indexes " }\n" OTHER
#define FIELDS                                                                    \
	"s string(10)  t text  n int  e enum(x, y)  r ref(b) on delete set_null " \
	"q string(5) required  l list<string(5)>(3)"
#define INDEXES "index (n)  index (e, n)  index (r)  index (s)  unique u (q)"

/* With one record in a, and with none. NULL: the same. */
static const struct {
	const char *text;
	const char *full;
	const char *empty;
} cases[] = {
	{ A(FIELDS, INDEXES), "", NULL },
	/* Types. */
	{ A(FIELDS, INDEXES) "type c { x int }", "instant c: new type\n", NULL },
	{ "type a \"A\" { n int }", /* and b is gone */
	  "instant (loses) a.s: field dropped, with its values\n"
	  "instant (loses) a.t: field dropped, with its values\n"
	  "instant (loses) a.e: field dropped, with its values\n"
	  "instant (loses) a.r: field dropped, with its values\n"
	  "instant (loses) a.q: field dropped, with its values\n"
	  "instant (loses) a.l: field dropped, with its values\n"
	  "instant a.n: index dropped\n"
	  "instant a.e,n: index dropped\n"
	  "instant a.r: index dropped\n"
	  "instant a.s: index dropped\n"
	  "instant a.u: index dropped\n"
	  "instant b: type dropped\n",
	  "instant a.s: field dropped\n"
	  "instant a.t: field dropped\n"
	  "instant a.e: field dropped\n"
	  "instant a.r: field dropped\n"
	  "instant a.q: field dropped\n"
	  "instant a.l: field dropped\n"
	  "instant a.n: index dropped\n"
	  "instant a.e,n: index dropped\n"
	  "instant a.r: index dropped\n"
	  "instant a.s: index dropped\n"
	  "instant a.u: index dropped\n"
	  "instant b: type dropped\n" },
	{ OTHER,
	  "refused a: it has records, or deleted ones, so it cannot be dropped: delete and "
	  "purge "
	  "them\n",
	  "instant a: type dropped\n" },
	{ "type a \"B\" \"乙\" { " FIELDS " " INDEXES " }\n" OTHER, "instant a: other labels\n",
	  NULL },
	{ "type a \"A\" keep { " FIELDS " " INDEXES " }\n" OTHER,
	  "refused a: \"keep\" can only change while there are no records\n",
	  "instant a: keep\n" },
	{ "type a \"A\" single { " FIELDS " " INDEXES " }\n" OTHER,
	  "refused a: \"single\" can only be set while there are no records\n",
	  "instant a: single\n" },
	{ "type a \"A\" readonly { " FIELDS " " INDEXES " }\n" OTHER, "instant a: read-only\n",
	  NULL },
	/* Fields. */
	{ A(FIELDS " z int = 3", INDEXES), "instant a.z: new field, int\n", NULL },
	{ A(FIELDS " z int required", INDEXES),
	  "refused a.z: it is required and there are records without it: give it a default\n",
	  "instant a.z: new field, int\n" },
	{ A(FIELDS " z int required = 3", INDEXES), "instant a.z: new field, int\n", NULL },
#define WITH(s, t, n, e, r, q, l) A(s " " t " " n " " e " " r " " q " " l, INDEXES)
#define S                         "s string(10)"
#define T                         "t text"
#define N                         "n int"
#define E                         "e enum(x, y)"
#define R                         "r ref(b) on delete set_null"
#define Q                         "q string(5) required"
#define L                         "l list<string(5)>(3)"
	{ WITH("s string(20)", T, N, E, R, Q, L), "instant a.s: 20 characters instead of 10\n",
	  NULL },
	{ WITH("s string(9)", T, N, E, R, Q, L),
	  "refused a.s: records may have more than 9 characters; leave 10\n",
	  "instant a.s: 9 characters instead of 10\n" },
	/* What there is fits the key now as then. */
	{ WITH("s text", T, N, E, R, Q, L), "instant a.s: text instead of string\n", NULL },
	{ WITH("s int", T, N, E, R, Q, L),
	  "refused a.s: its kind is string and cannot become int\nrebuild a.s: changed index\n",
	  "instant a.s: made anew\ninstant a.s: changed index\n" },
	{ WITH(S, T, N, "e enum(x, y, z)", R, Q, L), "instant a.e: new labels at the end\n",
	  NULL },
	{ WITH(S, T, N, "e enum(x, z, y)", R, Q, L),
	  "instant a.e: labels in another order\nrebuild a.e,n: changed index\n",
	  "instant a.e: labels in another order\ninstant a.e,n: changed index\n" },
	{ WITH(S, T, N, "e enum(x, z)", R, Q, L),
	  "refused a.e: records may have a label that is taken away; leave it in the text\n"
	  "rebuild a.e,n: changed index\n",
	  "instant a.e: labels are taken away\ninstant a.e,n: changed index\n" },
	{ WITH(S, T, N, E, "r ref(a) on delete set_null", Q, L),
	  "refused a.r: it refers to b and cannot refer to a\nrebuild a.r: changed index\n",
	  "instant a.r: made anew\ninstant a.r: changed index\n" },
	{ WITH(S, T, N, E, "r ref(b) on delete restrict", Q, L),
	  "instant a.r: another rule of deletion\n", NULL },
	{ WITH(S, T, N, E, R, "q string(5)", L), "instant a.q: not required any more\n", NULL },
	{ WITH(S, T, "n int required", E, R, Q, L),
	  "refused a.n: records may have no value, so it cannot be required\n",
	  "instant a.n: required\n" },
	{ WITH(S, T, "n int = 4 readonly", E, R, Q, L),
	  "instant a.n: read-only\ninstant a.n: another default for new records\n", NULL },
	{ WITH(S, "t text search \"T\" \"文\"", N, E, R, Q, L),
	  "rebuild a.t: searched, or in another way: the search index is built anew\n"
	  "instant a.t: other labels\n",
	  "instant a.t: searched, or in another way: the search index is built anew\n"
	  "instant a.t: other labels\n" },
	{ WITH(S, T, N, E, R, Q, "l list<string(6)>(2)"),
	  "instant a.l: 6 characters instead of 5\n"
	  "refused a.l: records may have more than 2 items; leave 3\n",
	  "instant a.l: 6 characters instead of 5\ninstant a.l: 2 items instead of 3\n" },
	/* Indexes. */
	{ A(FIELDS, INDEXES " index (n desc, q)"), "rebuild a.n,q: new index\n",
	  "instant a.n,q: new index\n" },
	{ A(FIELDS, INDEXES " unique (n)  "), "a: index \"n\" has the same columns", NULL },
	{ A(FIELDS, INDEXES " unique w (n, q)"), "rebuild a.w: new unique index\n",
	  "instant a.w: new unique index\n" },
	{ A(FIELDS, "index (n desc)  index (e, n)  index (r)  index (s)  unique u (q)"),
	  "rebuild a.n: changed index\n", "instant a.n: changed index\n" },
	{ A(FIELDS, "index (n)  index (e, n)  index (r)  index (s folded)  index u (q)"),
	  "rebuild a.s: changed index\nrebuild a.u: changed index\n",
	  "instant a.s: changed index\ninstant a.u: changed index\n" },
	{ A(FIELDS, "index (n)  index (e, n)  index (s)  unique u (q)"),
	  "refused a.r: the records that refer to one b are found by index r: add another that "
	  "begins with it, and drop this one when that is readable\ninstant a.r: index "
	  "dropped\n",
	  "instant a.r: index dropped\n" },
	{ A(FIELDS, INDEXES " cluster by (e)"),
	  "refused a.e: the records lie in the order of their cluster, which cannot change\n",
	  "instant a.e: another cluster\n" },
};

static void check(store_fixture *store, size_t i, const char *expected)
{
	const char *found = evolve_plan(store, cases[i].text);
	if (strncmp(expected, "a: index", 8) == 0)
		assert_non_null(strstr(found, "SCHEMA_SYNTAX"));
	else if (strcmp(found, expected) != 0)
		fail_msg("case %zu:\n%s\nexpected:\n%s", i, found, expected);
}

static void each_difference_has_its_verdict(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, start);
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		check(&store, i, cases[i].empty != NULL ? cases[i].empty : cases[i].full);
	fixture_create(&store, "a", "{'q': 'v'}");
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		check(&store, i, cases[i].full);
	/* A deleted record is one. */
	fixture_do(&store, FIXTURE_DELETE, "a", 1);
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		check(&store, i, cases[i].full);
	fixture_close(&store);
}

/* What a plan calls instant or to be rebuilt can be applied, and nothing else. */
static void what_is_planned_happens(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		store_fixture store;
		fixture_open(&store, start);
		fixture_create(&store, "b", "{'n': 5}");
		fixture_create(&store, "a", "{'q': 'v', 's': 'some', 'e': 'y', 'r': 1}");
		const bool refused = strstr(evolve_plan(&store, cases[i].text), "refused") ||
		                     strstr(evolve_plan(&store, cases[i].text), "SYNTAX");
		cx_status status = evolve_try(&store, cases[i].text, true);
		if ((status == CX_OK) == refused)
			fail_msg("case %zu: %s", i, cx_status_name(status));
		evolve_build(&store);
		fixture_assert_sound(&store);
		fixture_reopen(&store);
		fixture_assert_sound(&store);
		if (!refused)
			assert_string_equal(evolve_plan(&store, cases[i].text), "");
		fixture_close(&store);
	}
}

static void what_would_be_lost_has_to_be_asked_for(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, start);
	fixture_create(&store, "a", "{'q': 'v', 'n': 7}");
	static const char without[] = "type a \"A\" { q string(5) required }" OTHER;
	assert_int_equal(evolve_try(&store, without, false), CX_UNSAFE_CHANGE);
	assert_non_null(strstr(store.error.text, "6 fields"));
	assert_int_equal(fixture_int(&store, "a", 1, "n"), 7);
	assert_int_equal(evolve_try(&store, without, true), CX_OK);
	fixture_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_difference_has_its_verdict),
		cmocka_unit_test(what_is_planned_happens),
		cmocka_unit_test(what_would_be_lost_has_to_be_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
