/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/driver.h"

#include "base/clock.h"
#include "bench/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, STALLED_MS = 60000, WARM_PART = 10 };

typedef struct driver driver;

typedef struct lane {
	driver *driver;
	bench_link *link;
	uint64_t *sent_ns; /* by slot */
	bool polls_write;
	bool failed;
} lane;

struct driver {
	const bench_load *load;
	bench_source source;
	bench_request request;
	bench_series series;
	bench_result *result;
	lane *lanes;
	int epoll;
	uint64_t count_ns; /* from when on answers count */
	uint64_t end_ns;
	uint64_t now_ns;
	uint64_t in_flight;
};

static bool send_next(lane *self, unsigned slot)
{
	driver *all = self->driver;
	bench_source_next(&all->source, &all->request);
	self->sent_ns[slot] = cx_clock_monotonic_ns();
	if (!bench_link_send(self->link, slot, &all->request))
		return false;
	all->in_flight++;
	return true;
}

static void count(driver *self, uint64_t sent_ns)
{
	if (self->now_ns < self->count_ns)
		return;
	bench_histogram_add(&self->result->latencies, self->now_ns - sent_ns);
	self->result->operations++;
	bench_series_add(&self->series, self->now_ns - self->count_ns, self->now_ns - sent_ns);
}

static void take_answer(void *context, unsigned slot)
{
	lane *self = context;
	driver *all = self->driver;
	all->in_flight--;
	all->now_ns = cx_clock_monotonic_ns();
	count(all, self->sent_ns[slot]);
	if (all->now_ns < all->end_ns && !send_next(self, slot))
		self->failed = true;
}

static bool fail(driver *self, const char *what)
{
	self->result->failures++;
	fprintf(stderr, "cardex-bench: %s: %s: %s\n", self->load->system->name,
	        bench_operation_name(self->source.operation), what);
	return false;
}

static bool watch(lane *self, int how)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };
	if (self->link->wants_write)
		event.events |= EPOLLOUT;
	self->polls_write = self->link->wants_write;
	return epoll_ctl(self->driver->epoll, how, self->link->fd, &event) == 0;
}

static bool connect_all(driver *self)
{
	for (unsigned i = 0; i < self->load->connections; i++) {
		lane *one = &self->lanes[i];
		one->driver = self;
		one->sent_ns = calloc(self->load->depth, sizeof *one->sent_ns);
		one->link = bench_link_open(self->load->system, self->load->address,
		                            self->load->depth, take_answer, one);
		if (one->sent_ns == NULL || one->link == NULL)
			return fail(self, "cannot connect");
		if (!watch(one, EPOLL_CTL_ADD))
			return fail(self, strerror(errno));
	}
	return true;
}

static bool flush(lane *self)
{
	if (self->failed || !self->link->class->flush(self->link))
		return fail(self->driver, self->link->error);
	if (self->link->wants_write != self->polls_write && !watch(self, EPOLL_CTL_MOD))
		return fail(self->driver, strerror(errno));
	return true;
}

static bool start_all(driver *self)
{
	for (unsigned i = 0; i < self->load->connections; i++) {
		lane *one = &self->lanes[i];
		for (unsigned slot = 0; slot < self->load->depth; slot++)
			if (!send_next(one, slot))
				return fail(self, one->link->error);
		if (!flush(one))
			return false;
	}
	return true;
}

static bool turn(driver *self)
{
	struct epoll_event events[EVENTS];
	const int count = epoll_wait(self->epoll, events, EVENTS, STALLED_MS);
	if (count < 0 && errno != EINTR)
		return fail(self, strerror(errno));
	if (count == 0)
		return fail(self, "no answer for a minute");
	for (int i = 0; i < count; i++) {
		lane *one = events[i].data.ptr;
		const bool readable = (events[i].events & ~(uint32_t)EPOLLOUT) != 0;
		if (readable && !one->link->class->receive(one->link))
			return fail(self, one->link->error);
		if (!flush(one))
			return false;
	}
	return true;
}

static bool measure(driver *self)
{
	if (!connect_all(self))
		return false;
	const uint64_t run_ns = (uint64_t)(self->load->seconds * 1e9);
	self->count_ns = cx_clock_monotonic_ns() + run_ns / WARM_PART;
	self->end_ns = self->count_ns + run_ns;
	bool good = start_all(self);
	while (good && self->in_flight > 0)
		good = turn(self);
	self->result->ns = self->now_ns > self->count_ns ? self->now_ns - self->count_ns : 0;
	bench_series_end(&self->series);
	return good;
}

static void release(driver *self)
{
	for (unsigned i = 0; self->lanes != NULL && i < self->load->connections; i++) {
		bench_link_close(&self->lanes[i].link);
		free(self->lanes[i].sent_ns);
	}
	free(self->lanes);
	bench_source_release(&self->source);
	if (self->epoll >= 0)
		close(self->epoll);
}

bool bench_drive(const bench_load *load, bench_operation operation, bench_result *ret)
{
	CX_SCOPED(release)
	driver self = { .load = load, .series = bench_series_of(load->series), .result = ret };
	*ret = (bench_result){ 0 };
	self.epoll = epoll_create1(EPOLL_CLOEXEC);
	self.lanes = calloc(load->connections, sizeof *self.lanes);
	if (self.epoll < 0 || self.lanes == NULL ||
	    !bench_source_init(&self.source, operation, &load->sizes, load->seed))
		return fail(&self, "no memory");
	return measure(&self);
}
