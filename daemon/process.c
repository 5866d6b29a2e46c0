/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/process.h"

#include "daemon/bus_error.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OWN_DESCRIPTORS = 64 };

static void handle(int number, void handler(int))
{
	struct sigaction action = { .sa_handler = handler };
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

void daemon_process_init(void)
{
	handle(SIGPIPE, SIG_IGN);
	handle(SIGXFSZ, SIG_IGN);
	daemon_bus_error_handle();
}

uint64_t daemon_process_connections_max(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return UINT64_MAX;
	rlim_t soft = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		limit.rlim_cur = soft;
	if (limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur > OWN_DESCRIPTORS ? limit.rlim_cur - OWN_DESCRIPTORS : 1;
}

void daemon_process_give_way(void)
{
	int policy;
	struct sched_param parameters;
	if (pthread_getschedparam(pthread_self(), &policy, &parameters) == 0 &&
	    policy == SCHED_OTHER)
		(void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &parameters);
}

static void mask(int how)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(how, &signals, NULL);
}

void daemon_process_hold_signals(void)
{
	mask(SIG_BLOCK);
}

void daemon_process_let_signals(void)
{
	mask(SIG_UNBLOCK);
}
