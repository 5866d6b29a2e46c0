/* SPDX-License-Identifier: Apache-2.0 */
/* Teams form trees of at most eight levels. The path of a team names those above it, from the
 * top: "/" at the top, "/3/17/" two levels below; so all teams below team 17 have a path that
 * begins "/3/17/". */
#include "base/msgpack.h"
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"
#include "engine/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME, PARENT, PATH };
static const char *const fields[] = {
	[NAME] = "name",
	[PARENT] = "parent",
	[PATH] = "path",
};

enum { LEVELS_MAX = 8, PATH_BYTES = 256 };

static cx_status fail_deep(int64_t id, cx_error *error)
{
	return cx_fail_field(error, CX_CHECK, "parent",
	                     "team %" PRId64 " would stand below the level %d that teams may "
	                     "have",
	                     id, LEVELS_MAX);
}

/* ---- the path of the team itself ---- */

/* Those above, the nearest first. */
static cx_status ancestors(engine_draft *draft, int64_t ids[LEVELS_MAX], size_t *ret_count,
                           cx_error *error)
{
	const int64_t self = engine_draft_id(draft);
	int64_t above = engine_draft_int(draft, PARENT);
	size_t count = 0;
	while (above != 0) {
		if (above == self)
			return cx_fail_field(error, CX_CHECK, "parent",
			                     "team %" PRId64 " would be above itself: choose "
			                     "a parent that is not below it",
			                     self);
		if (count == LEVELS_MAX - 1)
			return fail_deep(self, error);
		ids[count++] = above;
		engine_draft *parent;
		cx_status status = engine_draft_load(draft, PARENT, above, &parent, error);
		if (status == CX_NOT_FOUND) /* told when it is written */
			break;
		if (status != CX_OK)
			return status;
		above = engine_draft_int(parent, PARENT);
	}
	*ret_count = count;
	return CX_OK;
}

static void append(char path[PATH_BYTES], int64_t id)
{
	const size_t size = strlen(path);
	snprintf(path + size, PATH_BYTES - size, "%" PRId64 "/", id);
}

static cx_status set_path(engine_draft *draft, cx_error *error)
{
	int64_t ids[LEVELS_MAX];
	size_t count = 0;
	cx_status status = ancestors(draft, ids, &count, error);
	if (status != CX_OK)
		return status;
	char path[PATH_BYTES] = "/";
	while (count > 0)
		append(path, ids[--count]);
	return engine_draft_set_text(draft, PATH, cx_slice_of(path));
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	cx_status status = crm__norms_not_blank(draft, NAME, "name", error);
	if (status != CX_OK)
		return status;
	const bool moved = !engine_draft_existed(draft) ||
	                   engine_draft_is_changed(draft, PARENT) ||
	                   engine_draft_is_null(draft, PATH);
	return moved ? set_path(draft, error) : CX_OK;
}

/* ---- those below it ---- */

typedef struct below {
	int64_t *ids;
	size_t count;
	size_t room;
} below;

static void release(below *self)
{
	free(self->ids);
}

static cx_status take(void *context, const engine_row *row)
{
	below *self = context;
	if (self->count == self->room) {
		const size_t room = self->room == 0 ? 64 : 2 * self->room;
		int64_t *ids = realloc(self->ids, room * sizeof *ids);
		if (ids == NULL)
			return CX_NO_MEMORY;
		self->ids = ids;
		self->room = room;
	}
	self->ids[self->count++] = row->id;
	return CX_OK;
}

/* All are found before one is changed: they are found by their paths. */
static cx_status find_below(engine_draft *draft, const char *path, below *ret, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(PATH_BYTES + 64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "prefix");
	cx_write_text(&filter, "path");
	cx_write_text(&filter, path);
	engine_query query = { .type = engine_draft_type(draft),
		               .filter = cx_buf_slice(&filter),
		               .limit = ENGINE_PAGE_RECORDS_MAX,
		               .allow_scan = true };
	engine_page pages[2] = { 0 }; /* the one before tells where the next begins */
	cx_status status = cx_buf_status(&filter);
	for (unsigned i = 0; status == CX_OK; i++) {
		engine_page *page = &pages[i % 2];
		status = engine_query_run(engine_draft_view(draft), &query, take, ret, page,
		                          error);
		if (page->position_size == 0)
			break;
		query.after = (cx_slice){ .data = page->position, .size = page->position_size };
	}
	return status;
}

/* `path` has one part for each team above, and a team more is below that. */
static bool is_too_deep(const char *path)
{
	int slashes = 0;
	for (; *path != '\0'; path++)
		slashes += *path == '/';
	return slashes > LEVELS_MAX;
}

static cx_status move(engine_draft *draft, int64_t id, const char *from, const char *to,
                      cx_error *error)
{
	engine_draft *team;
	cx_status status = engine_draft_load(draft, PATH, id, &team, error);
	if (status != CX_OK)
		return status;
	const cx_slice rest = cx_slice_from(engine_draft_text(team, PATH), strlen(from));
	char path[2 * PATH_BYTES];
	snprintf(path, sizeof path, "%s%.*s", to, CX_SLICE_ARG(rest));
	if (is_too_deep(path))
		return fail_deep(id, error);
	status = engine_draft_set_text(team, PATH, cx_slice_of(path));
	return status == CX_OK ? engine_draft_save(team, error) : status;
}

static cx_status after(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) != ENGINE_UPDATES ||
	    !engine_draft_is_changed(draft, PATH) || engine_draft_was_null(draft, PATH))
		return CX_OK;
	char from[PATH_BYTES], to[PATH_BYTES];
	const cx_slice old = engine_draft_old_text(draft, PATH);
	const cx_slice new = engine_draft_text(draft, PATH);
	snprintf(from, sizeof from, "%.*s", CX_SLICE_ARG(old));
	snprintf(to, sizeof to, "%.*s", CX_SLICE_ARG(new));
	append(from, engine_draft_id(draft));
	append(to, engine_draft_id(draft));
	CX_SCOPED(release) below found = { 0 };
	cx_status status = find_below(draft, from, &found, error);
	for (size_t i = 0; i < found.count && status == CX_OK; i++)
		status = move(draft, found.ids[i], from, to, error);
	return status;
}

const engine_rule crm__team_rule = {
	.type = "team",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
