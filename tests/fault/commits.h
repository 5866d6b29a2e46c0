/* SPDX-License-Identifier: Apache-2.0 */
/* A run of commits to a store under which calls fail, and whether each commit has the fate that
 * it was told: while the store is open, and after it was opened anew. */
#pragma once

#include "tests/fault/faults.h"
#include "tests/support/raw_store.h"

enum { COMMITS = 40 };

typedef enum commit_fate { NOT_TRIED, ACKNOWLEDGED, REFUSED, IN_DOUBT } commit_fate;

typedef struct commits_history {
	commit_fate of[COMMITS + 1]; /* by number, from 1 on */
	bool broken;                 /* the store takes no more writes */
} commits_history;

typedef struct commits_scene {
	const char *name;
	uint64_t age_ms;
	uint64_t map_bytes;
	uint64_t journal_bytes; /* 0: so few that each holds some commits */
	bool carry_all;
	/* Values of 64 KiB that the first commit writes besides; those from the 4th on one. */
	unsigned fillers;
	const raw_store *left;  /* what the store begins with, unless NULL */
	commits_history before; /* of it */
} commits_scene;

/* Runs the scene once for each call that may fail, or for about `wanted` of them, and asserts
 * everything; prints how many there were. */
void commits_fail(const commits_scene *scene, fault how, unsigned wanted);

/* Runs the scene in processes of their own that end, as if killed, with the first commit after
 * one that was refused, or with number `last`; once for each call that may fail from commit
 * `first` on. */
void commits_fail_and_end(const commits_scene *scene, fault how, int first, int last);

/* Makes a store that holds half of the commits and a journal, as a process that was killed
 * leaves it, for the scene to begin with. The program must call commits_leave() when it is run
 * with two arguments, with them. */
void commits_left(raw_store *left, commits_scene *scene);
__attribute__((noreturn)) void commits_leave(const char *verb, const char *path);
