/* SPDX-License-Identifier: Apache-2.0 */
/* Random writes of orders, lines, payments, contracts, requests, tiers and touches, allowed and
 * not: whatever is taken and refused, in transactions that commit or not, the promises of the
 * rules hold (trade_oracle.h), a delete that is taken back leaves no trace, the store is sound,
 * and the log gives the same records again. */
#include "tests/model/trade_oracle.h"
#include "tests/support/dice.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ROUNDS = 25,
	OPERATIONS = 2100, /* of a round */
	GROUP = 70,        /* of a transaction */
	FIELDS_SIZE = 512,
	CUSTOMERS = 2,
};

typedef struct world {
	store_fixture *f;
	dice random;
	trade_ids ids;
	int64_t taken, refused;
} world;

static int64_t roll(world *self, int64_t below)
{
	return (int64_t)dice_below(&self->random, (uint64_t)below);
}

#define pick(self, ...)                               \
	(((const char *const[]){ __VA_ARGS__ })[roll( \
		self, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))])

/* An id that was given, mostly a late one; the first one, too, before there is any. */
static int64_t some(world *self, int64_t last)
{
	if (last == 0)
		return 1;
	const int64_t back = roll(self, 3) == 0 ? last : 6;
	return last - roll(self, back < last ? back : last);
}

/* How an operation of a rule may end. */
static bool is_expected(cx_status status)
{
	switch (status) {
	case CX_OK:
	case CX_CHECK:
	case CX_UNIQUE:
	case CX_REQUIRED:
	case CX_NOT_FOUND:
	case CX_NOT_DELETED:
	case CX_DANGLING_REFERENCE:
	case CX_RESTRICTED:
	case CX_INVALID_ARGUMENT: /* an undelete of what went with another */
		return true;
	default:
		return false;
	}
}

static cx_status act(world *self, fixture_verb verb, const char *type, int64_t id,
                     const char *fields, engine_outcome *ret)
{
	self->f->now_ms += roll(self, 5) == 0 ? roll(self, 40000000) : 0;
	const cx_status status = fixture_run(self->f, verb, type, id, fields, ret);
	if (!is_expected(status))
		fail_msg("%s %" PRId64 " %s: %s: %s", type, id, fields, cx_status_name(status),
		         self->f->error.text);
	*(status == CX_OK ? &self->taken : &self->refused) += 1;
	return status;
}

__attribute__((format(printf, 4, 5))) static void make(world *self, const char *type,
                                                       int64_t *last, const char *format, ...)
{
	char fields[FIELDS_SIZE];
	va_list arguments;
	va_start(arguments, format);
	assert_in_range(vsnprintf(fields, sizeof fields, format, arguments), 1,
	                sizeof fields - 1);
	va_end(arguments);
	engine_outcome outcome;
	if (act(self, FIXTURE_CREATE, type, 0, fields, &outcome) == CX_OK)
		*last = outcome.id;
}

__attribute__((format(printf, 4, 5))) static void change(world *self, const char *type,
                                                         int64_t id, const char *format, ...)
{
	char fields[FIELDS_SIZE];
	va_list arguments;
	va_start(arguments, format);
	assert_in_range(vsnprintf(fields, sizeof fields, format, arguments), 1,
	                sizeof fields - 1);
	va_end(arguments);
	engine_outcome outcome;
	(void)act(self, FIXTURE_UPDATE, type, id, fields, &outcome);
}

/* A delete; now and then one that is taken back at once, which leaves no trace. */
static void drop(world *self, const char *type, int64_t id)
{
	engine_outcome outcome;
	const bool watch = roll(self, 12) == 0;
	const uint64_t before = watch ? fixture_state_hash(self->f) : 0;
	const cx_status status = act(self, FIXTURE_DELETE, type, id, "", &outcome);
	if (!watch)
		return;
	if (status == CX_OK)
		assert_int_equal(act(self, FIXTURE_UNDELETE, type, id, "", &outcome), CX_OK);
	assert_true(fixture_state_hash(self->f) == before);
}

static void bring_back(world *self, const char *type, int64_t id)
{
	engine_outcome outcome;
	(void)act(self, FIXTURE_UNDELETE, type, id, "", &outcome);
}

/* ---- orders ---- */

static void order(world *self)
{
	make(self, "sales_order", &self->ids.orders,
	     "{'customer': %" PRId64 ", 'ordered_on': %d, 'owner': %" PRId64
	     ", 'currency': '%s', 'discount': %" PRId64 "}",
	     1 + roll(self, CUSTOMERS), SHOP_DAY, 1 + roll(self, 2),
	     pick(self, "CNY", "CNY", "USD"), roll(self, 3) == 0 ? roll(self, 3000) : 0);
}

static void line(world *self)
{
	const int64_t of = some(self, self->ids.orders);
	make(self, "order_line", &self->ids.lines,
	     "{'order': %" PRId64 ", 'line_no': %" PRId64 ", 'product': %" PRId64
	     ", 'qty_milli': %" PRId64 ", 'discount_bp': %" PRId64 ", 'tax_bp': %" PRId64 "%s}",
	     of, 1 + roll(self, 12), 1 + roll(self, 3), roll(self, 4000),
	     roll(self, 3) == 0 ? roll(self, 10100) : 0, roll(self, 1700),
	     pick(self, "", "", ", 'unit_price': 777", ", 'unit_price': 1"));
}

static void change_line(world *self)
{
	const int64_t id = some(self, self->ids.lines);
	switch (roll(self, 5)) {
	case 0:
		change(self, "order_line", id, "{'qty_milli': %" PRId64 "}", roll(self, 5000));
		break;
	case 1:
		change(self, "order_line", id, "{'product': %" PRId64 "}", 1 + roll(self, 3));
		break;
	case 2:
		change(self, "order_line", id, "{'line_no': %" PRId64 "}", 1 + roll(self, 14));
		break;
	case 3:
		change(self, "order_line", id, "{'unit_price': %" PRId64 "}", roll(self, 900));
		break;
	default:
		change(self, "order_line", id,
		       "{'discount_bp': %" PRId64 ", 'tax_bp': %" PRId64 "}", roll(self, 10000),
		       roll(self, 2000));
	}
}

static void change_order(world *self)
{
	const int64_t id = some(self, self->ids.orders);
	switch (roll(self, 8)) {
	case 0:
		change(self, "sales_order", id, "{'discount': %" PRId64 "}", roll(self, 2500));
		break;
	case 1:
		change(self, "sales_order", id, "{'currency': '%s'}", pick(self, "CNY", "USD"));
		break;
	case 2:
		change(self, "sales_order", id, "{'owner': %" PRId64 "}", 1 + roll(self, 2));
		break;
	case 3:
		change(self, "sales_order", id, "{'customer': %" PRId64 "}",
		       1 + roll(self, CUSTOMERS));
		break;
	case 4:
		change(self, "sales_order", id, "{'status': 'fulfilled'}");
		break;
	case 5:
		change(self, "sales_order", id,
		       "{'status': 'cancelled', 'cancel_reason': 'r'}");
		break;
	default:
		change(self, "sales_order", id, "{'status': 'confirmed'}");
	}
}

/* ---- payments: what may be is known beforehand ---- */

static void pay(world *self)
{
	const int64_t id = some(self, self->ids.orders);
	if (fixture_exists(self->f, "sales_order", id) != CX_OK)
		return;
	const int64_t total = fixture_int(self->f, "sales_order", id, "total");
	const int64_t paid = fixture_int(self->f, "sales_order", id, "paid");
	const char *status = fixture_text(self->f, "sales_order", id, "status");
	const bool stands = status[0] == 'f' || (status[0] == 'c' && status[1] == 'o');
	const bool back = roll(self, 3) == 0;
	const int64_t most = back ? paid : total - paid;
	const int64_t amount = roll(self, 3) == 0 ? most : roll(self, most + 2);
	char fields[FIELDS_SIZE];
	snprintf(fields, sizeof fields,
	         "{'order': %" PRId64 ", 'kind': '%s', 'amount': %" PRId64
	         ", 'paid_at': %" PRId64 "}",
	         id, back ? "refund" : "payment", amount, self->f->now_ms);
	engine_outcome outcome;
	const cx_status ended = act(self, FIXTURE_CREATE, "payment", 0, fields, &outcome);
	assert_int_equal(ended, stands && amount > 0 && amount <= most ? CX_OK : CX_CHECK);
	if (ended == CX_OK)
		self->ids.payments = outcome.id;
}

/* ---- the others ---- */

static void contract(world *self)
{
	const int64_t id = some(self, self->ids.contracts);
	switch (roll(self, 5)) {
	case 0:
		make(self, "contract", &self->ids.contracts,
		     "{'number': 'H%" PRId64 "', 'title': 'T', 'customer': %" PRId64
		     ", 'amount': %" PRId64 ", 'owner': 1, 'currency': '%s'%s}",
		     self->ids.contracts + 1, 1 + roll(self, CUSTOMERS), roll(self, 99999),
		     pick(self, "CNY", "USD"), pick(self, "", ", 'amends': 1"));
		break;
	case 1:
		change(self, "contract", id,
		       "{'status': 'signed', 'signed_on': %" PRId64 ", 'start_on': %" PRId64
		       ", 'end_on': %" PRId64 ", 'terms': '%s'}",
		       SHOP_DAY - roll(self, 12), SHOP_DAY + roll(self, 9),
		       SHOP_DAY + roll(self, 20), pick(self, "t", "t", ""));
		break;
	case 2:
		change(self, "contract", id, "{'amount': %" PRId64 "}", roll(self, 99999));
		break;
	case 3:
		change(self, "contract", id,
		       "{'status': '%s', 'terminated_on': %d, 'terminate_reason': 'r'}",
		       pick(self, "terminated", "void"), SHOP_DAY);
		break;
	default:
		drop(self, "contract", id);
	}
}

static void request(world *self)
{
	const int64_t id = some(self, self->ids.requests);
	switch (roll(self, 6)) {
	case 0:
		make(self, "service_request", &self->ids.requests,
		     "{'title': 'T', 'content': 'C', 'customer': %" PRId64
		     ", 'priority': '%s', 'status': '%s'%s}",
		     1 + roll(self, CUSTOMERS), pick(self, "low", "normal", "high", "urgent"),
		     pick(self, "new", "new", "assigned", "waiting", "closed"),
		     pick(self, "", ", 'handler': 2",
		          ", 'handler': 1, 'resolution': 'solved'"));
		break;
	case 1:
		change(self, "service_request", id, "{'priority': '%s'}",
		       pick(self, "low", "normal", "high", "urgent"));
		break;
	case 2:
		make(self, "activity", &(int64_t){ 0 },
		     "{'kind': 'call', 'subject': 'S', 'customer': %" PRId64
		     ", 'owner': 1, 'service_request': %" PRId64
		     ", 'direction': 'outbound', 'at': %" PRId64 "}",
		     1 + roll(self, CUSTOMERS), id, self->f->now_ms - roll(self, 90000));
		break;
	default:
		change(self, "service_request", id, "{'status': '%s'%s}",
		       pick(self, "assigned", "in_progress", "in_progress", "waiting",
		            "resolved", "closed"),
		       pick(self, "", ", 'handler': 2", ", 'resolution': 'solved'"));
	}
}

static void tier(world *self)
{
	const int64_t id = some(self, self->ids.tiers);
	switch (roll(self, 4)) {
	case 0:
		change(self, "customer_tier", id, "{'tier': '%s', 'as_of': %" PRId64 "}",
		       pick(self, "high", "low"), roll(self, 1000));
		break;
	case 1:
		drop(self, "customer_tier", id);
		break;
	default:
		make(self, "customer_tier", &self->ids.tiers,
		     "{'customer': %" PRId64 ", 'tier': '%s', 'as_of': %" PRId64
		     ", 'value_score': 1, 'potential_score': 1, 'manual': %s}",
		     1 + roll(self, CUSTOMERS), pick(self, "high", "potential", "low"),
		     roll(self, 1000), pick(self, "false", "false", "true"));
	}
}

static void touch(world *self)
{
	if (roll(self, 2) == 0)
		make(self, "campaign_touch", &self->ids.touches,
		     "{'campaign': 1, 'customer': %" PRId64 ", 'contact': %" PRId64
		     ", 'touched_at': 5}",
		     1 + roll(self, CUSTOMERS), 1 + roll(self, CUSTOMERS));
	else
		change(self, "campaign_touch", some(self, self->ids.touches),
		       "{'status': '%s'}",
		       pick(self, "sent", "clicked", "responded", "attended", "opted_out"));
}

static void delete_or_restore(world *self)
{
	switch (roll(self, 8)) {
	case 0:
		drop(self, "sales_order", some(self, self->ids.orders));
		break;
	case 1:
		bring_back(self, "sales_order", some(self, self->ids.orders));
		break;
	case 2:
		drop(self, "payment", some(self, self->ids.payments));
		break;
	case 3:
		bring_back(self, "payment", some(self, self->ids.payments));
		break;
	case 4:
		drop(self, "order_line", some(self, self->ids.lines));
		break;
	case 5:
		bring_back(self, "order_line", some(self, self->ids.lines));
		break;
	case 6:
		drop(self, "service_request", some(self, self->ids.requests));
		break;
	default:
		bring_back(self, "customer_tier", some(self, self->ids.tiers));
	}
}

static void change_payment(world *self)
{
	change(self, "payment", some(self, self->ids.payments), "{'amount': %" PRId64 "}",
	       roll(self, 4000));
}

static void step(world *self)
{
	static void (*const steps[])(world *) = {
		order,
		line,
		line,
		line,
		line,
		change_line,
		change_line,
		change_order,
		change_order,
		pay,
		pay,
		contract,
		request,
		request,
		tier,
		touch,
		delete_or_restore,
		delete_or_restore,
		change_payment,
	};
	steps[roll(self, CX_COUNT_OF(steps))](self);
}

/* One transaction; one in eight is given up, and nothing of it is left. */
static void group(world *self)
{
	const bool give_up = roll(self, 8) == 0;
	const trade_ids ids = self->ids;
	const uint64_t before = give_up ? fixture_state_hash(self->f) : 0;
	fixture_begin(self->f);
	for (int i = 0; i < GROUP; i++)
		step(self);
	trade_oracle_assert(self->f, &self->ids);
	if (!give_up) {
		fixture_commit(self->f);
		return;
	}
	engine_write_abort(&self->f->write);
	self->ids = ids;
	assert_true(fixture_state_hash(self->f) == before);
}

static void what_the_rules_promise_holds(void **state)
{
	(void)state;
	world self = { .random = dice_init() };
	for (int round = 0; round < ROUNDS; round++) {
		void *store;
		assert_int_equal(shop_setup(&store), 0);
		self.f = store;
		self.ids = (trade_ids){ .customers = CUSTOMERS };
		fixture_create(self.f, "campaign",
		               "{'code': 'C', 'name': 'N', 'kind': 'email', 'start_on': 10, "
		               "'owner': 1}");
		for (int done = 0; done < OPERATIONS; done += GROUP)
			group(&self);
		fixture_reopen(self.f);
		trade_oracle_assert(self.f, &self.ids);
		assert_int_equal(shop_teardown(&store), 0); /* sound, and the log replays */
	}
	print_message("%" PRId64 " taken, %" PRId64 " refused\n", self.taken, self.refused);
	assert_true(self.taken > self.refused / 2);
	assert_true(self.refused > self.taken / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_rules_promise_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
