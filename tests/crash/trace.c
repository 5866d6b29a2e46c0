/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/trace.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

void trace_add(event_trace *self, const event *what)
{
	if (self->count == self->capacity) {
		self->capacity = self->capacity * 2 + 64;
		self->events = realloc(self->events, self->capacity * sizeof self->events[0]);
		CX_ASSERT(self->events != NULL);
	}
	event *kept = &self->events[self->count++];
	*kept = *what;
	if (what->size == 0)
		return;
	kept->bytes = malloc(what->size);
	CX_ASSERT(kept->bytes != NULL);
	memcpy(kept->bytes, what->bytes, what->size);
}

void trace_drop(event_trace *self, size_t place)
{
	CX_ASSERT(place < self->count);
	event *dropped = &self->events[place];
	free(dropped->bytes);
	memmove(dropped, dropped + 1, (self->count - place - 1) * sizeof *dropped);
	self->count--;
}

void trace_advance(event_trace *self, size_t from, size_t to)
{
	CX_ASSERT(to <= from && from < self->count);
	event moved = self->events[from];
	memmove(&self->events[to + 1], &self->events[to], (from - to) * sizeof moved);
	self->events[to] = moved;
}

void trace_release(event_trace *self)
{
	for (size_t i = 0; i < self->count; i++)
		free(self->events[i].bytes);
	free(self->events);
	*self = (event_trace){ 0 };
}

const char *event_kind_name(event_kind kind)
{
	switch (kind) {
	case EVENT_LINK:
		return "link";
	case EVENT_RENAME:
		return "rename";
	case EVENT_WRITE:
		return "write";
	case EVENT_RESIZE:
		return "resize";
	case EVENT_SYNC:
		return "sync";
	case EVENT_SETTLE:
		return "settle";
	case EVENT_SYNC_FOLDER:
		return "sync folder";
	case EVENT_BEGIN:
		return "begin";
	case EVENT_ACK:
		return "ack";
	case EVENT_SHOWN:
		return "shown";
	}
	CX_UNREACHABLE();
}
