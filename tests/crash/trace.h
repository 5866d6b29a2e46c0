/* SPDX-License-Identifier: Apache-2.0 */
/* What a run did to the files of one folder, in order, and what it promised meanwhile. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { NAME_BYTES = 40 }; /* of a file within the folder, with its NUL */

#define NO_FILE UINT32_MAX

typedef enum event_kind {
	EVENT_LINK,        /* `name` is `file` from here on; NO_FILE: it is no more */
	EVENT_RENAME,      /* `from` is called `name` */
	EVENT_WRITE,       /* `bytes` at `at` */
	EVENT_RESIZE,      /* to `at` bytes */
	EVENT_SYNC,        /* the file is on disk, not its name */
	EVENT_SETTLE,      /* the last write to the file is on disk, alone (O_DSYNC) */
	EVENT_SYNC_FOLDER, /* the names are on disk */
	EVENT_BEGIN,       /* transaction `at` may happen */
	EVENT_ACK,         /* transaction `at` has happened; 0: the store has been made */
	EVENT_SHOWN,       /* `at` was read: nothing else can happen any more */
} event_kind;

/* A file is named by a number: it stays the same when it is renamed, and a new file of the same
 * name has another. */
typedef struct event {
	event_kind kind;
	uint32_t file;
	uint64_t at;
	size_t size;
	uint8_t *bytes;
	char name[NAME_BYTES]; /* SYNC: what it was called when it was opened */
	char from[NAME_BYTES];
} event;

typedef struct event_trace {
	event *events;
	size_t count;
	size_t capacity;
} event_trace;

/* Copies `bytes`. */
void trace_add(event_trace *self, const event *what);

/* Takes the event out. */
void trace_drop(event_trace *self, size_t place);

/* Moves the event at `from` to the earlier place `to`. */
void trace_advance(event_trace *self, size_t from, size_t to);

void trace_release(event_trace *self);

const char *event_kind_name(event_kind kind);
