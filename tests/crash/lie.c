/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/lie.h"

#include "base/check.h"

#include <string.h>

const char *lie_name(lie what)
{
	static const char *const names[LIES] = {
		[LIE_NONE] = "none",
		[LIE_DISK_IGNORES_FLUSHES] = "disk_ignores_flushes",
		[LIE_FOLDER_NOT_SYNCED] = "folder_not_synced",
		[LIE_DATA_NOT_SYNCED] = "data_not_synced",
		[LIE_JOURNAL_NOT_SYNCED] = "journal_not_synced",
		[LIE_REPLAY_NOT_SYNCED] = "replay_not_synced",
		[LIE_ACKNOWLEDGED_EARLY] = "acknowledged_early",
	};
	return names[what];
}

static bool makes_durable(const event *what)
{
	return what->kind == EVENT_SYNC || what->kind == EVENT_SETTLE ||
	       what->kind == EVENT_SYNC_FOLDER;
}

typedef struct progress {
	bool made;          /* the store has been */
	bool answered;      /* something was shown or acknowledged in the trace */
	uint32_t preparing; /* the file that got its length or its header since its last sync */
} progress;

static bool is_dropped(lie what, const event *one, progress now)
{
	bool is_sync = one->kind == EVENT_SYNC && now.made;
	bool is_journal = strstr(one->name, "-journal") != NULL;
	bool is_of_entries = is_sync && is_journal && one->file != now.preparing;
	switch (what) {
	case LIE_DISK_IGNORES_FLUSHES:
		return makes_durable(one);
	case LIE_FOLDER_NOT_SYNCED:
		return one->kind == EVENT_SYNC_FOLDER;
	case LIE_DATA_NOT_SYNCED:
		return is_sync && !is_journal;
	case LIE_JOURNAL_NOT_SYNCED:
		return is_of_entries;
	case LIE_REPLAY_NOT_SYNCED:
		return is_of_entries && !now.answered;
	case LIE_NONE:
	case LIE_ACKNOWLEDGED_EARLY:
	case LIES:
		return false;
	}
	CX_UNREACHABLE();
}

static void go_on(progress *now, const event *one)
{
	now->answered |= one->kind == EVENT_ACK || one->kind == EVENT_SHOWN;
	now->made |= now->answered;
	if (one->kind == EVENT_RESIZE || (one->kind == EVENT_WRITE && one->at == 0))
		now->preparing = one->file;
}

static void drop(lie what, bool made, event_trace *changed)
{
	progress now = { .made = made, .preparing = NO_FILE };
	for (size_t i = 0; i < changed->count;) {
		const event *one = &changed->events[i];
		go_on(&now, one);
		bool dropped = is_dropped(what, one, now);
		if (one->kind == EVENT_SYNC && one->file == now.preparing)
			now.preparing = NO_FILE;
		if (dropped)
			trace_drop(changed, i);
		else
			i++;
	}
}

/* Before the last sync between the beginning and the end of a transaction. */
static void advance_ack(event_trace *changed, size_t ack)
{
	size_t place = ack;
	while (place > 0 && changed->events[place - 1].kind != EVENT_BEGIN)
		if (makes_durable(&changed->events[--place])) {
			trace_advance(changed, ack, place);
			return;
		}
}

void lie_tell(lie what, bool made, event_trace *changed)
{
	drop(what, made, changed);
	for (size_t i = 0; what == LIE_ACKNOWLEDGED_EARLY && i < changed->count; i++)
		if (changed->events[i].kind == EVENT_ACK && changed->events[i].at > 0)
			advance_ack(changed, i);
}
