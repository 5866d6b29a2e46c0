/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/simulate.h"

#include "base/check.h"
#include "base/clock.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	JOBS_MAX = 64,
	PATROL_US = 20 * 1000,
	HANG_SECONDS = 30,
};

typedef struct worker {
	pid_t pid;         /* 0 = none */
	crash_number at;   /* shared */
	crash_number seen; /* the last time somebody looked */
	uint64_t seen_ns;
	bool hung;
} worker;

/* Everything here is shared. */
typedef struct floor {
	const simulation *plan;
	tally *tally;
	uint64_t end_ns;
	char folder[64];
	worker workers[JOBS_MAX];
} floor;

static void *share(size_t size)
{
	void *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CX_ASSERT(memory != MAP_FAILED);
	return memory;
}

tally *tally_new(void)
{
	return share(sizeof(tally));
}

void tally_free(tally **self)
{
	munmap(*self, sizeof **self);
	*self = NULL;
}

static bool is_enough(void *context)
{
	const floor *self = context;
	return atomic_load(&self->tally->states) >= self->plan->states ||
	       cx_clock_monotonic_ns() >= self->end_ns ||
	       atomic_load(&self->tally->broken) > 0 ||
	       (self->plan->stop_at_finding && tally_found(self->tally) > 0);
}

static bool is_never_enough(void *context)
{
	(void)context;
	return false;
}

static void make_folder(char ret[64])
{
	const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(ret, 64, "%s/cardex-crash-XXXXXX", parent);
	CX_ASSERT(mkdtemp(ret) != NULL);
}

static void remove_folder(const char *folder)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	CX_ASSERT(system(command) == 0);
}

/* ---- a worker ---- */

static void own_folder(const floor *self, size_t place, char ret[96])
{
	snprintf(ret, 96, "%s/%zu", self->folder, place);
	CX_ASSERT(mkdir(ret, 0700) == 0 || access(ret, W_OK) == 0);
}

static uint64_t next_seed(floor *self)
{
	return self->plan->seed + atomic_fetch_add(&self->tally->seeds, 1);
}

/* To one processor: its threads wait for each other more than they work side by side. */
static void settle(size_t place)
{
	cpu_set_t all;
	CX_ASSERT(sched_getaffinity(0, sizeof all, &all) == 0);
	size_t turn = place % (size_t)CPU_COUNT(&all);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || turn-- != 0)
			continue;
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		CX_ASSERT(sched_setaffinity(0, sizeof one, &one) == 0);
		return;
	}
}

__attribute__((noreturn)) static void work(floor *self, size_t place, crash_number first)
{
	char path[96];
	settle(place);
	own_folder(self, place, path);
	exploration each = { .subject = self->plan->subject,
		             .lie = self->plan->lie,
		             .path = path,
		             .first = first,
		             .at = &self->workers[place].at,
		             .is_enough = is_enough,
		             .context = self,
		             .tally = self->tally };
	while (!is_enough(self)) {
		explore(&each);
		each.first = (crash_number){ .seed = next_seed(self) };
	}
	_exit(0);
}

static void hire(floor *self, size_t place, crash_number first)
{
	worker *new = &self->workers[place];
	new->at = first;
	new->seen_ns = cx_clock_monotonic_ns();
	new->hung = false;
	fflush(stdout);
	pid_t pid = fork();
	CX_ASSERT(pid >= 0);
	if (pid == 0)
		work(self, place, first);
	new->pid = pid; /* by this process only: the memory is shared */
}

/* ---- the floor ---- */

static crash_number behind(crash_number which)
{
	if (which.second != 0)
		which.second++;
	else
		which.state++;
	return which;
}

static void bury(floor *self, size_t place, int state)
{
	worker *dead = &self->workers[place];
	dead->pid = 0;
	if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
		return;
	char text[64];
	snprintf(text, sizeof text, "%s %d", WIFSIGNALED(state) ? "signal" : "exit code",
	         WIFSIGNALED(state) ? WTERMSIG(state) : WEXITSTATUS(state));
	if (dead->at.state == 0) {
		fprintf(stderr, "the run of seed %llu: %s\n", (unsigned long long)dead->at.seed,
		        text);
		atomic_fetch_add(&self->tally->broken, 1);
		return;
	}
	tally_add(self->tally, dead->hung ? FINDING_HUNG : FINDING_DIED, dead->at, text);
	atomic_fetch_add(&self->tally->states, 1);
	if (!is_enough(self))
		hire(self, place, behind(dead->at));
}

static void look_after(floor *self, size_t place)
{
	worker *one = &self->workers[place];
	int state;
	if (waitpid(one->pid, &state, WNOHANG) == one->pid) {
		bury(self, place, state);
		return;
	}
	if (memcmp(&one->seen, &one->at, sizeof one->at) != 0) {
		one->seen = one->at;
		one->seen_ns = cx_clock_monotonic_ns();
	} else if (cx_clock_monotonic_ns() - one->seen_ns >
	           HANG_SECONDS * UINT64_C(1000000000)) {
		one->hung = true;
		kill(one->pid, SIGKILL);
	}
}

static bool is_busy(const floor *self)
{
	for (size_t i = 0; i < self->plan->jobs; i++)
		if (self->workers[i].pid != 0)
			return true;
	return false;
}

static uint64_t end_of(const simulation *self)
{
	if (self->seconds == 0)
		return UINT64_MAX;
	return cx_clock_monotonic_ns() + self->seconds * UINT64_C(1000000000);
}

void simulate(const simulation *self, tally *ret)
{
	CX_ASSERT(self->jobs >= 1 && self->jobs <= JOBS_MAX);
	floor *shared = share(sizeof *shared);
	shared->plan = self;
	shared->tally = ret;
	shared->end_ns = end_of(self);
	make_folder(shared->folder);
	for (size_t i = 0; i < self->jobs; i++)
		hire(shared, i, (crash_number){ .seed = next_seed(shared) });
	while (is_busy(shared)) {
		usleep(PATROL_US);
		for (size_t i = 0; i < self->jobs; i++)
			if (shared->workers[i].pid != 0)
				look_after(shared, i);
	}
	remove_folder(shared->folder);
	munmap(shared, sizeof *shared);
}

void simulate_only(const simulation *self, crash_number which, tally *ret)
{
	char folder[64];
	make_folder(folder);
	crash_number at;
	exploration one = { .subject = self->subject,
		            .lie = self->lie,
		            .path = folder,
		            .first = which,
		            .only = true,
		            .at = &at,
		            .is_enough = is_never_enough,
		            .tally = ret };
	atomic_store(&ret->seeds, 1);
	explore(&one);
	remove_folder(folder);
}
