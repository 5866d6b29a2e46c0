/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/schema/compare.h"

#include "base/check.h"
#include "engine/aggregate.h"
#include "engine/schema/kept.h"
#include "engine/schema/model.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *engine_verdict_name(engine_verdict verdict)
{
	switch (verdict) {
#define CASE(name, text)            \
	case ENGINE_VERDICT_##name: \
		return text;
		ENGINE_VERDICTS(CASE)
#undef CASE
	}
	CX_UNREACHABLE();
}

typedef struct comparing {
	const engine__comparison *what;
	engine_schema_report *report;
	cx_error *first;
	/* Where it is. */
	const engine_type *old;
	const engine_type *new;
	bool empty;
} comparing;

static void fail_first(comparing *self, const engine_schema_step *step)
{
	if (self->first == NULL || self->report->refused > 1)
		return;
	cx_fail(self->first, CX_UNSAFE_CHANGE, "%s%s%s: %s", step->type,
	        step->name[0] != '\0' ? "." : "", step->name, step->text);
}

static void hand_over(comparing *self, const engine_schema_step *step)
{
	engine_schema_report *report = self->report;
	switch (step->verdict) {
	case ENGINE_VERDICT_INSTANT:
		report->instant++;
		break;
	case ENGINE_VERDICT_REBUILD:
		report->rebuild++;
		break;
	case ENGINE_VERDICT_REFUSED:
		report->refused++;
		fail_first(self, step);
		break;
	}
	report->losing += step->loses;
	if (self->what->sink != NULL)
		self->what->sink(self->what->context, step);
}

CX_PRINTF(4, 5)
static void tell(comparing *self, engine_verdict verdict, const char *name, const char *format,
                 ...)
{
	char text[ENGINE_STEP_TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	const engine_type *type = self->new != NULL ? self->new : self->old;
	hand_over(self, &(engine_schema_step){
				.verdict = verdict,
				.type = type->name,
				.name = name,
				.text = text,
			});
}

static void instant(comparing *self, const char *name, const char *text)
{
	tell(self, ENGINE_VERDICT_INSTANT, name, "%s", text);
}

/* What only a type without records allows. */
static void only_empty(comparing *self, const char *name, const char *done, const char *refused)
{
	tell(self, self->empty ? ENGINE_VERDICT_INSTANT : ENGINE_VERDICT_REFUSED, name, "%s",
	     self->empty ? done : refused);
}

/* ---- fields ---- */

static void compare_labels(comparing *self, const engine_field *old, const engine_field *new)
{
	if (engine__labels_stay(old, new) && old->label_count == new->label_count)
		return;
	if (!engine__labels_are_kept(old, new))
		only_empty(self, new->name, "labels are taken away",
		           "records may have a label that is taken away; leave it in the text");
	else if (engine__labels_stay(old, new))
		instant(self, new->name, "new labels at the end");
	else
		instant(self, new->name, "labels in another order");
}

static void compare_length(comparing *self, const char *name, uint32_t old, uint32_t new,
                           const char *what)
{
	if (new > old)
		tell(self, ENGINE_VERDICT_INSTANT, name, "%" PRIu32 " %s instead of %" PRIu32,
		     new, what, old);
	else if (new < old && self->empty)
		tell(self, ENGINE_VERDICT_INSTANT, name, "%" PRIu32 " %s instead of %" PRIu32,
		     new, what, old);
	else if (new < old)
		tell(self, ENGINE_VERDICT_REFUSED, name,
		     "records may have more than %" PRIu32 " %s; leave %" PRIu32, new, what,
		     old);
}

static void compare_required(comparing *self, const engine_field *old, const engine_field *new)
{
	if (old->required && !new->required)
		instant(self, new->name, "not required any more");
	else if (!old->required && new->required)
		only_empty(self, new->name, "required",
		           "records may have no value, so it cannot be required");
}

static void compare_marks(comparing *self, const engine_field *old, const engine_field *new)
{
	if (old->readonly != new->readonly)
		instant(self, new->name,
		        new->readonly ? "read-only" : "not read-only any more");
	if (old->search_as != new->search_as && !(old->search || new->search))
		instant(self, new->name, "another order of what search finds");
	else if (old->search_as != new->search_as)
		tell(self, self->empty ? ENGINE_VERDICT_INSTANT : ENGINE_VERDICT_REBUILD,
		     new->name, "%s: the search index is built anew",
		     new->search ? "searched, or in another way" : "not searched any more");
	if (!cx_slice_equal(old->default_value, new->default_value))
		instant(self, new->name, "another default for new records");
	if (old->on_delete == ENGINE_KEEP && new->on_delete != ENGINE_KEEP)
		only_empty(self, new->name, "another rule of deletion",
		           "records may refer to deleted ones; leave \"on delete keep\"");
	else if (old->on_delete != new->on_delete)
		instant(self, new->name, "another rule of deletion");
	if (strcmp(old->label_en, new->label_en) != 0 ||
	    strcmp(old->label_zh, new->label_zh) != 0)
		instant(self, new->name, "other labels");
}

/* Whether records of a type, which may be new, can be stored. */
static bool has_records(const comparing *self, const engine_type *type)
{
	const engine_type *old = engine_schema_type(self->what->old, cx_slice_of(type->name));
	return old != NULL && !self->what->empty[old->number];
}

static void compare_extremum(comparing *self, const engine_rollup *old,
                             const engine_rollup *new)
{
	if (new->source == NULL || !has_records(self, new->type) ||
	    engine__kept_extremum(old->type, old, new))
		return;
	tell(self, ENGINE_VERDICT_REFUSED, new->field->name,
	     "it is kept by index %s of %s: add another that begins with %s, %s, and drop this "
	     "one when that is readable",
	     old->index->name, new->type->name, new->ref->name, new->source->name);
}

static void compare_rollup(comparing *self, const engine_field *old, const engine_field *new)
{
	if (engine__rollup_goes_on(old, new))
		compare_extremum(self, old->rollup, new->rollup);
	else if (self->empty)
		instant(self, new->name, "another rollup");
	else if (old->rollup == NULL)
		tell(self, ENGINE_VERDICT_REFUSED, new->name,
		     "it has values of its own: drop it, and add it again in another change");
	else if (new->rollup == NULL)
		tell(self, ENGINE_VERDICT_REFUSED, new->name,
		     "the store keeps its values, which are in no change log: drop it, and add "
		     "it again in another change");
	else
		tell(self, ENGINE_VERDICT_REBUILD, new->name, "%s",
		     engine__rollup_stays(old, new) ? "rollup whose build failed"
		                                    : "another rollup: emptied and built anew");
}

static void compare_kept(comparing *self, const engine_field *old, const engine_field *new)
{
	if (old->kind != new->kind)
		tell(self, ENGINE_VERDICT_INSTANT, new->name, "%s instead of %s",
		     engine_kind_name(new->kind), engine_kind_name(old->kind));
	else
		compare_length(self, new->name, old->length_max, new->length_max, "characters");
	compare_length(self, new->name, old->items_max, new->items_max, "items");
	if (old->kind == ENGINE_ENUM)
		compare_labels(self, old, new);
	compare_required(self, old, new);
	compare_marks(self, old, new);
	if (old->rollup != NULL || new->rollup != NULL)
		compare_rollup(self, old, new);
	const engine_index *index;
	if (!self->empty && !engine__kept_reference(self->old, self->new, new, &index))
		tell(self, ENGINE_VERDICT_REFUSED, new->name,
		     "the records that refer to one %s are found by index %s: add another that "
		     "begins with it, and drop this one when that is readable",
		     new->target->name, old->ref_index->name);
}

static void compare_replaced(comparing *self, const engine_field *old, const engine_field *new)
{
	char text[ENGINE_STEP_TEXT_MAX];
	if (old->kind == ENGINE_REF && new->kind == ENGINE_REF)
		snprintf(text, sizeof text, "it refers to %s and cannot refer to %s",
		         old->target->name, new->target->name);
	else
		snprintf(text, sizeof text, "its kind is %s and cannot become %s",
		         engine_kind_name(old->kind), engine_kind_name(new->kind));
	only_empty(self, new->name, "made anew", text);
}

static void compare_added(comparing *self, const engine_field *new)
{
	if (new->required &&new->default_value.size == 0 && !self->empty)
		tell(self, ENGINE_VERDICT_REFUSED, new->name,
		     "it is required and there are records without it: give it a default");
	else if (new->rollup != NULL && !self->empty && has_records(self, new->rollup->type))
		tell(self, ENGINE_VERDICT_REBUILD, new->name, "new rollup, %s",
		     engine_kind_name(new->kind));
	else
		tell(self, ENGINE_VERDICT_INSTANT, new->name, "new field, %s",
		     engine_kind_name(new->kind));
}

static void compare_fields(comparing *self)
{
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < self->new->field_count; i++) {
		const engine_field *new = &self->new->fields[i];
		const engine_field *old = engine_type_field(self->old, cx_slice_of(new->name));
		if (old == NULL)
			compare_added(self, new);
		else if (engine__field_stays(old, new))
			compare_kept(self, old, new);
		else
			compare_replaced(self, old, new);
	}
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < self->old->field_count; i++) {
		const engine_field *old = &self->old->fields[i];
		if (old->dropped ||
		    engine_type_field(self->new, cx_slice_of(old->name)) != NULL)
			continue;
		hand_over(self, &(engine_schema_step){
					.verdict = ENGINE_VERDICT_INSTANT,
					.loses = !self->empty,
					.type = self->new->name,
					.name = old->name,
					.text = self->empty ? "field dropped"
		                                            : "field dropped, with its values",
				});
	}
}

/* ---- indexes ---- */

static void compare_index(comparing *self, const engine_index *new)
{
	const engine_index *old = engine_type_index(self->old, cx_slice_of(new->name));
	if (engine__kept_index(self->old, new) != NULL)
		return;
	if (new->cluster || (old != NULL && old->cluster)) {
		only_empty(
			self, new->name, "another cluster",
			"the records lie in the order of their cluster, which cannot change");
		return;
	}
	const char *text = "changed index";
	if (old == NULL)
		text = new->unique ? "new unique index" : "new index";
	else if (old->state == ENGINE_INDEX_FAILED)
		text = "index whose build failed";
	tell(self, self->empty ? ENGINE_VERDICT_INSTANT : ENGINE_VERDICT_REBUILD, new->name,
	     "%s", text);
}

static void compare_indexes(comparing *self)
{
	for (uint16_t i = 0; i < self->new->index_count; i++)
		compare_index(self, &self->new->indexes[i]);
	for (uint16_t i = 0; i < self->old->index_count; i++) {
		const engine_index *old = &self->old->indexes[i];
		if (engine_type_index(self->new, cx_slice_of(old->name)) != NULL)
			continue;
		if (old->cluster)
			only_empty(
				self, old->name, "cluster dropped",
				"the records lie in the order of their cluster, which cannot "
				"change");
		else
			instant(self, old->name, "index dropped");
	}
}

/* ---- types ---- */

static void compare_type_marks(comparing *self)
{
	const engine_type *old = self->old;
	const engine_type *new = self->new;
	if (strcmp(old->label_en, new->label_en) != 0 ||
	    strcmp(old->label_zh, new->label_zh) != 0)
		instant(self, "", "other labels");
	if (old->keep != new->keep)
		only_empty(self, "", new->keep ? "keep" : "not keep any more",
		           "\"keep\" can only change while there are no records");
	if (old->readonly != new->readonly)
		instant(self, "", new->readonly ? "read-only" : "not read-only any more");
	if (old->single && !new->single)
		instant(self, "", "not single any more");
	else if (!old->single && new->single)
		only_empty(self, "", "single",
		           "\"single\" can only be set while there are no records");
}

static void compare_types(comparing *self)
{
	const engine_schema *schema = self->what->new;
	for (uint16_t i = 0; i < schema->type_count; i++) {
		self->new = &schema->types[i];
		self->old = engine_schema_type(self->what->old, cx_slice_of(self->new->name));
		if (self->old == NULL) {
			instant(self, "", "new type");
			continue;
		}
		self->empty = self->what->empty[self->old->number];
		compare_type_marks(self);
		compare_fields(self);
		compare_indexes(self);
	}
}

static void compare_dropped_types(comparing *self)
{
	const engine_schema *schema = self->what->old;
	self->new = NULL;
	for (uint16_t i = 0; i < schema->type_count; i++) {
		self->old = &schema->types[i];
		if (engine_schema_type(self->what->new, cx_slice_of(self->old->name)) != NULL)
			continue;
		self->empty = self->what->empty[i];
		only_empty(
			self, "", "type dropped",
			"it has records, or deleted ones, so it cannot be dropped: delete and "
			"purge them");
	}
}

/* ---- aggregates ---- */

static void compare_aggregate(comparing *self, const engine_aggregate *new)
{
	const engine_schema *schema = self->what->old;
	if (engine__kept_aggregate(schema, self->what->new, new) != NULL)
		return;
	const engine_aggregate *old = engine_schema_aggregate(schema, cx_slice_of(new->name));
	const char *text = "changed aggregate";
	if (old == NULL)
		text = "new aggregate";
	else if (old->state == ENGINE_AGGREGATE_FAILED)
		text = "aggregate whose build failed";
	self->new = new->type;
	self->old = engine_schema_type(schema, cx_slice_of(new->type->name));
	self->empty = self->old == NULL || self->what->empty[self->old->number];
	tell(self, self->empty ? ENGINE_VERDICT_INSTANT : ENGINE_VERDICT_REBUILD, new->name,
	     "%s", text);
}

static void compare_aggregates(comparing *self)
{
	const engine_schema *old = self->what->old;
	const engine_schema *new = self->what->new;
	for (uint16_t i = 0; i < new->aggregate_count; i++)
		compare_aggregate(self, &new->aggregates[i]);
	for (uint16_t i = 0; i < old->aggregate_count; i++) {
		const engine_aggregate *dropped = &old->aggregates[i];
		if (engine_schema_aggregate(new, cx_slice_of(dropped->name)) != NULL)
			continue;
		self->new = NULL;
		self->old = dropped->type;
		instant(self, dropped->name, "aggregate dropped");
	}
}

void engine__compare(const engine__comparison *comparison, engine_schema_report *report,
                     cx_error *first)
{
	comparing self = { .what = comparison, .report = report, .first = first };
	compare_types(&self);
	compare_dropped_types(&self);
	compare_aggregates(&self);
}
