/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shop.h"

#include "crm/crm.h"
#include "engine/changes.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_SIZE = 1024 };

int64_t shop_create(store_fixture *f, const char *type, const char *fields, ...)
{
	char text[FIELDS_SIZE];
	va_list arguments;
	va_start(arguments, fields);
	assert_in_range(vsnprintf(text, sizeof text, fields, arguments), 1, sizeof text - 1);
	va_end(arguments);
	return fixture_create(f, type, text);
}

void shop_update(store_fixture *f, const char *type, int64_t id, const char *fields, ...)
{
	char text[FIELDS_SIZE];
	va_list arguments;
	va_start(arguments, fields);
	assert_in_range(vsnprintf(text, sizeof text, fields, arguments), 1, sizeof text - 1);
	va_end(arguments);
	fixture_update(f, type, id, text);
}

static void fill(store_fixture *f)
{
	fixture_create(f, "org", "{'base_currency': 'CNY', 'utc_offset_min': 480}");
	shop_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 710000000}",
	            SHOP_DAY - 10);
	shop_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 725000000}",
	            SHOP_DAY);
	fixture_create(f, "team", "{'name': 'Sales'}");
	fixture_create(f, "team", "{'name': 'Care'}");
	fixture_create(f, "user", "{'login': 'a', 'name': 'A', 'team': 1}");
	fixture_create(f, "user", "{'login': 'b', 'name': 'B', 'team': 2}");
	fixture_create(f, "stage",
	               "{'code': 'first', 'label_zh': 'F', 'label_en': 'F', 'seq': 1, 'kind': "
	               "'open', 'probability_bp': 1000}");
	fixture_create(f, "customer", "{'name': 'First', 'owner': 1}");
	fixture_create(f, "customer", "{'name': 'Second', 'owner': 1}");
	for (int i = 1; i <= 2; i++) {
		shop_create(f, "contact", "{'customer': %d, 'name': 'P'}", i);
		shop_create(f, "opportunity",
		            "{'title': 'T', 'customer': %d, 'stage': 1, 'amount': 1, "
		            "'close_on': %d, 'owner': 1}",
		            i, SHOP_DAY);
	}
	fixture_create(f, "product", "{'sku': 'P1', 'name': 'One', 'list_price': 1000}");
	fixture_create(f, "product", "{'sku': 'P2', 'name': 'Two', 'list_price': 333}");
	fixture_create(f, "product",
	               "{'sku': 'P3', 'name': 'Three', 'list_price': 500, 'currency': 'USD'}");
}

int shop_setup(void **state)
{
	static store_fixture fixture;
	const engine_options options = { .rules = crm_rules() };
	fixture_open_with(&fixture, (const char *)crm_schema_text().data, &options);
	for (size_t i = 0; i < options.rules->count; i++)
		assert_null(engine_rule_missing(fixture.engine, options.rules->items[i]));
	fixture_begin(&fixture); /* one transaction takes a fraction of the time */
	fill(&fixture);
	fixture_commit(&fixture);
	*state = &fixture;
	return 0;
}

int shop_teardown(void **state)
{
	shop_replays(*state);
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void assert_refused(store_fixture *f, cx_status status, const char *field,
                           const char *part)
{
	if (status != CX_CHECK || strstr(f->error.text, part) == NULL)
		print_error("%s: %s\n", cx_status_name(status), f->error.text);
	assert_int_equal(status, CX_CHECK);
	assert_non_null(strstr(f->error.text, part));
	assert_string_equal(f->error.field, field == NULL ? "" : field);
}

void shop_refuses_create(store_fixture *f, const char *type, const char *fields,
                         const char *field, const char *part)
{
	assert_refused(f, fixture_try_create(f, type, fields), field, part);
}

void shop_refuses_update(store_fixture *f, const char *type, int64_t id, const char *fields,
                         const char *field, const char *part)
{
	assert_refused(f, fixture_try_update(f, type, id, fields, 0), field, part);
}

void shop_refuses(store_fixture *f, fixture_verb verb, const char *type, int64_t id,
                  const char *field, const char *part)
{
	assert_refused(f, fixture_try(f, verb, type, id), field, part);
}

void shop_has(store_fixture *f, const char *type, int64_t id, const char *field, int64_t value)
{
	const int64_t found = fixture_int(f, type, id, field);
	if (found != value)
		fail_msg("%s %lld: %s is %lld, not %lld", type, (long long)id, field,
		         (long long)found, (long long)value);
}

void shop_says(store_fixture *f, const char *type, int64_t id, const char *field,
               const char *text)
{
	const char *found = fixture_text(f, type, id, field);
	if (found == NULL || strcmp(found, text) != 0)
		fail_msg("%s %lld: %s is %s, not %s", type, (long long)id, field,
		         found == NULL ? "null" : found, text);
}

void shop_lacks(store_fixture *f, const char *type, int64_t id, const char *field)
{
	shop_has(f, type, id, field, INT64_MIN);
}

int64_t shop_draft(store_fixture *f)
{
	const int64_t id = shop_create(
		f, "sales_order", "{'customer': 1, 'ordered_on': %d, 'owner': 1}", SHOP_DAY);
	shop_create(f, "order_line",
	            "{'order': %lld, 'line_no': 1, 'product': 1, 'qty_milli': 3000, 'tax_bp': "
	            "1300}",
	            (long long)id);
	shop_create(f, "order_line", "{'order': %lld, 'line_no': 2, 'product': 2}",
	            (long long)id);
	return id;
}

int64_t shop_order(store_fixture *f)
{
	const int64_t id = shop_draft(f);
	fixture_update(f, "sales_order", id, "{'status': 'confirmed'}");
	return id;
}

static cx_status update(store_fixture *f, const char *type, int64_t id, const char *fields,
                        engine_change change)
{
	engine_write *write = NULL;
	engine_outcome outcome;
	change.author.now_ms = f->now_ms++;
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	cx_status status = engine_update(write, fixture_type(f, type), id, wire(fields),
	                                 &change, &outcome, &f->error);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	return status;
}

void shop_is_in(store_fixture *f, const char *currency)
{
	char fields[64];
	snprintf(fields, sizeof fields, "{'base_currency': '%s'}", currency);
	assert_int_equal(update(f, "org", 1, fields, (engine_change){ .internal = true }),
	                 CX_OK);
}

cx_status shop_does(store_fixture *f, const char *type, int64_t id, const char *fields,
                    int cause, int64_t user)
{
	return update(f, type, id, fields,
	              (engine_change){ .author = { .user = user }, .cause = cause });
}

void shop_there_and_back(store_fixture *f, const char *type, int64_t id)
{
	const uint64_t hash = fixture_state_hash(f);
	fixture_do(f, FIXTURE_DELETE, type, id);
	assert_true(fixture_state_hash(f) != hash);
	fixture_do(f, FIXTURE_UNDELETE, type, id);
	assert_true(fixture_state_hash(f) == hash);
}

/* ---- the log ---- */

static cx_status count_one(void *context, const engine_logged *change)
{
	(void)change;
	(*(int *)context)++;
	return CX_OK;
}

int shop_written(store_fixture *f)
{
	int written = 0;
	uint64_t next = 0;
	engine_read *read = fixture_read(f);
	assert_int_equal(engine_changes_read(read, engine_read_seq(read), NULL, 0, 1000,
	                                     count_one, &written, &next, NULL, &f->error),
	                 CX_OK);
	engine_read_end(&read);
	return written;
}

static uint64_t hash_of(store_fixture *f)
{
	uint64_t hash = 0;
	engine_read *read = fixture_read(f);
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	engine_read_end(&read);
	return hash;
}

typedef struct replaying {
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

void shop_replays(store_fixture *f)
{
	store_fixture copy;
	fixture_open_with(&copy, f->schema, &f->options);
	engine_read *read = fixture_read(f);
	uint64_t next = 1;
	const uint64_t last = engine_read_seq(read);
	while (next <= last) {
		replaying to = { 0 };
		assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
		assert_int_equal(engine_changes_read_all(read, next, 1000, replay, &to, &next,
		                                         &f->error),
		                 CX_OK);
		assert_int_equal(engine_write_commit(&to.write), CX_OK);
	}
	engine_read_end(&read);
	assert_true(hash_of(f) == hash_of(&copy));
	fixture_assert_sound(&copy);
	fixture_close(&copy);
}
