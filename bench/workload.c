/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/workload.h"

#include "base/msgpack.h"

#include <math.h>
#include <stdio.h>

const char *bench_operation_name(bench_operation operation)
{
	static const char *const names[] = {
#define NAME(name, text, what) text,
		BENCH_OPERATIONS(NAME)
#undef NAME
	};
	return names[operation];
}

const char *bench_operation_text(bench_operation operation)
{
	static const char *const texts[] = {
#define TEXT(name, text, what) what,
		BENCH_OPERATIONS(TEXT)
#undef TEXT
	};
	return texts[operation];
}

bench_sizes bench_sizes_of(double scale)
{
	return (bench_sizes){ .customers = (int64_t)(100000 * scale),
		              .opportunities = (int64_t)(200000 * scale),
		              .activities = (int64_t)(1000000 * scale) };
}

cx_slice bench_schema(void)
{
	return CX_SLICE_LITERAL(
		"type customer \"Customer\" {\n"
		"  name string(120) required  email string(120) unique  phone string(32)\n"
		"  owner int required  city string(40)  industry string(40)\n"
		"  country string(2)  region string(40)  address string(200)\n"
		"  postcode string(12)  website string(200)  employees int\n"
		"  potential money  note string(200)\n"
		"  index (name) index (phone) index (owner, updated_at) index (city, "
		"industry)\n"
		"}\n"
		"type opportunity \"Opportunity\" {\n"
		"  customer ref(customer) on delete restrict required  title string(200) "
		"required\n"
		"  stage int required  amount money required  currency string(3) = \"CNY\"\n"
		"  owner int required  expected_close date required  probability int\n"
		"  source string(20)  next_step string(200)  competitor string(120)\n"
		"  note string(200)\n"
		"  index (customer) index (stage, amount desc) index (owner, expected_close)\n"
		"}\n"
		"type activity \"Activity\" {\n"
		"  customer ref(customer) on delete cascade required  at ts required\n"
		"  opportunity ref(opportunity) on delete set_null  owner int required\n"
		"  kind enum(call, email, meeting, visit) required  direction string(10)\n"
		"  subject string(200) required  body string(400)  duration int  outcome "
		"string(20)\n"
		"  cluster by (customer, at desc)\n"
		"  index (opportunity, at desc) index (owner, at desc)\n"
		"}\n");
}

/* Steele, Lea, Flood: SplitMix64 (2014). */
uint64_t bench_random_next(bench_random *random)
{
	uint64_t z = random->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

int64_t bench_random_id(bench_random *random, int64_t n)
{
	return 1 + (int64_t)(bench_random_next(random) % (uint64_t)n);
}

static double unit(bench_random *random)
{
	return (double)(bench_random_next(random) >> 11) * 0x1p-53;
}

enum { ZIPF_PERCENT = 99 };

bench_zipf bench_zipf_of(int64_t n)
{
	const double theta = ZIPF_PERCENT / 100.0;
	bench_zipf zipf = { .n = n, .alpha = 1 / (1 - theta), .half = 1 + pow(0.5, theta) };
	for (int64_t i = 1; i <= n; i++)
		zipf.zeta += 1 / pow((double)i, theta);
	zipf.eta = (1 - pow(2.0 / (double)n, 1 - theta)) / (1 - zipf.half / zipf.zeta);
	return zipf;
}

int64_t bench_zipf_id(const bench_zipf *zipf, bench_random *random)
{
	const double u = unit(random);
	const double uz = u * zipf->zeta;
	uint64_t rank = 0;
	if (uz >= 1)
		rank = uz < zipf->half
		               ? 1
		               : (uint64_t)((double)zipf->n *
		                            pow(zipf->eta * u - zipf->eta + 1, zipf->alpha));
	bench_random spread = { .state = rank };
	return 1 + (int64_t)(bench_random_next(&spread) % (uint64_t)zipf->n);
}

void bench_email(int64_t id, char email[BENCH_EMAIL_SIZE])
{
	snprintf(email, BENCH_EMAIL_SIZE, "contact.%lld@customer%lld.example",
	         (long long)(id * 7919 % 1000003), (long long)id);
}

static void put_text(cx_buf *out, const char *name, const char *text)
{
	cx_write_text(out, name);
	cx_write_text(out, text);
}

static void put_int(cx_buf *out, const char *name, int64_t value)
{
	cx_write_text(out, name);
	cx_write_int(out, value);
}

static const char *pick(bench_random *random, const char *const *texts, size_t count)
{
	return texts[bench_random_next(random) % count];
}

static const char *const CITIES[] = { "Shanghai", "Beijing", "深圳市",    "Hangzhou",
	                              "成都市",   "Berlin",  "Singapore", "Leeds" };
static const char *const INDUSTRIES[] = { "software",  "medical", "retail",   "energy",
	                                  "logistics", "food",    "education" };

cx_slice bench_customer(int64_t id, cx_buf *out)
{
	bench_random random = { .state = (uint64_t)id };
	char text[96], email[BENCH_EMAIL_SIZE];
	cx_buf_clear(out);
	cx_write_map(out, 14);
	snprintf(text, sizeof text, "Customer %lld 有限公司 %llx", (long long)id,
	         (unsigned long long)bench_random_next(&random) % 65536);
	put_text(out, "name", text);
	bench_email(id, email);
	put_text(out, "email", email);
	snprintf(text, sizeof text, "+86 1%010llu",
	         (unsigned long long)(bench_random_next(&random) % 10000000000ull));
	put_text(out, "phone", text);
	put_int(out, "owner", bench_random_id(&random, BENCH_OWNERS));
	put_text(out, "city", pick(&random, CITIES, CX_COUNT_OF(CITIES)));
	put_text(out, "industry", pick(&random, INDUSTRIES, CX_COUNT_OF(INDUSTRIES)));
	put_text(out, "country", "CN");
	put_text(out, "region", "East");
	snprintf(text, sizeof text, "%lld Harbour Road, Building %lld",
	         (long long)bench_random_id(&random, 999), (long long)(id % 50));
	put_text(out, "address", text);
	put_text(out, "postcode", "200120");
	snprintf(text, sizeof text, "https://customer%lld.example/", (long long)id);
	put_text(out, "website", text);
	put_int(out, "employees", bench_random_id(&random, 5000));
	put_int(out, "potential", bench_random_id(&random, 100000000));
	put_text(out, "note", "asks for a quarterly review");
	return cx_buf_slice(out);
}

cx_slice bench_opportunity(int64_t id, const bench_sizes *sizes, cx_buf *out)
{
	bench_random random = { .state = (uint64_t)id + (1ull << 40) };
	char text[64];
	cx_buf_clear(out);
	cx_write_map(out, 12);
	put_int(out, "customer", bench_random_id(&random, sizes->customers));
	snprintf(text, sizeof text, "Opportunity %lld for 40 licences", (long long)id);
	put_text(out, "title", text);
	put_int(out, "stage", bench_random_id(&random, BENCH_STAGES));
	put_int(out, "amount", bench_random_id(&random, 50000000));
	put_text(out, "currency", "CNY");
	put_int(out, "owner", bench_random_id(&random, BENCH_OWNERS));
	put_int(out, "expected_close", 20000 + bench_random_id(&random, 700));
	put_int(out, "probability", bench_random_id(&random, 100) * 100);
	put_text(out, "source", "referral");
	put_text(out, "next_step", "send the revised quotation");
	put_text(out, "competitor", "Acme");
	put_text(out, "note", "budget approved");
	return cx_buf_slice(out);
}

/* 80 % of the activities go to 20 % of the customers. */
static int64_t busy_customer(bench_random *random, int64_t customers)
{
	const int64_t busy = customers / 5 > 0 ? customers / 5 : 1;
	if (bench_random_next(random) % 100 < 80)
		return bench_random_id(random, busy);
	return customers > busy ? busy + bench_random_id(random, customers - busy) : busy;
}

cx_slice bench_activity(bench_random *random, const bench_sizes *sizes, cx_buf *out)
{
	static const char *const kinds[] = { "call", "email", "meeting", "visit" };
	cx_buf_clear(out);
	cx_write_map(out, 10);
	put_int(out, "customer", busy_customer(random, sizes->customers));
	put_int(out, "at", 1700000000000 + bench_random_id(random, 60000000) * 1000);
	put_int(out, "opportunity", bench_random_id(random, sizes->opportunities));
	put_int(out, "owner", bench_random_id(random, BENCH_OWNERS));
	put_text(out, "kind", pick(random, kinds, CX_COUNT_OF(kinds)));
	put_text(out, "direction", "outbound");
	put_text(out, "subject", "Discussed delivery dates and the offer");
	put_text(out, "body",
	         "Wants delivery before the end of the quarter; budget is approved.");
	put_int(out, "duration", bench_random_id(random, 3600));
	put_text(out, "outcome", "positive");
	return cx_buf_slice(out);
}

cx_slice bench_patch(bench_random *random, cx_buf *out)
{
	cx_buf_clear(out);
	cx_write_map(out, 2);
	put_int(out, "stage", bench_random_id(random, BENCH_STAGES));
	put_int(out, "amount", bench_random_id(random, 50000000));
	return cx_buf_slice(out);
}
