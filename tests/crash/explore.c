/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/explore.h"

#include "base/check.h"
#include "tests/crash/crash.h"
#include "tests/crash/describe.h"
#include "tests/crash/known.h"
#include "tests/crash/recorder.h"
#include "tests/crash/recording.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	WRITES_EVERY = 4,    /* every so many states take a transaction more */
	SECONDS_EVERY = 128, /* and the recovery of so many is recorded, */
	TAILS_EVERY = 2,     /* of those that may have a torn tail */
};

static const crash_how plan[] = {
	CRASH_NONE,        CRASH_KILLED,      CRASH_LAST_TORN,   CRASH_LAST_TORN,
	CRASH_ONLY_LAST,   CRASH_ALL_BUT_ONE, CRASH_ALL_BUT_ONE, CRASH_PREFIX,
	CRASH_PREFIX_TORN, CRASH_PREFIX_TORN, CRASH_SUBSET,      CRASH_SUBSET,
	CRASH_TORN_SUBSET, CRASH_TORN_SUBSET, CRASH_TORN_SUBSET, CRASH_TORN_SUBSET,
};

/* A trace and where in it we are. */
typedef struct run {
	exploration *all;
	const event_trace *trace;
	disk_model disk;
	content_ledger *ledger;
	int64_t low; /* transactions that must be there; -1: not even the store */
	size_t high; /* and may be there */
	crash_number number;
	bool in_recovery; /* it is `number.second` that counts */
	known_states known;
	crash_image image;
} run;

/* One way of one place. */
typedef struct state {
	crash_how how;
	uint64_t seed;
	size_t place; /* in the trace */
} state;

static bool writes_too(const state *what)
{
	return what->seed % WRITES_EVERY == 0;
}

static void path_of(const exploration *self, const char *name, char ret[128])
{
	int length = snprintf(ret, 128, "%s/%s", self->path, name);
	CX_ASSERT(length > 0 && length < 128);
}

/* ---- judging ---- */

/* The newest entry of the ledger up to `to` that is that content; -1: none. */
static int64_t find_content(const run *self, uint64_t content, int64_t to)
{
	int64_t i = to;
	while (i >= 0 && self->ledger->hashes[i] != content)
		i--;
	return i;
}

static void judge_content(const run *self, uint64_t content)
{
	int64_t found = find_content(self, content, (int64_t)self->high);
	if (found >= 0 && found >= self->low)
		return;
	char text[160];
	if (found >= 0)
		snprintf(text, sizeof text, "content of %lld, not of %lld..%zu",
		         (long long)found, (long long)self->low, self->high);
	else
		snprintf(text, sizeof text, "content of none up to %lld..%zu",
		         (long long)self->low, self->high);
	tally_add(self->all->tally, found >= 0 ? FINDING_LOST : FINDING_WRONG, self->number,
	          text);
}

static void judge(const run *self, const recovery *found)
{
	if (found->end == RECOVERY_OK)
		judge_content(self, found->content);
	else
		tally_add(self->all->tally, FINDING_REFUSED, self->number, found->text);
}

/* ---- one state ---- */

static void explore_trace(run *self);

/* Records the recovery of the state whose image is at hand and looks at crashes in it. */
static void crash_again(run *self, const state *what)
{
	const exploration *all = self->all;
	char folder[128];
	char path[128];
	path_of(all, "record", folder);
	path_of(all, "record/store", path);
	disk_model start;
	if (what->how == CRASH_KILLED) /* what was not synced still is not, but can be read */
		disk_copy(&self->disk, &start);
	else
		image_to_disk(&self->image, &start);
	image_write(&self->image, folder);

	size_t entries = self->ledger->count;
	event_trace trace = { 0 };
	recorder_start(folder, &start, what->seed);
	recovery found = recover(all->subject, path, self->low >= 0, true, self->ledger);
	bool complete = recorder_stop(&trace);
	CX_ASSERT(complete);
	lie_tell(all->lie, self->low >= 0, &trace);

	run second = { .all = self->all,
		       .trace = &trace,
		       .disk = start,
		       .ledger = self->ledger,
		       .low = self->low,
		       .high = self->high,
		       .number = self->number,
		       .in_recovery = true };
	if (found.end == RECOVERY_OK)
		explore_trace(&second);
	else
		judge(self, &found);
	self->ledger->count = entries;
	disk_release(&second.disk);
	known_release(&second.known);
	image_release(&second.image);
	trace_release(&trace);
}

static void recover_state(run *self, const state *what, uint64_t key)
{
	exploration *all = self->all;
	char folder[128];
	char path[128];
	path_of(all, "scratch", folder);
	path_of(all, "scratch/store", path);
	image_write(&self->image, folder);
	recovery found = recover(all->subject, path, self->low >= 0, writes_too(what), NULL);
	known_add(&self->known, key, &found);
	judge(self, &found);
	atomic_fetch_add(&all->tally->states, 1);
	if (self->in_recovery)
		atomic_fetch_add(&all->tally->seconds, 1);
}

/* False when it was known. */
static bool look_at(run *self, const state *what)
{
	crash_take(&self->disk, what->how, what->seed, &self->image);
	uint64_t key = image_hash(&self->image) + (self->low >= 0);
	const known_state *known = known_find(&self->known, key);
	if (self->all->only) {
		describe(self->trace, what->place, &self->disk, what->how, &self->image);
		known = NULL;
	}
	if (known == NULL) {
		recover_state(self, what, key);
		return true;
	}
	atomic_fetch_add(&self->all->tally->repeats, 1);
	if (known->end == RECOVERY_OK)
		judge_content(self, known->content);
	return false;
}

/* ---- all states ---- */

typedef enum turn {
	TURN_SKIPPED,
	TURN_TAKEN,
	TURN_SECOND_ONLY, /* only the crashes in its recovery */
} turn;

static turn turn_of(const run *self)
{
	const crash_number *first = &self->all->first;
	const crash_number *number = &self->number;
	if (self->in_recovery) {
		if (number->state != first->state)
			return TURN_TAKEN;
		if (self->all->only)
			return number->second == first->second ? TURN_TAKEN : TURN_SKIPPED;
		return number->second >= first->second ? TURN_TAKEN : TURN_SKIPPED;
	}
	if (number->state == first->state && first->second != 0)
		return TURN_SECOND_ONLY;
	if (self->all->only)
		return number->state == first->state ? TURN_TAKEN : TURN_SKIPPED;
	return number->state >= first->state ? TURN_TAKEN : TURN_SKIPPED;
}

/* Whether a part of a group of commits may be left in the journal. */
static bool may_have_torn_tail(const run *self, const state *what)
{
	const event *last = &self->trace->events[what->place];
	bool is_torn = what->how == CRASH_LAST_TORN || what->how == CRASH_TORN_SUBSET;
	return is_torn && last->kind == EVENT_WRITE && last->at > 0 &&
	       strstr(folder_name_of(&self->disk.seen, last->file), "-journal") != NULL;
}

static bool is_crashed_again(const run *self, const state *what)
{
	int every = may_have_torn_tail(self, what) ? TAILS_EVERY : SECONDS_EVERY;
	return what->seed / 256 % (uint64_t)every == 0;
}

static void take_turn(run *self, state *what)
{
	turn now = turn_of(self);
	if (now == TURN_SKIPPED)
		return;
	*self->all->at = self->number;
	dice roll = { .state = self->number.seed * 1000003 + self->number.state * 8191 +
		               self->number.second };
	what->seed = dice_u64(&roll);
	bool fresh = true;
	if (now == TURN_SECOND_ONLY)
		crash_take(&self->disk, what->how, what->seed, &self->image);
	else
		fresh = look_at(self, what);
	bool again = now == TURN_SECOND_ONLY ||
	             (fresh && !self->all->only && is_crashed_again(self, what));
	if (again && !self->in_recovery)
		crash_again(self, what);
}

static void note(run *self, const event *what)
{
	int64_t number = (int64_t)what->at;
	if (what->kind == EVENT_BEGIN || what->kind == EVENT_SHOWN)
		self->high = what->at;
	/* One that was begun later may be acknowledged before. */
	if (what->kind == EVENT_SHOWN || (what->kind == EVENT_ACK && number > self->low))
		self->low = number;
}

static void explore_trace(run *self)
{
	const exploration *all = self->all;
	uint64_t *number = self->in_recovery ? &self->number.second : &self->number.state;
	for (size_t place = 0; place < self->trace->count; place++) {
		const event *what = &self->trace->events[place];
		disk_apply(&self->disk, what);
		note(self, what);
		if (what->kind == EVENT_BEGIN)
			continue;
		for (size_t i = 0; i < CX_COUNT_OF(plan); i++) {
			++*number;
			if (self->disk.pending_count == 0 && plan[i] != CRASH_NONE)
				continue;
			if (all->is_enough(all->context))
				return;
			take_turn(self, &(state){ .how = plan[i], .place = place });
		}
	}
}

void explore(exploration *self)
{
	char folder[128];
	*self->at = (crash_number){ .seed = self->first.seed };
	path_of(self, "scratch", folder);
	(void)mkdir(folder, 0700);
	path_of(self, "record", folder);
	(void)mkdir(folder, 0700);

	content_ledger ledger = { 0 };
	event_trace trace = { 0 };
	recording_make(self->subject, folder, self->first.seed, &ledger, &trace);
	lie_tell(self->lie, false, &trace);
	run first = { .all = self,
		      .trace = &trace,
		      .ledger = &ledger,
		      .low = -1,
		      .number = { .seed = self->first.seed } };
	explore_trace(&first);
	disk_release(&first.disk);
	known_release(&first.known);
	image_release(&first.image);
	trace_release(&trace);
}
