/* SPDX-License-Identifier: Apache-2.0 */
/* Names, numbers and texts of the statuses, and the error a human is told. */
#include "base/status.h"

#include "base/check.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct description {
	const char *name;
	const char *text;
	uint32_t wire;
	cx_status_class class_of;
} description;

#define DESCRIPTION(name, wire, class_, text) { #name, text, wire, CX_CLASS_##class_ },
static const description descriptions[] = { CX_STATUSES(DESCRIPTION) };

/* Two statuses with one wire number make two members with one name, which does not
 * compile. */
#define MEMBER(name, wire, class_, text) char wire_##wire;
struct wire_numbers_are_unique {
	CX_STATUSES(MEMBER)
};

static const description *describe(cx_status status)
{
	CX_ASSERT((unsigned)status < CX_STATUS_COUNT);
	return &descriptions[status];
}

const char *cx_status_name(cx_status status)
{
	return describe(status)->name;
}

const char *cx_status_text(cx_status status)
{
	return describe(status)->text;
}

uint32_t cx_status_wire(cx_status status)
{
	return describe(status)->wire;
}

cx_status cx_status_of_wire(uint32_t wire)
{
	for (unsigned i = 0; i < CX_STATUS_COUNT; i++) {
		if (descriptions[i].wire == wire)
			return (cx_status)i;
	}
	return CX_INTERNAL;
}

cx_status_class cx_status_class_of(cx_status status)
{
	return describe(status)->class_of;
}

bool cx_status_is_retryable(cx_status status)
{
	return cx_status_class_of(status) == CX_CLASS_RETRY;
}

/* Drops the start of a character whose end did not fit. */
static void drop_cut_character(char *text)
{
	size_t size = strlen(text);
	size_t lead = size;
	while (lead > 0 && ((uint8_t)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0)
		return;
	lead--;
	cx_slice last = { .data = (const uint8_t *)text + lead, .size = size - lead };
	if (!cx_text_is_utf8(last, NULL))
		text[lead] = '\0';
}

/* What is formatted may hold pieces of foreign bytes; the result never does. */
static void replace_bad_bytes(char *text)
{
	cx_slice rest = cx_slice_of(text);
	size_t bad = 0;
	while (!cx_text_is_utf8(rest, &bad)) {
		text += bad;
		*text++ = '?';
		rest = cx_slice_from(rest, bad + 1);
	}
}

CX_PRINTF(3, 0)
static void format_text(char *text, size_t room, const char *format, va_list arguments)
{
	/* By way of a local copy: the arguments may point into the error itself. */
	char formatted[CX_ERROR_TEXT_SIZE];
	CX_ASSERT(room <= sizeof formatted);
	int length = vsnprintf(formatted, room, format, arguments);
	if (length < 0)
		formatted[0] = '\0';
	if (length >= (int)room)
		drop_cut_character(formatted);
	replace_bad_bytes(formatted);
	memcpy(text, formatted, strlen(formatted) + 1);
}

CX_PRINTF(3, 4)
static void print_text(char *text, size_t room, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	format_text(text, room, format, arguments);
	va_end(arguments);
}

static void fill(cx_error *error, cx_status status)
{
	error->status = status;
	error->line = 0;
	error->column = 0;
	error->field[0] = '\0';
	error->index[0] = '\0';
}

cx_status cx_fail(cx_error *error, cx_status status, const char *format, ...)
{
	if (error == NULL)
		return status;
	va_list arguments;
	va_start(arguments, format);
	format_text(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	fill(error, status);
	return status;
}

cx_status cx_fail_field(cx_error *error, cx_status status, const char *field,
                        const char *format, ...)
{
	if (error == NULL)
		return status;
	char name[CX_ERROR_NAME_SIZE];
	print_text(name, sizeof name, "%s", field);
	va_list arguments;
	va_start(arguments, format);
	format_text(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	fill(error, status);
	memcpy(error->field, name, sizeof name);
	return status;
}
