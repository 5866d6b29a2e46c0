/* SPDX-License-Identifier: Apache-2.0 */
/* The calls by which threads wait for each other and for time. Functions of this program go
 * before those of the C library; while the schedule is off they only hand on. */
#include "base/check.h"
#include "tests/crash/schedule.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { NS_PER_S = 1000 * 1000 * 1000 };

/* The functions of the C library. ISO C does not let void * become one. */
#define REAL(name)                                            \
	static __typeof__(name) *real_##name(void)            \
	{                                                     \
		static union {                                \
			void *found;                          \
			__typeof__(name) *call;               \
		} real;                                       \
		if (real.found == NULL)                       \
			real.found = dlsym(RTLD_NEXT, #name); \
		return real.call;                             \
	}

REAL(pthread_mutex_lock)
REAL(pthread_mutex_unlock)
REAL(pthread_cond_wait)
REAL(pthread_cond_timedwait)
REAL(pthread_cond_signal)
REAL(pthread_cond_broadcast)
REAL(pthread_create)
REAL(pthread_join)
REAL(clock_gettime)

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

/* ---- mutexes ---- */

static int lock_in_turn(pthread_mutex_t *mutex)
{
	int code;
	while ((code = pthread_mutex_trylock(mutex)) == EBUSY)
		schedule_wait(mutex, UINT64_MAX);
	return code;
}

static int unlock_in_turn(pthread_mutex_t *mutex)
{
	int code = real_pthread_mutex_unlock()(mutex);
	schedule_wake_all(mutex);
	return code;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (!schedule_is_on())
		return real_pthread_mutex_lock()(mutex);
	schedule_pass();
	return lock_in_turn(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	if (!schedule_is_on())
		return real_pthread_mutex_unlock()(mutex);
	int code = unlock_in_turn(mutex);
	schedule_pass();
	return code;
}

/* ---- conditions ---- */

static bool wait_in_turn(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t until_ns)
{
	unlock_in_turn(mutex);
	bool waked = schedule_wait(condition, until_ns);
	CX_ASSERT(lock_in_turn(mutex) == 0);
	return waked;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	if (!schedule_is_on())
		return real_pthread_cond_wait()(condition, mutex);
	wait_in_turn(condition, mutex, UINT64_MAX);
	return 0;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *until)
{
	if (!schedule_is_on())
		return real_pthread_cond_timedwait()(condition, mutex, until);
	return wait_in_turn(condition, mutex, ns_of(until)) ? 0 : ETIMEDOUT;
}

int pthread_cond_signal(pthread_cond_t *condition)
{
	if (!schedule_is_on())
		return real_pthread_cond_signal()(condition);
	schedule_wake_one(condition);
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
	if (!schedule_is_on())
		return real_pthread_cond_broadcast()(condition);
	schedule_wake_all(condition);
	return 0;
}

/* ---- threads ---- */

typedef struct birth {
	void *(*run)(void *);
	void *context;
	unsigned number;
} birth;

static void *run_in_turn(void *context)
{
	birth given = *(birth *)context;
	free(context);
	schedule_enter(given.number);
	void *ret = given.run(given.context);
	schedule_leave();
	return ret;
}

/* By number in the schedule. */
static pthread_t threads[SCHEDULE_THREADS_MAX];

int pthread_create(pthread_t *ret, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context)
{
	if (!schedule_is_on())
		return real_pthread_create()(ret, attributes, run, context);
	birth *given = malloc(sizeof *given);
	CX_ASSERT(given != NULL);
	unsigned number = schedule_add();
	*given = (birth){ .run = run, .context = context, .number = number };
	CX_ASSERT(real_pthread_create()(ret, attributes, run_in_turn, given) == 0);
	threads[number] = *ret;
	schedule_pass();
	return 0;
}

int pthread_join(pthread_t thread, void **ret)
{
	if (!schedule_is_on())
		return real_pthread_join()(thread, ret);
	/* The newest of that name: names are used again. */
	unsigned number = schedule_count();
	do
		CX_ASSERT(number > 1);
	while (!pthread_equal(threads[--number], thread));
	while (!schedule_has_left(number))
		schedule_wait(schedule_end_of(number), UINT64_MAX);
	return real_pthread_join()(thread, ret);
}

/* ---- time ---- */

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (!schedule_is_on())
		return real_clock_gettime()(clock, ret);
	uint64_t now = schedule_now_ns();
	*ret = (struct timespec){ .tv_sec = (time_t)(now / NS_PER_S),
		                  .tv_nsec = (long)(now % NS_PER_S) };
	return 0;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	if (!schedule_is_on()) /* a store that was just recovered has no need to be slow */
		return 0;
	schedule_wait(time, schedule_now_ns() + ns_of(time));
	return 0;
}
