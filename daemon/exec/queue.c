/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/queue.h"

#include "base/clock.h"

#include <time.h>

void daemon__queue_init(daemon__queue *queue, size_t jobs_max, size_t bytes_max,
                        daemon_load *load)
{
	*queue = (daemon__queue){ .jobs_max = jobs_max, .bytes_max = bytes_max, .load = load };
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void daemon__queue_release(daemon__queue *queue)
{
	daemon__jobs_free(&queue->jobs);
	pthread_cond_destroy(&queue->filled);
	pthread_mutex_destroy(&queue->lock);
}

/* Adds and looks afterwards: two that come at once may both be refused at the edge, but never
 * both pass it. */
static bool reserve(atomic_size_t *held, size_t amount, size_t max)
{
	size_t before = atomic_fetch_add_explicit(held, amount, memory_order_relaxed);
	if (before <= max && amount <= max - before)
		return true;
	atomic_fetch_sub_explicit(held, amount, memory_order_relaxed);
	return false;
}

bool daemon__queue_reserve(daemon__queue *queue, size_t bytes)
{
	if (!reserve(&queue->load->jobs, 1, queue->jobs_max))
		return false;
	if (reserve(&queue->load->bytes, bytes, queue->bytes_max))
		return true;
	atomic_fetch_sub_explicit(&queue->load->jobs, 1, memory_order_relaxed);
	return false;
}

void daemon__queue_give_back(daemon__queue *queue, size_t bytes)
{
	atomic_fetch_sub_explicit(&queue->load->jobs, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&queue->load->bytes, bytes, memory_order_relaxed);
}

void daemon__queue_push(daemon__queue *queue, daemon__jobs *jobs)
{
	if (jobs->count == 0)
		return;
	pthread_mutex_lock(&queue->lock);
	daemon__jobs_move(&queue->jobs, jobs);
	pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

/* With the lock held; false once closed. */
static bool wait_filled(daemon__queue *queue)
{
	while (queue->jobs.count == 0 && !queue->closed)
		pthread_cond_wait(&queue->filled, &queue->lock);
	return !queue->closed;
}

bool daemon__queue_take_all(daemon__queue *queue, daemon__jobs *ret)
{
	pthread_mutex_lock(&queue->lock);
	bool open = wait_filled(queue);
	if (open)
		daemon__jobs_move(ret, &queue->jobs);
	pthread_mutex_unlock(&queue->lock);
	return open;
}

bool daemon__queue_take_one(daemon__queue *queue, daemon__job **ret)
{
	pthread_mutex_lock(&queue->lock);
	bool open = wait_filled(queue);
	if (open)
		*ret = daemon__jobs_take(&queue->jobs);
	/* One signal may stand for several jobs: pass it on to the next who waits. */
	if (open && queue->jobs.count > 0)
		pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
	return open;
}

bool daemon__queue_wait(daemon__queue *queue, uint64_t time_ns)
{
	enum { NS_PER_S = 1000 * 1000 * 1000 };
	const uint64_t end_ns = cx_clock_monotonic_ns() + time_ns;
	const struct timespec end = { .tv_sec = (time_t)(end_ns / NS_PER_S),
		                      .tv_nsec = (long)(end_ns % NS_PER_S) };
	pthread_mutex_lock(&queue->lock);
	int code = 0;
	while (queue->jobs.count == 0 && !queue->closed && code == 0)
		code = pthread_cond_timedwait(&queue->filled, &queue->lock, &end);
	const bool open = !queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return open;
}

bool daemon__queue_is_filled(daemon__queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	bool filled = queue->jobs.count > 0;
	pthread_mutex_unlock(&queue->lock);
	return filled;
}

void daemon__queue_close(daemon__queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}
