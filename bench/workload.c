/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/workload.h"

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
