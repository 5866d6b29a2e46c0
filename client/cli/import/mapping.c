/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/mapping.h"

#include <string.h>

/* A mapping file being read. */
typedef struct reading {
	cli_context *context;
	const char *path;
	cli_mapping *mapping;
	const char *at; /* the field being read, for messages */
} reading;

CX_PRINTF(2, 3) static cli_exit fail(const reading *self, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (self->at != NULL)
		return cli_usage("%s: field \"%s\": %s", self->path, self->at, text);
	return cli_usage("%s: %s", self->path, text);
}

static cli_exit check_keys(const reading *self, json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		size_t i = 0;
		while (known[i] != NULL && strcmp(known[i], key) != 0)
			i++;
		if (known[i] == NULL)
			return fail(self, "there is no setting \"%s\"", key);
	}
	return CLI_OK;
}

static cli_exit read_text(const reading *self, json_t *object, const char *key,
                          const char **ret)
{
	json_t *value = json_object_get(object, key);
	if (value == NULL)
		return CLI_OK;
	if (!json_is_string(value))
		return fail(self, "\"%s\" must be a string", key);
	*ret = json_string_value(value);
	return CLI_OK;
}

static cli_exit read_flag(const reading *self, json_t *object, const char *key, bool *ret)
{
	json_t *value = json_object_get(object, key);
	if (value == NULL)
		return CLI_OK;
	if (!json_is_boolean(value))
		return fail(self, "\"%s\" must be true or false", key);
	*ret = json_is_true(value);
	return CLI_OK;
}

/* An object whose values are all strings. */
static cli_exit read_map(const reading *self, json_t *object, const char *key, json_t **ret)
{
	json_t *map = json_object_get(object, key);
	if (map == NULL)
		return CLI_OK;
	if (!json_is_object(map))
		return fail(self, "\"%s\" must be an object of strings", key);
	const char *from;
	json_t *to;
	json_object_foreach(
		map, from,
		to) if (!json_is_string(to) &&
	                !json_is_null(
				to)) return fail(self,
	                                         "\"%s\": \"%s\" must lead to a string or null",
	                                         key, from);
	*ret = map;
	return CLI_OK;
}

static cli_exit add_format(const reading *self, json_t *value, cli_field_mapping *field)
{
	if (!json_is_string(value))
		return fail(self, "\"format\" must be a string or a list of strings");
	if (field->format_count == CLI_FORMATS_MAX)
		return fail(self, "over %d formats", CLI_FORMATS_MAX);
	field->formats[field->format_count++] = json_string_value(value);
	return CLI_OK;
}

static cli_exit read_formats(const reading *self, json_t *object, cli_field_mapping *field)
{
	json_t *value = json_object_get(object, "format");
	if (value == NULL)
		return CLI_OK;
	if (!json_is_array(value))
		return add_format(self, value, field);
	size_t i;
	json_t *item;
	json_array_foreach(value, i, item)
	{
		cli_exit end = add_format(self, item, field);
		if (end != CLI_OK)
			return end;
	}
	return CLI_OK;
}

static cli_exit read_scale(const reading *self, json_t *object, cli_field_mapping *field)
{
	json_t *value = json_object_get(object, "scale");
	if (value == NULL)
		return CLI_OK;
	const json_int_t scale = json_integer_value(value);
	json_int_t rest = scale;
	while (rest > 1 && rest % 10 == 0)
		rest /= 10;
	if (rest != 1)
		return fail(self, "\"scale\" must be 10, 100, 1000 …");
	if (field->field->kind != CARDEX_KIND_INT)
		return fail(self, "\"scale\" is for integer fields");
	field->scale = scale;
	return CLI_OK;
}

static cli_exit set_lookup(const reading *self, const char *index, cli_field_mapping *field)
{
	if (field->field->kind != CARDEX_KIND_REF)
		return fail(self, "it is no reference, so nothing can be looked up");
	cli_exit end = CLI_OK;
	field->target = cli_type(self->context, field->field->target, &end);
	if (field->target == NULL)
		return end;
	field->lookup = cardex_type_index(field->target, index);
	if (field->lookup == NULL || !field->lookup->unique || field->lookup->column_count != 1)
		return fail(self, "%s has no unique index of one column named \"%s\"",
		            field->target->name, index);
	return CLI_OK;
}

static cli_exit read_lookup(const reading *self, json_t *object, cli_field_mapping *field)
{
	const char *index = NULL;
	cli_exit end = read_text(self, object, "lookup", &index);
	return end != CLI_OK || index == NULL ? end : set_lookup(self, index, field);
}

static cli_exit read_field(const reading *self, json_t *value, cli_field_mapping *field)
{
	static const char *const keys[] = {
		"column", "template",       "value", "lookup",  "map", "format", "scale",
		"per",    "after_discount", "round", "default", "cut", "later",  NULL
	};
	if (json_is_string(value)) {
		field->column = json_string_value(value);
		return CLI_OK;
	}
	if (!json_is_object(value))
		return fail(self, "it must be a column name or an object");
	cli_exit end = check_keys(self, value, keys);
	if (end == CLI_OK)
		end = read_text(self, value, "column", &field->column);
	if (end == CLI_OK)
		end = read_text(self, value, "template", &field->template);
	if (end == CLI_OK)
		end = read_text(self, value, "value", &field->value);
	if (end == CLI_OK)
		end = read_lookup(self, value, field);
	if (end == CLI_OK)
		end = read_map(self, value, "map", &field->map);
	if (end == CLI_OK)
		end = read_formats(self, value, field);
	if (end == CLI_OK)
		end = read_scale(self, value, field);
	if (end == CLI_OK)
		end = read_text(self, value, "per", &field->per);
	if (end == CLI_OK)
		end = read_text(self, value, "after_discount", &field->after_discount);
	if (end == CLI_OK)
		end = read_flag(self, value, "round", &field->round);
	if (end == CLI_OK)
		end = read_text(self, value, "default", &field->fallback);
	if (end == CLI_OK)
		end = read_flag(self, value, "cut", &field->cut);
	if (end == CLI_OK)
		end = read_flag(self, value, "later", &field->later);
	const int given =
		(field->column != NULL) + (field->template != NULL) + (field->value != NULL);
	if (end == CLI_OK && given != 1)
		end = fail(self, "it needs one of \"column\", \"template\" and \"value\"");
	if (end == CLI_OK && field->after_discount != NULL &&
	    field->field->kind != CARDEX_KIND_MONEY)
		end = fail(self, "\"after_discount\" is for amounts of money");
	if (end == CLI_OK && field->later && field->lookup == NULL)
		end = fail(self, "\"later\" needs \"lookup\"");
	return end;
}

static cli_exit add_field(const reading *self, const char *name, cli_field_mapping **ret)
{
	cli_mapping *mapping = self->mapping;
	const cardex_field *field = cardex_type_field(mapping->type, name);
	if (field == NULL)
		return fail(self, "%s has no such field", mapping->type->name);
	if (mapping->field_count == CLI_FIELDS_MAX)
		return fail(self, "over %d fields", CLI_FIELDS_MAX);
	*ret = &mapping->fields[mapping->field_count++];
	(*ret)->field = field;
	return CLI_OK;
}

static cli_exit read_fields(reading *self)
{
	json_t *fields = json_object_get(self->mapping->root, "fields");
	if (!json_is_object(fields))
		return fail(self, "\"fields\" must be an object");
	const char *name;
	json_t *value;
	json_object_foreach(fields, name, value)
	{
		cli_field_mapping *field;
		self->at = name;
		cli_exit end = add_field(self, name, &field);
		if (end == CLI_OK)
			end = read_field(self, value, field);
		if (end != CLI_OK)
			return end;
	}
	self->at = NULL;
	return CLI_OK;
}

static cli_exit read_offset(const reading *self)
{
	const char *text = "Z";
	cli_exit end = read_text(self, self->mapping->root, "utc_offset", &text);
	char sign;
	unsigned hours, minutes;
	if (end != CLI_OK || strcmp(text, "Z") == 0)
		return end;
	if (sscanf(text, "%c%2u:%2u", &sign, &hours, &minutes) != 3 || hours > 14 ||
	    minutes > 59 || (sign != '+' && sign != '-'))
		return fail(self, "\"utc_offset\" must look like \"+08:00\"");
	const int offset = (int)(hours * 60 + minutes);
	self->mapping->offset_minutes = sign == '-' ? -offset : offset;
	return CLI_OK;
}

static cli_exit read_separator(const reading *self)
{
	const char *text = ",";
	cli_exit end = read_text(self, self->mapping->root, "separator", &text);
	if (end == CLI_OK && strlen(text) != 1)
		return fail(self, "\"separator\" must be one character");
	self->mapping->separator = text[0];
	return end;
}

static cli_exit read_type(const reading *self)
{
	const char *name = self->mapping->type->name;
	cli_exit end = read_text(self, self->mapping->root, "type", &name);
	if (end == CLI_OK && strcmp(name, self->mapping->type->name) != 0)
		return fail(self, "it is for \"%s\", not for \"%s\"", name,
		            self->mapping->type->name);
	const char *key = NULL;
	if (end == CLI_OK)
		end = read_text(self, self->mapping->root, "key", &key);
	if (end == CLI_OK && key != NULL)
		end = cli_mapping_set_key(self->mapping, key);
	return end;
}

static cli_exit check_values(const reading *self)
{
	const char *column;
	json_t *map, *unused;
	json_object_foreach(self->mapping->values, column, map)
	{
		cli_exit end = read_map(self, self->mapping->values, column, &unused);
		if (end != CLI_OK)
			return end;
	}
	json_object_foreach(self->mapping->skip, column, map) if (
		!json_is_array(map)) return fail(self,
	                                         "\"skip\": \"%s\" must be a list of strings",
	                                         column);
	return CLI_OK;
}

/* What "at" is read like. */
static const cardex_field at_field = { .name = "at",
	                               .kind = CARDEX_KIND_TS,
	                               .kind_name = "ts" };

static cli_exit read_at(reading *self)
{
	json_t *value = json_object_get(self->mapping->root, "at");
	if (value == NULL)
		return CLI_OK;
	self->at = "at";
	self->mapping->at.field = &at_field;
	cli_exit end = read_field(self, value, &self->mapping->at);
	self->at = NULL;
	return end;
}

static cli_exit read_root(reading *self)
{
	static const char *const keys[] = { "type",       "key",    "separator",
		                            "utc_offset", "values", "skip",
		                            "fields",     "at",     NULL };
	cli_mapping *mapping = self->mapping;
	mapping->values = json_object_get(mapping->root, "values");
	mapping->skip = json_object_get(mapping->root, "skip");
	cli_exit end = check_keys(self, mapping->root, keys);
	if (end == CLI_OK)
		end = check_values(self);
	if (end == CLI_OK)
		end = read_type(self);
	if (end == CLI_OK)
		end = read_separator(self);
	if (end == CLI_OK)
		end = read_offset(self);
	if (end == CLI_OK)
		end = read_at(self);
	return end == CLI_OK ? read_fields(self) : end;
}

cli_exit cli_mapping_read(cli_context *context, const char *path, const cardex_type *type,
                          cli_mapping *ret)
{
	json_error_t why;
	*ret = (cli_mapping){ .type = type, .separator = ',' };
	ret->root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (ret->root == NULL)
		return cli_usage("%s: line %d, column %d: %s", path, why.line, why.column,
		                 why.text);
	reading self = { .context = context, .path = path, .mapping = ret };
	if (!json_is_object(ret->root))
		return fail(&self, "it must be one object");
	return read_root(&self);
}

cli_exit cli_mapping_set_at(cli_mapping *mapping, const char *name)
{
	for (size_t i = 0; i < mapping->field_count; i++) {
		const cli_field_mapping *from = &mapping->fields[i];
		const cardex_kind kind = from->field->kind;
		if (strcmp(from->field->name, name) != 0)
			continue;
		if (kind != CARDEX_KIND_DATE && kind != CARDEX_KIND_TS)
			return cli_usage("--at %s: it is neither a date nor a time", name);
		mapping->at = *from;
		mapping->at.field = &at_field;
		return CLI_OK;
	}
	mapping->at = (cli_field_mapping){ .field = &at_field, .column = name };
	return CLI_OK;
}

cli_exit cli_mapping_set_key(cli_mapping *mapping, const char *index)
{
	mapping->key = cardex_type_index(mapping->type, index);
	if (mapping->key == NULL || !mapping->key->unique)
		return cli_usage("%s has no unique index \"%s\" to match rows by",
		                 mapping->type->name, index);
	return CLI_OK;
}

static bool is_mapped(const cli_mapping *mapping, const char *name)
{
	for (size_t i = 0; i < mapping->field_count; i++)
		if (strcmp(mapping->fields[i].field->name, name) == 0)
			return true;
	return false;
}

static cli_exit map_column(reading *self, const char *column)
{
	char name[64];
	const size_t length = strcspn(column, ".");
	snprintf(name, sizeof name, "%.*s", (int)length, column);
	if (is_mapped(self->mapping, name))
		return fail(self, "two columns are for \"%s\"", name);
	if (cardex_type_field(self->mapping->type, name) == NULL)
		return fail(self,
		            "column \"%s\" is named like no field of %s: give a mapping file "
		            "(--map)",
		            column, self->mapping->type->name);
	cli_field_mapping *field;
	cli_exit end = add_field(self, name, &field);
	if (end != CLI_OK)
		return end;
	field->column = column;
	self->at = column;
	if (column[length] == '.')
		end = set_lookup(self, column + length + 1, field);
	field->later = end == CLI_OK && field->target == self->mapping->type;
	self->at = NULL;
	return end;
}

cli_exit cli_mapping_of_header(cli_context *context, const cx_slice *columns, size_t count,
                               cli_mapping *mapping)
{
	reading self = { .context = context, .path = "the header", .mapping = mapping };
	mapping->root = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *name = json_stringn((const char *)columns[i].data, columns[i].size);
		if (name == NULL || json_array_append_new(mapping->root, name) != 0)
			return fail(&self, "column %zu has no readable name", i + 1);
		cli_exit end = map_column(&self, json_string_value(name));
		if (end != CLI_OK)
			return end;
	}
	return CLI_OK;
}

void cli_mapping_release(cli_mapping *mapping)
{
	json_decref(mapping->root);
	mapping->root = NULL;
}
