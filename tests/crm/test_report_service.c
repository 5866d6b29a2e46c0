/* SPDX-License-Identifier: Apache-2.0 */
/* Service figures against a look at every request that was made. */
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { REQUESTS = 150, USERS = 3, STATUSES = 6, OPEN_STATUSES = 4, PRODUCTS = 2 };

static const char *const statuses[] = { "new",     "assigned", "in_progress",
	                                "waiting", "resolved", "closed" };
static const char *const kinds[] = { "question", "fault", "complaint" };
static const char *const priorities[] = { "low", "normal", "high", "urgent" };

typedef struct request {
	int64_t created, due, answered, resolved, waiting, reopened; /* INT64_MIN: null */
	int64_t handler, product;                                    /* 0: null */
	size_t status, kind, priority;
} request;

static report_run run;
static request made[REQUESTS];

/* Days begin at 16:00 UTC of the day before; 2026-09-01, 10-01, 11-01, 12-01. */
static const int64_t first_days[] = { 20697, 20727, 20758, 20788 };

static int64_t begin_of(size_t month)
{
	return first_days[month] * DAY_MS - 8LL * HOUR_MS;
}

static const char *or_nil(int64_t number, int64_t nil, char text[24])
{
	snprintf(text, 24, "%lld", (long long)number);
	return number == nil ? "nil" : text;
}

static void make_request(request *of, dice *random)
{
	char handler[24], product[24], due[24], answered[24], resolved[24];
	of->created = begin_of(0) + (int64_t)dice_below(random, 83ull * DAY_MS);
	of->status = dice_below(random, STATUSES);
	of->kind = dice_below(random, 3);
	of->priority = dice_below(random, 4);
	of->handler = of->status == 0 ? 0 : 1 + (int64_t)dice_below(random, USERS);
	of->product = (int64_t)dice_below(random, PRODUCTS + 1);
	of->waiting = (int64_t)dice_below(random, 5) * HOUR_MS;
	of->reopened = (int64_t)dice_below(random, 2);
	of->due = dice_one_in(random, 10)
	                  ? INT64_MIN
	                  : of->created + (int64_t)dice_below(random, 72) * HOUR_MS;
	of->answered = dice_one_in(random, 4)
	                       ? INT64_MIN
	                       : of->created + (int64_t)dice_below(random, 9) * HOUR_MS;
	of->resolved = of->status < OPEN_STATUSES
	                       ? INT64_MIN
	                       : of->created + (int64_t)dice_below(random, 96) * HOUR_MS +
	                                 5LL * HOUR_MS;
	run.store.now_ms = of->created;
	(void)report_create(
		&run, "service_request",
		"{'title': '请求', 'content': 'x', 'customer': 1, 'status': '%s', 'kind': "
		"'%s', "
		"'priority': '%s', 'handler': %s, 'product': %s, 'waiting_ms': %lld, "
		"'reopen_count': %lld, 'due_at': %s, 'first_response_at': %s, 'resolved_at': "
		"%s}",
		statuses[of->status], kinds[of->kind], priorities[of->priority],
		or_nil(of->handler, 0, handler), or_nil(of->product, 0, product),
		(long long)of->waiting, (long long)of->reopened,
		or_nil(of->due, INT64_MIN, due), or_nil(of->answered, INT64_MIN, answered),
		or_nil(of->resolved, INT64_MIN, resolved));
}

static int set_up(void **state)
{
	(void)state;
	dice random = dice_init();
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '客服'}");
	for (int i = 0; i < USERS; i++)
		(void)report_create(&run, "user",
		                    "{'login': 'u%d', 'name': '客服%d', 'team': 1}", i + 1,
		                    i + 1);
	for (int i = 0; i < PRODUCTS; i++)
		(void)report_create(&run, "product",
		                    "{'sku': 'p%d', 'name': '产品%d', 'list_price': 1}", i + 1,
		                    i + 1);
	(void)report_create(&run, "customer", "{'name': '上海医疗'}");
	for (size_t i = 0; i < REQUESTS; i++)
		make_request(&made[i], &random);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static bool of_handler(const request *of, int64_t handler)
{
	return handler == 0 || of->handler == handler;
}

static bool is_late(const request *of)
{
	if (of->due == INT64_MIN)
		return false;
	return (of->resolved == INT64_MIN ? REPORT_NOW : of->resolved) > of->due;
}

static void the_queue_is_counted_by_status_and_handler(void **state)
{
	(void)state;
	report_do(&run, "service", "{}");
	int64_t open = 0, told = 0;
	for (size_t i = 0; i < REQUESTS; i++)
		open += made[i].status < OPEN_STATUSES;
	for (size_t row = 0; row < report_rows(&run, "queue"); row++) {
		const int64_t handler = report_int(&run, "queue", row, "handler");
		int64_t count = 0;
		char status[32];
		snprintf(status, sizeof status, "%s",
		         report_text(&run, "queue", row, "status"));
		for (size_t i = 0; i < REQUESTS; i++)
			count += strcmp(statuses[made[i].status], status) == 0 &&
			         made[i].handler == (handler == INT64_MIN ? 0 : handler);
		assert_int_equal(report_int(&run, "queue", row, "requests"), count);
		told += count;
	}
	assert_int_equal(told, open);
	assert_int_equal(report_rows(&run, "queue"), 1 + 3 * USERS);
}

static void assert_overdue(const char *params, int64_t handler, size_t most)
{
	report_do(&run, "service", "%s", params);
	size_t late = 0;
	for (size_t i = 0; i < REQUESTS; i++)
		late += made[i].status < OPEN_STATUSES && is_late(&made[i]) &&
		        of_handler(&made[i], handler);
	assert_true(late > 3);
	assert_int_equal(report_rows(&run, "overdue"), late < most ? late : most);
	assert_int_equal(report_more(&run, "overdue"), late > most);
	int64_t last = 0;
	for (size_t row = 0; row < report_rows(&run, "overdue"); row++) {
		const int64_t due = report_int(&run, "overdue", row, "due_at");
		assert_true(due >= last && due < REPORT_NOW);
		const request *of = &made[report_int(&run, "overdue", row, "id") - 1];
		assert_true(of->due == due && of_handler(of, handler));
		last = due;
	}
}

static void what_is_overdue_comes_with_the_oldest_first(void **state)
{
	(void)state;
	assert_overdue("{'overdue': 1000}", 0, 1000);
	assert_overdue("{'overdue': 3}", 0, 3);
	assert_overdue("{'handler': 'u2'}", 2, 50);
}

static int64_t rounded(int64_t part, int64_t whole)
{
	return whole == 0 ? INT64_MIN : (2 * part + whole) / (2 * whole);
}

static void assert_months(const char *params, int64_t handler)
{
	report_do(&run, "service", "%s", params);
	assert_int_equal(report_rows(&run, "months"), 3);
	for (size_t month = 0; month < 3; month++) {
		int64_t resolved = 0, late = 0, ms = 0;
		for (size_t i = 0; i < REQUESTS; i++) {
			const request *of = &made[i];
			if (of->resolved < begin_of(month) ||
			    of->resolved >= begin_of(month + 1) || !of_handler(of, handler))
				continue;
			resolved++;
			late += is_late(of);
			ms += of->resolved - of->created - of->waiting;
		}
		assert_int_equal(report_int(&run, "months", month, "month"), first_days[month]);
		assert_int_equal(report_int(&run, "months", month, "resolved"), resolved);
		assert_int_equal(report_int(&run, "months", month, "late"), late);
		assert_int_equal(report_int(&run, "months", month, "late_bp"),
		                 rounded(10000 * late, resolved));
		assert_int_equal(report_int(&run, "months", month, "mean_work_ms"),
		                 rounded(ms, resolved));
	}
}

static void months_tell_what_was_resolved_in_them(void **state)
{
	(void)state;
	assert_months("{'from': '2026-09'}", 0);
	assert_months("{'from': '2026-09', 'handler': 1}", 1);
}

/* ---- how fast ---- */

typedef bool picks(const request *of, int64_t key);

static bool any(const request *of, int64_t key)
{
	(void)key;
	return of != NULL;
}

static bool by_handler(const request *of, int64_t key)
{
	return of->handler == key;
}

static bool by_product(const request *of, int64_t key)
{
	return of->product == key;
}

static bool by_priority(const request *of, int64_t key)
{
	return (int64_t)of->priority == key;
}

static int ascending(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t percentile(const int64_t *sorted, int64_t count, int64_t percent)
{
	if (count == 0)
		return INT64_MIN;
	const int64_t place = (count - 1) * percent, at = place / 100;
	if (at + 1 >= count)
		return sorted[count - 1];
	return sorted[at] + ((sorted[at + 1] - sorted[at]) * (place % 100) + 50) / 100;
}

typedef struct numbers {
	int64_t all[REQUESTS], count, sum;
} numbers;

static void add(numbers *to, int64_t number)
{
	to->all[to->count++] = number;
	to->sum += number;
}

static void assert_numbers(const char *section, size_t row, const char *prefix, numbers *of)
{
	char mean[32], median[32], p90[32];
	snprintf(mean, sizeof mean, "%s_mean_ms", prefix);
	snprintf(median, sizeof median, "%s_median_ms", prefix);
	snprintf(p90, sizeof p90, "%s_p90_ms", prefix);
	qsort(of->all, (size_t)of->count, sizeof of->all[0], ascending);
	assert_int_equal(report_int(&run, section, row, mean), rounded(of->sum, of->count));
	assert_int_equal(report_int(&run, section, row, median),
	                 percentile(of->all, of->count, 50));
	assert_int_equal(report_int(&run, section, row, p90),
	                 percentile(of->all, of->count, 90));
}

/* Of those made in October and November. */
static void assert_speed(const char *section, size_t row, picks *wanted, int64_t key)
{
	static numbers answers, works;
	int64_t count = 0, late = 0, reopened = 0;
	answers = works = (numbers){ 0 };
	for (size_t i = 0; i < REQUESTS; i++) {
		const request *of = &made[i];
		if (of->created < begin_of(1) || of->created >= begin_of(3) || !wanted(of, key))
			continue;
		count++;
		late += is_late(of);
		reopened += of->reopened > 0;
		if (of->answered != INT64_MIN)
			add(&answers, of->answered - of->created);
		if (of->resolved != INT64_MIN)
			add(&works, of->resolved - of->created - of->waiting);
	}
	assert_true(count > 0);
	assert_int_equal(report_int(&run, section, row, "requests"), count);
	assert_int_equal(report_int(&run, section, row, "answered"), answers.count);
	assert_int_equal(report_int(&run, section, row, "resolved"), works.count);
	assert_int_equal(report_int(&run, section, row, "late"), late);
	assert_int_equal(report_int(&run, section, row, "late_bp"),
	                 rounded(10000 * late, count));
	assert_int_equal(report_int(&run, section, row, "reopened"), reopened);
	assert_int_equal(report_int(&run, section, row, "reopened_bp"),
	                 rounded(10000 * reopened, count));
	assert_numbers(section, row, "answer", &answers);
	assert_numbers(section, row, "work", &works);
}

static void assert_groups(const char *by, picks *wanted, size_t groups)
{
	report_do(&run, "service", "{'from': '2026-10', 'by': '%s'}", by);
	assert_speed("speed", 0, any, 0);
	assert_int_equal(report_rows(&run, "groups"), groups);
	for (size_t row = 0; row < groups; row++) {
		const int64_t key = report_int(&run, "groups", row, by);
		assert_speed("groups", row, wanted, key == INT64_MIN ? 0 : key);
		assert_true(row == 0 ||
		            report_int(&run, "groups", row, "requests") <=
		                    report_int(&run, "groups", row - 1, "requests"));
	}
}

static void times_are_told_of_all_and_by_group(void **state)
{
	(void)state;
	assert_groups("handler", by_handler, USERS + 1);
	assert_groups("product", by_product, PRODUCTS + 1);
	report_do(&run, "service", "{'from': '2026-10', 'by': 'priority'}");
	assert_int_equal(report_rows(&run, "groups"), 4);
	for (size_t row = 0; row < 4; row++) {
		const char *name = report_text(&run, "groups", row, "priority");
		int64_t priority = 0;
		while (strcmp(priorities[priority], name) != 0)
			priority++;
		assert_speed("groups", row, by_priority, priority);
	}
	report_do(&run, "service", "{'from': '2026-10', 'handler': 3}");
	assert_speed("speed", 0, by_handler, 3);
}

/* A short range for each status and priority, not all requests there are. */
static void a_month_costs_what_was_made_in_it(void **state)
{
	(void)state;
	report_do(&run, "service", "{'from': '2026-11', 'overdue': 1}");
	int64_t month = 0;
	for (size_t i = 0; i < REQUESTS; i++)
		month += made[i].created >= begin_of(2);
	const int64_t queue = 1 + 3 * USERS, months = 2 * (USERS + 1);
	const int64_t most =
		2 + queue + (4 + 2) + months + month + 24 + (USERS + 1 + 1) + PRODUCTS;
	assert_in_range(report_figure(&run, "keys"), month, most);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_is_counted_by_status_and_handler),
		cmocka_unit_test(what_is_overdue_comes_with_the_oldest_first),
		cmocka_unit_test(months_tell_what_was_resolved_in_them),
		cmocka_unit_test(times_are_told_of_all_and_by_group),
		cmocka_unit_test(a_month_costs_what_was_made_in_it),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
