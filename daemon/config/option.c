/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config/option.h"

#include "base/check.h"

#include <string.h>

enum {
	NAME_BYTES_MAX = 64, /* longer names are near to none of ours */
	DISTANCE_MAX = 3,    /* letters to change */
};

static const daemon__option_info infos[] = {
#define INFO(section_, key_, kind_, default_, lowest_, highest_, help_) \
	{                                                               \
		.section = #section_,                                   \
		.key = #key_,                                           \
		.kind = DAEMON__OPTION_##kind_,                         \
		.offset = offsetof(daemon_config, section_##_##key_),   \
		.default_text = default_,                               \
		.lowest = lowest_,                                      \
		.highest = highest_,                                    \
		.help = help_,                                          \
	},
	DAEMON_OPTIONS(INFO)
#undef INFO
};

const daemon__option_info *daemon__option_info_of(daemon_option option)
{
	CX_ASSERT(option < DAEMON_OPTION_COUNT_ALL);
	return &infos[option];
}

bool daemon__option_find(const char *section, const char *key, daemon_option *ret)
{
	for (size_t i = 0; i < CX_COUNT_OF(infos); i++) {
		if (strcmp(infos[i].section, section) == 0 && strcmp(infos[i].key, key) == 0) {
			*ret = (daemon_option)i;
			return true;
		}
	}
	return false;
}

bool daemon__option_has_section(const char *section)
{
	for (size_t i = 0; i < CX_COUNT_OF(infos); i++)
		if (strcmp(infos[i].section, section) == 0)
			return true;
	return false;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_BYTES_MAX + 1];
	size_t a_length = strlen(a);
	size_t b_length = strlen(b);
	if (a_length > NAME_BYTES_MAX || b_length > NAME_BYTES_MAX)
		return SIZE_MAX;

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
			diagonal = row[j];
			row[j] = smallest(change, row[j - 1] + 1, diagonal + 1);
		}
	}
	return row[b_length];
}

static void suggest_section(const char *section, cx_buf *out)
{
	const char *nearest = NULL;
	size_t best = DISTANCE_MAX + 1;
	for (size_t i = 0; i < CX_COUNT_OF(infos); i++) {
		size_t now = distance(section, infos[i].section);
		if (now < best) {
			best = now;
			nearest = infos[i].section;
		}
	}
	if (nearest != NULL)
		cx_buf_printf(out, "did you mean [%s]?", nearest);
}

/* A key counts as one letter further away when it is in another section, so that the right
 * key of the wrong section is found, and a near one of the right section before it. */
void daemon__option_suggest(const char *section, const char *key, cx_buf *out)
{
	if (key == NULL) {
		suggest_section(section, out);
		return;
	}
	const daemon__option_info *nearest = NULL;
	size_t best = DISTANCE_MAX + 1;
	for (size_t i = 0; i < CX_COUNT_OF(infos); i++) {
		size_t letters = distance(key, infos[i].key);
		if (letters >= strlen(infos[i].key))
			continue;
		size_t now = letters + (strcmp(section, infos[i].section) == 0 ? 0 : 1);
		if (now < best) {
			best = now;
			nearest = &infos[i];
		}
	}
	if (nearest != NULL)
		cx_buf_printf(out, "did you mean %s in [%s]?", nearest->key, nearest->section);
}
