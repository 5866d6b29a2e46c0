/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/request.h"

#include "base/check.h"
#include "base/clock.h"

#include <stdlib.h>

bool bench_answer_is_right(const bench_answer *answer, const bench_expectation *expect)
{
	if (answer->rows < expect->rows_min || answer->rows > expect->rows_max)
		return false;
	const bool is_write = expect->operation == BENCH_W1 || expect->operation == BENCH_W2;
	return is_write || answer->rows == 0 || answer->key == expect->key;
}

/* Makes the activities as the load does and counts those of each customer. */
static uint8_t *count_timelines(const bench_sizes *sizes)
{
	uint8_t *counts = calloc((size_t)sizes->customers + 1, 1);
	bench_random random = { 0 };
	bench_record record;
	for (int64_t i = 0; counts != NULL && i < sizes->activities; i++) {
		bench_activity(&random, sizes, &record);
		uint8_t *count = &counts[record.values[0].number];
		if (*count < BENCH_TIMELINE)
			++*count;
	}
	return counts;
}

bool bench_source_init(bench_source *self, bench_operation operation, const bench_sizes *sizes,
                       uint64_t seed)
{
	*self = (bench_source){ .operation = operation,
		                .sizes = *sizes,
		                .random = { .state = seed << 40 } };
	if (operation == BENCH_R1Z)
		self->zipf = bench_zipf_of(sizes->customers);
	if (operation != BENCH_R3 && operation != BENCH_M1)
		return true;
	self->timelines = count_timelines(sizes);
	return self->timelines != NULL;
}

void bench_source_release(bench_source *self)
{
	free(self->timelines);
	self->timelines = NULL;
}

static bench_operation mixed(bench_random *random)
{
	const uint64_t at = bench_random_next(random) % 100;
	if (at < 70)
		return at < 24 ? BENCH_R1 : at < 47 ? BENCH_R2 : BENCH_R3;
	return at < 80 ? BENCH_R4 : at < 90 ? BENCH_W1 : BENCH_W2;
}

static bench_expectation expect(bench_operation operation, int64_t key, uint32_t rows_min,
                                uint32_t rows_max)
{
	return (bench_expectation){ operation, key, rows_min, rows_max };
}

/* A customer may have got activities since the load. */
static bench_expectation timeline(bench_source *self)
{
	const int64_t customer = bench_random_id(&self->random, self->sizes.customers);
	return expect(BENCH_R3, customer, self->timelines[customer], BENCH_TIMELINE);
}

static void update(bench_source *self, bench_request *ret)
{
	ret->id = bench_random_id(&self->random, self->sizes.opportunities);
	ret->stage = bench_random_id(&self->random, BENCH_STAGES);
	ret->amount = bench_random_id(&self->random, BENCH_AMOUNT_MAX);
	ret->now_ms = cx_clock_wall_ms();
	ret->expect = expect(BENCH_W2, ret->id, 1, 1);
}

void bench_source_next(bench_source *self, bench_request *ret)
{
	bench_random *random = &self->random;
	const bench_operation operation =
		self->operation == BENCH_M1 ? mixed(random) : self->operation;
	const int64_t customers = self->sizes.customers;
	switch (operation) {
	case BENCH_R1:
		ret->expect = expect(BENCH_R1, bench_random_id(random, customers), 1, 1);
		return;
	case BENCH_R1Z:
		ret->expect = expect(BENCH_R1Z, bench_zipf_id(&self->zipf, random), 1, 1);
		return;
	case BENCH_R2:
		ret->expect = expect(BENCH_R2, bench_random_id(random, customers), 1, 1);
		bench_email(ret->expect.key, ret->email);
		return;
	case BENCH_R3:
		ret->expect = timeline(self);
		return;
	case BENCH_R4:
		ret->expect = expect(BENCH_R4, bench_random_id(random, BENCH_STAGES), BENCH_TOP,
		                     BENCH_TOP);
		return;
	case BENCH_R5:
		ret->expect =
			expect(BENCH_R5, bench_random_id(random, BENCH_STAGES), 1, UINT32_MAX);
		return;
	case BENCH_W1:
		bench_activity(random, &self->sizes, &ret->record);
		ret->now_ms = cx_clock_wall_ms();
		ret->expect = expect(BENCH_W1, 0, 1, 1);
		return;
	case BENCH_W2:
		update(self, ret);
		return;
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	CX_UNREACHABLE();
}
