/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/schedule.h"

#include "base/check.h"
#include "tests/support/dice.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	PASSES_EVERY = 3, /* every so many calls the turn goes to anybody */
	SLOW_EVERY = 2,   /* one in so many threads is slow */
	SLOW_TURNS = 100, /* and gets one in so many turns, while others can go on */
	STEP_NS_MAX = 20 * 1000,
};

typedef enum standing {
	STANDING_READY,
	STANDING_WAITING,
	STANDING_LEFT,
} standing;

typedef struct participant {
	standing standing;
	const void *object; /* it waits for */
	uint64_t until_ns;
	bool late; /* the time came first */
	bool slow;
	sem_t turn;
} participant;

static struct {
	atomic_bool on;
	dice roll;
	uint64_t now_ns;
	unsigned count;
	participant all[SCHEDULE_THREADS_MAX];
} self;

static _Thread_local unsigned own;

void schedule_start(uint64_t seed)
{
	CX_ASSERT(!atomic_load(&self.on));
	self.roll = (dice){ .state = seed };
	self.now_ns = UINT64_C(1000000000000);
	self.count = 0;
	own = schedule_add();
	atomic_store(&self.on, true);
}

void schedule_stop(void)
{
	CX_ASSERT(atomic_load(&self.on) && own == 0);
	for (unsigned i = 1; i < self.count; i++)
		CX_ASSERT(self.all[i].standing == STANDING_LEFT);
	atomic_store(&self.on, false);
}

bool schedule_is_on(void)
{
	return atomic_load_explicit(&self.on, memory_order_relaxed);
}

uint64_t schedule_now_ns(void)
{
	return self.now_ns;
}

unsigned schedule_count(void)
{
	return self.count;
}

/* ---- turns ---- */

static void take_turn(participant *one)
{
	while (sem_wait(&one->turn) != 0)
		CX_ASSERT(errno == EINTR);
}

static bool can_go_on(const participant *one)
{
	return one->standing == STANDING_READY ||
	       (one->standing == STANDING_WAITING && one->until_ns <= self.now_ns);
}

/* To the first time that somebody waits for. */
static void advance_time(void)
{
	uint64_t next = UINT64_MAX;
	for (unsigned i = 0; i < self.count; i++)
		if (self.all[i].standing == STANDING_WAITING && self.all[i].until_ns < next)
			next = self.all[i].until_ns;
	if (next == UINT64_MAX) {
		fprintf(stderr, "all threads wait for each other\n");
		abort();
	}
	self.now_ns = next;
}

static bool is_able(const participant *one, bool even_slow)
{
	return can_go_on(one) && (even_slow || !one->slow);
}

/* NULL when there is none. */
static participant *any_able(bool even_slow)
{
	unsigned able = 0;
	for (unsigned i = 0; i < self.count; i++)
		able += is_able(&self.all[i], even_slow);
	if (able == 0)
		return NULL;
	uint64_t chosen = dice_below(&self.roll, able);
	unsigned i = 0;
	while (!is_able(&self.all[i], even_slow) || chosen-- > 0)
		i++;
	return &self.all[i];
}

static participant *pick(void)
{
	participant *found = any_able(dice_one_in(&self.roll, SLOW_TURNS));
	while (found == NULL && (found = any_able(true)) == NULL)
		advance_time();
	return found;
}

/* Somebody goes on; returns when it is the caller, unless it has left. */
static void hand_over(void)
{
	participant *me = &self.all[own];
	participant *next = pick();
	if (next->standing == STANDING_WAITING) {
		next->standing = STANDING_READY;
		next->late = true;
	}
	if (next == me)
		return;
	bool leaves = me->standing == STANDING_LEFT;
	sem_post(&next->turn);
	if (!leaves)
		take_turn(me);
}

void schedule_pass(void)
{
	self.now_ns += 1 + dice_below(&self.roll, STEP_NS_MAX);
	if (dice_one_in(&self.roll, PASSES_EVERY))
		hand_over();
}

bool schedule_wait(const void *object, uint64_t until_ns)
{
	participant *me = &self.all[own];
	me->standing = STANDING_WAITING;
	me->object = object;
	me->until_ns = until_ns;
	me->late = false;
	hand_over();
	return !me->late;
}

static bool waits_for(const participant *one, const void *object)
{
	return one->standing == STANDING_WAITING && one->object == object;
}

void schedule_wake_all(const void *object)
{
	for (unsigned i = 0; i < self.count; i++)
		if (waits_for(&self.all[i], object))
			self.all[i].standing = STANDING_READY;
}

void schedule_wake_one(const void *object)
{
	unsigned waiting = 0;
	for (unsigned i = 0; i < self.count; i++)
		waiting += waits_for(&self.all[i], object);
	if (waiting == 0)
		return;
	uint64_t chosen = dice_below(&self.roll, waiting);
	for (unsigned i = 0; i < self.count; i++)
		if (waits_for(&self.all[i], object) && chosen-- == 0)
			self.all[i].standing = STANDING_READY;
}

/* ---- threads ---- */

unsigned schedule_add(void)
{
	CX_ASSERT(self.count < SCHEDULE_THREADS_MAX);
	participant *new = &self.all[self.count];
	*new = (participant){ .standing = STANDING_READY,
		              .slow = dice_one_in(&self.roll, SLOW_EVERY) };
	CX_ASSERT(sem_init(&new->turn, 0, 0) == 0);
	return self.count++;
}

void schedule_enter(unsigned number)
{
	own = number;
	take_turn(&self.all[own]);
}

void schedule_leave(void)
{
	self.all[own].standing = STANDING_LEFT;
	schedule_wake_all(schedule_end_of(own));
	hand_over();
}

bool schedule_has_left(unsigned number)
{
	return self.all[number].standing == STANDING_LEFT;
}

const void *schedule_end_of(unsigned number)
{
	return &self.all[number];
}
