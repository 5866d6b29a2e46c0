/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/describe.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVENTS_SHOWN = 24 };

static void print_event(const event *what)
{
	printf("  %s", event_kind_name(what->kind));
	if (what->from[0] != '\0')
		printf(" %s ->", what->from);
	if (what->name[0] != '\0')
		printf(" %s", what->name);
	switch (what->kind) {
	case EVENT_LINK:
	case EVENT_RENAME:
	case EVENT_SYNC:
	case EVENT_SETTLE:
		if (what->file == NO_FILE)
			printf(" removed\n");
		else
			printf(" file %" PRIu32 "\n", what->file);
		return;
	case EVENT_WRITE:
		printf(" file %" PRIu32 " at %" PRIu64 ", %zu bytes\n", what->file, what->at,
		       what->size);
		return;
	case EVENT_RESIZE:
		printf(" file %" PRIu32 " to %" PRIu64 "\n", what->file, what->at);
		return;
	case EVENT_BEGIN:
	case EVENT_ACK:
	case EVENT_SHOWN:
		printf(" %" PRIu64 "\n", what->at);
		return;
	case EVENT_SYNC_FOLDER:
		printf("\n");
		return;
	}
	CX_UNREACHABLE();
}

void describe(const event_trace *trace, size_t place, const disk_model *disk, crash_how how,
              const crash_image *image)
{
	printf("events up to %zu of %zu:\n", place + 1, trace->count);
	for (size_t i = place < EVENTS_SHOWN ? 0 : place - EVENTS_SHOWN; i <= place; i++)
		print_event(&trace->events[i]);
	printf("%s %zu pending:\n", crash_how_name(how), disk->pending_count);
	for (size_t i = 0; i < disk->pending_count; i++)
		print_event(&disk->pending[i]);

	char folder[] = "/tmp/cardex-crash-state-XXXXXX";
	CX_ASSERT(mkdtemp(folder) != NULL);
	image_write(image, folder);
	printf("the state is kept in %s:\n", folder);
	for (size_t i = 0; i < image->names.count; i++)
		printf("  %s, %zu bytes\n", image->names.entries[i].name,
		       image->files[image->names.entries[i].file].size);
	fflush(stdout);
}
