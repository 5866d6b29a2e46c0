/* SPDX-License-Identifier: Apache-2.0 */
/* The list of options as a table, and the texts of their values. */
#pragma once

#include "daemon/config.h"

#include <stddef.h>

typedef enum daemon__option_kind {
	DAEMON__OPTION_TEXT,
	DAEMON__OPTION_SIZE,
	DAEMON__OPTION_COUNT,
	DAEMON__OPTION_FLAG,
	DAEMON__OPTION_MODE,
	DAEMON__OPTION_LEVEL,
	DAEMON__OPTION_FORMAT,
	DAEMON__OPTION_VERIFY,
} daemon__option_kind;

typedef struct daemon__option_info {
	const char *section;
	const char *key;
	daemon__option_kind kind;
	size_t offset; /* of the value in daemon_config */
	const char *default_text;
	uint64_t lowest;
	uint64_t highest;
	const char *help;
} daemon__option_info;

const daemon__option_info *daemon__option_info_of(daemon_option option);

bool daemon__option_find(const char *section, const char *key, daemon_option *ret);
bool daemon__option_has_section(const char *section);

/* Writes what is meant by a section and key that do not exist, "did you mean …?", or nothing
 * when no name is near. `key` may be NULL: a section is looked for. */
void daemon__option_suggest(const char *section, const char *key, cx_buf *out);

/* Reads `text` as a value of the option's kind into `*value`, which has that kind's type; a
 * TEXT becomes `text` itself.
 * Errors: CX_INVALID_ARGUMENT (with what is allowed). */
CX_MUST_USE cx_status daemon__option_parse(const daemon__option_info *info, const char *text,
                                           void *value, cx_error *error);
