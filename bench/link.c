/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/link.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool bench_link_fail(bench_link *self, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(self->error, sizeof self->error, format, arguments);
	va_end(arguments);
	return false;
}

bench_link *bench_link_open(const bench_link_class *class, const char *address, unsigned depth,
                            bench_answered *answered, void *context)
{
	CX_SCOPED(bench_link_close) bench_link *self = calloc(1, class->size);
	if (self == NULL)
		return NULL;
	self->class = class;
	self->fd = -1;
	self->depth = depth;
	self->answered = answered;
	self->context = context;
	self->expected = calloc(depth, sizeof *self->expected);
	self->order = calloc(depth, sizeof *self->order);
	if (self->expected == NULL || self->order == NULL)
		return NULL;
	if (!class->open(self, address)) {
		fprintf(stderr, "cardex-bench: %s: %s: %s\n", class->name, address,
		        self->error);
		return NULL;
	}
	bench_link *opened = self;
	self = NULL;
	return opened;
}

void bench_link_close(bench_link **self)
{
	if (*self == NULL)
		return;
	(*self)->class->close(*self);
	free((*self)->expected);
	free((*self)->order);
	free(*self);
	*self = NULL;
}

bool bench_link_send(bench_link *self, unsigned slot, const bench_request *request)
{
	CX_ASSERT(self->order_count < self->depth);
	self->expected[slot] = request->expect;
	self->order[(self->order_first + self->order_count++) % self->depth] = slot;
	return self->class->send(self, slot, request);
}

unsigned bench_link_oldest(bench_link *self)
{
	CX_ASSERT(self->order_count > 0);
	return self->order[self->order_first];
}

bool bench_link_answer(bench_link *self, unsigned slot, const bench_answer *answer)
{
	CX_ASSERT(self->order_count > 0);
	const bench_expectation *expect = &self->expected[slot];
	if (!bench_answer_is_right(answer, expect))
		return bench_link_fail(self, "%s: %u rows of %lld, wanted %u to %u of %lld",
		                       bench_operation_name(expect->operation), answer->rows,
		                       (long long)answer->key, expect->rows_min,
		                       expect->rows_max, (long long)expect->key);
	self->order_first = (self->order_first + 1) % self->depth;
	self->order_count--;
	self->answered(self->context, slot);
	return true;
}
