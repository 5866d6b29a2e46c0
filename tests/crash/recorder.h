/* SPDX-License-Identifier: Apache-2.0 */
/* Writes down what this process does to the files of one folder. It stands in the way of the
 * calls of the C library (calls.c), so it sees what the product does and what LMDB does.
 *
 * The threads of the process take turns meanwhile (schedule.h), so the trace has one order. The
 * reader table ("-lock") is not recorded: it says nothing after a crash. */
#pragma once

#include "tests/crash/disk.h"

#include <sys/types.h>

/* Begins; the folder holds what `start` shows. Random numbers asked for meanwhile follow from
 * `seed`. */
void recorder_start(const char *path, const disk_model *start, uint64_t seed);

/* Ends, and hands the events over. False, and a line that says so, when the files are not as
 * the events make them: a change was missed. */
bool recorder_stop(event_trace *ret);

/* BEGIN, ACK or SHOWN; nothing when not recording. */
void recorder_note(event_kind kind, uint64_t number);

/* ---- for calls.c ---- */

/* Whether it is recording. Before a call: another thread may get its turn first. */
bool recorder_enter(void);

/* `path` as given to openat(at, ...). */
void recorder_opened(int at, const char *path, int flags, int fd);
void recorder_closed(int fd);
bool recorder_has(int fd);
void recorder_wrote(int fd, const void *bytes, size_t size, off_t offset);
void recorder_resized(int fd, off_t size);
void recorder_synced(int fd);
void recorder_renamed(const char *from, const char *to);
void recorder_unlinked(const char *path);
void recorder_random(void *bytes, size_t size);

/* The recorder cannot follow such a call. */
__attribute__((noreturn)) void recorder_lost(const char *call);
