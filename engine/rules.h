/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: code of a trade that runs inside the writes of a store, in their transaction.
 *
 * A rule belongs to one record type. Its hook `before` sees a record before it is written and
 * may change its fields or refuse the write; its hook `after` sees it written and may change
 * others because of it. All that happens is one change: one number, and undone together.
 *
 * Rules run for create, update, upsert, delete and undelete, of a record that is named and of
 * those that a delete takes along. They do not run for what is marked engine_change.internal,
 * for what rules themselves write, for rollups, references that a delete clears, purge, and
 * replay: the log holds what they did.
 *
 * A rule names the fields that it works with in a table, and says which one it means by its
 * position there; the engine looks them up once for each generation of the schema. In a store
 * whose schema does not have them all the rule is left out: engine_rule_missing() says so. */
#pragma once

#include "engine/record.h"

/* A record that is being worked on. Lives as long as the hook runs. */
typedef struct engine_draft engine_draft;

typedef enum engine_event {
	ENGINE_CREATES,
	ENGINE_UPDATES,
	ENGINE_DELETES,
	ENGINE_UNDELETES,
} engine_event;

/* Refuses with CX_CHECK and a text that says what may be done instead, or fails as what it
 * called did. */
typedef cx_status engine_rule_hook(engine_draft *draft, cx_error *error);

enum { ENGINE_RULE_FIELDS_MAX = 128 };

typedef struct engine_rule {
	const char *type;
	/* "amount": of the type itself; "stage.kind": of another one. System fields, too. */
	const char *const *fields;
	uint16_t field_count;
	engine_rule_hook *before; /* may be NULL; not called for what is undeleted */
	/* May be NULL. For ENGINE_DELETES and ENGINE_UNDELETES all records that go or come
	 * together have done so. */
	engine_rule_hook *after;
} engine_rule;

typedef struct engine_rules {
	const engine_rule *const *items; /* one for a type at most */
	size_t count;
	/* The text of the schema that the rules were written for. What they name must be in a
	 * store as it is there: of the same kind, with the labels, targets and unique indexes
	 * that it has there. NULL: they take what they find. */
	cx_slice (*schema)(void);
} engine_rules;

/* The first field that the rule needs and the newest schema does not have (or has as something
 * else), as the rule names it (its type when there is none); NULL when the rule runs. A change
 * of the schema that would leave out a rule which runs is refused, unless it drops the type. */
const char *engine_rule_missing(const engine *self, const engine_rule *rule);

/* ---- what a hook is told ---- */

engine_event engine_draft_event(const engine_draft *draft);
/* Who writes, when and why. The time of what happens is engine_author_at(). */
const engine_change *engine_draft_change(const engine_draft *draft);
/* For engine_get(), engine_query() and so on: the inside of the transaction. */
engine_read *engine_draft_view(const engine_draft *draft);
/* Minutes east of UTC in which the schema's days and months begin. */
CX_MUST_USE cx_status engine_draft_zone(const engine_draft *draft, int64_t *ret_minutes);

/* False when a delete or undelete takes the record along with the one that was named. */
bool engine_draft_is_named(const engine_draft *draft);
/* Whether the caller gave the field in this request; false for what is not the record the hook
 * was called with. */
bool engine_draft_is_given(const engine_draft *draft, unsigned field);

/* ---- fields; `field` is a position in the rule's table, and of the draft's type ---- */

/* 0 until a new record has been written. */
int64_t engine_draft_id(const engine_draft *draft);
const engine_type *engine_draft_type(const engine_draft *draft);
/* Whether there was a record before this write: not for creates. */
bool engine_draft_existed(const engine_draft *draft);

bool engine_draft_is_null(const engine_draft *draft, unsigned field);
/* bool, int, money, date, ts, ref: the value; enum: position of the label; 0 when null. */
int64_t engine_draft_int(const engine_draft *draft, unsigned field);
/* string, text, bytes; list: its MessagePack array. Empty when null. */
cx_slice engine_draft_text(const engine_draft *draft, unsigned field);
/* An enum's label; NULL when null. */
const char *engine_draft_label(const engine_draft *draft, unsigned field);
bool engine_draft_is(const engine_draft *draft, unsigned field, const char *label);

/* The same of the record as it was before this write; null where there was none. */
bool engine_draft_was_null(const engine_draft *draft, unsigned field);
int64_t engine_draft_old_int(const engine_draft *draft, unsigned field);
cx_slice engine_draft_old_text(const engine_draft *draft, unsigned field);
const char *engine_draft_old_label(const engine_draft *draft, unsigned field);
bool engine_draft_was(const engine_draft *draft, unsigned field, const char *label);
/* True for a new record when the field is not null. */
bool engine_draft_is_changed(const engine_draft *draft, unsigned field);

/* Setting is for `before`, and for drafts that are saved afterwards; never for rollups.
 * A label the field does not have is a defect. Text is copied; it must be valid UTF-8 in NFC,
 * and is cut at a character when it is longer than the field allows. */
void engine_draft_set_null(engine_draft *draft, unsigned field);
void engine_draft_set_int(engine_draft *draft, unsigned field, int64_t value);
void engine_draft_set_label(engine_draft *draft, unsigned field, const char *label);
CX_MUST_USE cx_status engine_draft_set_text(engine_draft *draft, unsigned field, cx_slice text);

/* ---- other records; `field` is any position in the table that names a field of their type
 * ---- */

/* A live record as it stands in this transaction.
 * Errors: CX_NOT_FOUND (none, or deleted), CX_NO_MEMORY, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_draft_load(engine_draft *draft, unsigned field, int64_t id,
                                        engine_draft **ret, cx_error *error);
/* The live record with this text in `field`, which has a unique index of its own. Errors: as
 * above. */
CX_MUST_USE cx_status engine_draft_find(engine_draft *draft, unsigned field, cx_slice text,
                                        engine_draft **ret, cx_error *error);
/* The record of a type of which there is one at most; a new one when there is none yet. */
CX_MUST_USE cx_status engine_draft_single(engine_draft *draft, unsigned field,
                                          engine_draft **ret, cx_error *error);
/* A new one with its defaults. */
CX_MUST_USE cx_status engine_draft_new(engine_draft *draft, unsigned field, engine_draft **ret);

/* Writes a draft made by the two above, or the record of the hook once more (in `after`). In
 * `before` it is put off until the record itself is written. One that is as it was is not
 * written. Errors: as create and update. */
CX_MUST_USE cx_status engine_draft_save(engine_draft *draft, cx_error *error);

/* Calls `action` with each live record whose reference `field` ("order_line.order") is to `id`,
 * in the order of the index by that field. It may save what it is called with, in `after`.
 * Stops at the first error. */
typedef cx_status engine_draft_action(void *context, engine_draft *found, cx_error *error);
CX_MUST_USE cx_status engine_draft_each(engine_draft *draft, unsigned field, int64_t id,
                                        engine_draft_action *action, void *context,
                                        cx_error *error);
