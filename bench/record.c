/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/record.h"

#include "base/check.h"
#include "base/msgpack.h"

#include <stdarg.h>
#include <stdio.h>

static const bench_field CUSTOMER[] = {
	{ "name", true },       { "email", true },   { "phone", true },
	{ "owner", false },     { "city", true },    { "industry", true },
	{ "country", true },    { "region", true },  { "address", true },
	{ "postcode", true },   { "website", true }, { "employees", false },
	{ "potential", false }, { "note", true },
};

static const bench_field OPPORTUNITY[] = {
	{ "customer", false },       { "title", true },        { "stage", false },
	{ "amount", false },         { "currency", true },     { "owner", false },
	{ "expected_close", false }, { "probability", false }, { "source", true },
	{ "next_step", true },       { "competitor", true },   { "note", true },
};

static const bench_field ACTIVITY[] = {
	{ "customer", false }, { "at", false },  { "opportunity", false },
	{ "owner", false },    { "kind", true }, { "direction", true },
	{ "subject", true },   { "body", true }, { "duration", false },
	{ "outcome", true },
};

static const bench_type_info TYPES[BENCH_TYPE_COUNT] = {
	[BENCH_CUSTOMER] = { "customer", CUSTOMER, CX_COUNT_OF(CUSTOMER) },
	[BENCH_OPPORTUNITY] = { "opportunity", OPPORTUNITY, CX_COUNT_OF(OPPORTUNITY) },
	[BENCH_ACTIVITY] = { "activity", ACTIVITY, CX_COUNT_OF(ACTIVITY) },
};

const bench_type_info *bench_type_info_of(bench_type type)
{
	return &TYPES[type];
}

static const bench_index INDEXES[] = {
	{ BENCH_CUSTOMER, "customer_email", { "email", NULL }, true, false },
	{ BENCH_CUSTOMER, "customer_name", { "name", NULL }, false, false },
	{ BENCH_CUSTOMER, "customer_phone", { "phone", NULL }, false, false },
	{ BENCH_CUSTOMER,
	  "customer_owner_updated_at",
	  { "owner", "updated_at" },
	  false,
	  false },
	{ BENCH_CUSTOMER, "customer_city_industry", { "city", "industry" }, false, false },
	{ BENCH_OPPORTUNITY, "opportunity_customer", { "customer", NULL }, false, false },
	{ BENCH_OPPORTUNITY, "opportunity_stage_amount", { "stage", "amount" }, false, true },
	{ BENCH_OPPORTUNITY,
	  "opportunity_owner_close",
	  { "owner", "expected_close" },
	  false,
	  false },
	{ BENCH_ACTIVITY, "activity_customer_at", { "customer", "at" }, false, true },
	{ BENCH_ACTIVITY, "activity_opportunity_at", { "opportunity", "at" }, false, true },
	{ BENCH_ACTIVITY, "activity_owner_at", { "owner", "at" }, false, true },
	{ 0 },
};

const bench_index *bench_indexes(void)
{
	return INDEXES;
}

size_t bench_key_column(bench_operation operation)
{
	switch (operation) {
	case BENCH_R3: /* activity.customer */
		return BENCH_SYSTEM_COLUMNS;
	case BENCH_R4: /* opportunity.stage */
		return BENCH_SYSTEM_COLUMNS + 2;
	case BENCH_R1:
	case BENCH_R1Z:
	case BENCH_R2:
	case BENCH_R5:
	case BENCH_W1:
	case BENCH_W2:
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	return 0;
}

int64_t bench_type_size(bench_type type, const bench_sizes *sizes)
{
	switch (type) {
	case BENCH_CUSTOMER:
		return sizes->customers;
	case BENCH_OPPORTUNITY:
		return sizes->opportunities;
	case BENCH_ACTIVITY:
		return sizes->activities;
	case BENCH_TYPE_COUNT:
		break;
	}
	CX_UNREACHABLE();
}

static void begin(bench_record *self, bench_type type)
{
	self->type = type;
	self->count = 0;
	self->used = 0;
}

static void add_text(bench_record *self, const char *text)
{
	self->values[self->count++] = (bench_value){ .text = text };
}

static void add_number(bench_record *self, int64_t number)
{
	self->values[self->count++] = (bench_value){ .number = number };
}

CX_PRINTF(2, 3)
static void add_format(bench_record *self, const char *format, ...)
{
	char *text = self->texts + self->used;
	va_list arguments;
	va_start(arguments, format);
	const int size = vsnprintf(text, sizeof self->texts - self->used, format, arguments);
	va_end(arguments);
	CX_ASSERT(size >= 0 && (size_t)size < sizeof self->texts - self->used);
	self->used += (size_t)size + 1;
	add_text(self, text);
}

static const char *pick(bench_random *random, const char *const *texts, size_t count)
{
	return texts[bench_random_next(random) % count];
}

static const char *const CITIES[] = { "Shanghai", "Beijing", "深圳市",    "Hangzhou",
	                              "成都市",   "Berlin",  "Singapore", "Leeds" };
static const char *const INDUSTRIES[] = { "software",  "medical", "retail",   "energy",
	                                  "logistics", "food",    "education" };

void bench_customer(int64_t id, bench_record *ret)
{
	bench_random random = { .state = (uint64_t)id };
	char email[BENCH_EMAIL_SIZE];
	begin(ret, BENCH_CUSTOMER);
	add_format(ret, "Customer %lld 有限公司 %llx", (long long)id,
	           (unsigned long long)bench_random_next(&random) % 65536);
	bench_email(id, email);
	add_format(ret, "%s", email);
	add_format(ret, "+86 1%010llu",
	           (unsigned long long)(bench_random_next(&random) % 10000000000ull));
	add_number(ret, bench_random_id(&random, BENCH_OWNERS));
	add_text(ret, pick(&random, CITIES, CX_COUNT_OF(CITIES)));
	add_text(ret, pick(&random, INDUSTRIES, CX_COUNT_OF(INDUSTRIES)));
	add_text(ret, "CN");
	add_text(ret, "East");
	add_format(ret, "%lld Harbour Road, Building %lld",
	           (long long)bench_random_id(&random, 999), (long long)(id % 50));
	add_text(ret, "200120");
	add_format(ret, "https://customer%lld.example/", (long long)id);
	add_number(ret, bench_random_id(&random, 5000));
	add_number(ret, bench_random_id(&random, 100000000));
	add_text(ret, "asks for a quarterly review");
}

void bench_opportunity(int64_t id, const bench_sizes *sizes, bench_record *ret)
{
	bench_random random = { .state = (uint64_t)id + (1ull << 40) };
	begin(ret, BENCH_OPPORTUNITY);
	add_number(ret, bench_random_id(&random, sizes->customers));
	add_format(ret, "Opportunity %lld for 40 licences", (long long)id);
	add_number(ret, bench_random_id(&random, BENCH_STAGES));
	add_number(ret, bench_random_id(&random, BENCH_AMOUNT_MAX));
	add_text(ret, "CNY");
	add_number(ret, bench_random_id(&random, BENCH_OWNERS));
	add_number(ret, 20000 + bench_random_id(&random, 700));
	add_number(ret, bench_random_id(&random, 100) * 100);
	add_text(ret, "referral");
	add_text(ret, "send the revised quotation");
	add_text(ret, "Acme");
	add_text(ret, "budget approved");
}

/* 80 % of the activities go to 20 % of the customers. */
static int64_t busy_customer(bench_random *random, int64_t customers)
{
	const int64_t busy = customers / 5 > 0 ? customers / 5 : 1;
	if (bench_random_next(random) % 100 < 80)
		return bench_random_id(random, busy);
	return customers > busy ? busy + bench_random_id(random, customers - busy) : busy;
}

void bench_activity(bench_random *random, const bench_sizes *sizes, bench_record *ret)
{
	static const char *const kinds[] = { "call", "email", "meeting", "visit" };
	begin(ret, BENCH_ACTIVITY);
	add_number(ret, busy_customer(random, sizes->customers));
	add_number(ret, 1700000000000 + bench_random_id(random, 60000000) * 1000);
	add_number(ret, bench_random_id(random, sizes->opportunities));
	add_number(ret, bench_random_id(random, BENCH_OWNERS));
	add_text(ret, pick(random, kinds, CX_COUNT_OF(kinds)));
	add_text(ret, "outbound");
	add_text(ret, "Discussed delivery dates and the offer");
	add_text(ret, "Wants delivery before the end of the quarter; budget is approved.");
	add_number(ret, bench_random_id(random, 3600));
	add_text(ret, "positive");
}

void bench_record_next(bench_type type, int64_t id, bench_random *random,
                       const bench_sizes *sizes, bench_record *ret)
{
	switch (type) {
	case BENCH_CUSTOMER:
		bench_customer(id, ret);
		return;
	case BENCH_OPPORTUNITY:
		bench_opportunity(id, sizes, ret);
		return;
	case BENCH_ACTIVITY:
		bench_activity(random, sizes, ret);
		return;
	case BENCH_TYPE_COUNT:
		break;
	}
	CX_UNREACHABLE();
}

void bench_record_put(const bench_record *self, cx_buf *out)
{
	const bench_field *fields = TYPES[self->type].fields;
	cx_write_map(out, self->count);
	for (size_t i = 0; i < self->count; i++) {
		cx_write_text(out, fields[i].name);
		if (self->values[i].text != NULL)
			cx_write_text(out, self->values[i].text);
		else
			cx_write_int(out, self->values[i].number);
	}
}
