/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options, from text. */
#include "base/check.h"
#include "daemon/config/option.h"

#include <inttypes.h>
#include <string.h>

/* Digits of `base`, all of `text` up to `*ret_rest`; false when there is none or they pass
 * 64 bits. */
static bool read_digits(const char *text, unsigned base, uint64_t *ret, const char **ret_rest)
{
	uint64_t value = 0;
	const char *at = text;
	for (; *at >= '0' && *at < (char)('0' + base); at++) {
		uint64_t digit = (uint64_t)(*at - '0');
		if (value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret = value;
	*ret_rest = at;
	return at > text;
}

/* The power of two a unit stands for; false when it is none. */
static bool unit_shift(const char *unit, unsigned *ret)
{
	static const char units[] = "kmgt";
	if (unit[0] == '\0') {
		*ret = 0;
		return true;
	}
	char lower = unit[0] >= 'A' && unit[0] <= 'Z' ? (char)(unit[0] + ('a' - 'A')) : unit[0];
	const char *found = strchr(units, lower);
	if (found == NULL || unit[1] != '\0')
		return false;
	*ret = (unsigned)(found - units + 1) * 10;
	return true;
}

static cx_status check_range(const daemon__option_info *info, uint64_t value, cx_error *error)
{
	if (value >= info->lowest && value <= info->highest)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "%s must lie between %" PRIu64 " and %" PRIu64, info->key, info->lowest,
	               info->highest);
}

static cx_status parse_size(const daemon__option_info *info, const char *text, uint64_t *ret,
                            cx_error *error)
{
	uint64_t value = 0;
	const char *unit = NULL;
	unsigned shift = 0;
	if (!read_digits(text, 10, &value, &unit) || !unit_shift(unit, &shift) ||
	    value > UINT64_MAX >> shift)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "%s is a size: a number, with K, M, G or T after it if need be",
		               info->key);
	cx_status status = check_range(info, value << shift, error);
	if (status == CX_OK)
		*ret = value << shift;
	return status;
}

static cx_status parse_count(const daemon__option_info *info, const char *text, unsigned base,
                             uint64_t *ret, cx_error *error)
{
	uint64_t value = 0;
	const char *rest = NULL;
	if (!read_digits(text, base, &value, &rest) || *rest != '\0')
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s is %s", info->key,
		               base == 8 ? "an octal number such as 0660" : "a whole number");
	cx_status status = check_range(info, value, error);
	if (status == CX_OK)
		*ret = value;
	return status;
}

static cx_status parse_flag(const daemon__option_info *info, const char *text, bool *ret,
                            cx_error *error)
{
	bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
	if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s is yes or no", info->key);
	*ret = yes;
	return CX_OK;
}

static cx_status parse_level(const daemon__option_info *info, const char *text,
                             daemon_log_level *ret, cx_error *error)
{
#define TRY(name, word)                   \
	if (strcmp(text, word) == 0) {    \
		*ret = DAEMON_LOG_##name; \
		return CX_OK;             \
	}
	DAEMON_LOG_LEVELS(TRY)
#undef TRY
	return cx_fail(error, CX_INVALID_ARGUMENT, "%s is one of %s", info->key, info->help);
}

static cx_status parse_format(const daemon__option_info *info, const char *text,
                              daemon_log_format *ret, cx_error *error)
{
#define TRY(name, word)                      \
	if (strcmp(text, word) == 0) {       \
		*ret = DAEMON_LOG_AS_##name; \
		return CX_OK;                \
	}
	DAEMON_LOG_FORMATS(TRY)
#undef TRY
	return cx_fail(error, CX_INVALID_ARGUMENT, "%s is one of %s", info->key, info->help);
}

static cx_status parse_verify(const daemon__option_info *info, const char *text,
                              daemon_verify *ret, cx_error *error)
{
#define TRY(name, word)                      \
	if (strcmp(text, word) == 0) {       \
		*ret = DAEMON_VERIFY_##name; \
		return CX_OK;                \
	}
	DAEMON_VERIFY_TIMES(TRY)
#undef TRY
	return cx_fail(error, CX_INVALID_ARGUMENT, "%s is always or unclean", info->key);
}

static cx_status parse_mode(const daemon__option_info *info, const char *text, mode_t *ret,
                            cx_error *error)
{
	uint64_t mode = 0;
	cx_status status = parse_count(info, text, 8, &mode, error);
	if (status == CX_OK)
		*ret = (mode_t)mode;
	return status;
}

static cx_status parse_text(const daemon__option_info *info, const char *text, const char **ret,
                            cx_error *error)
{
	if (strlen(text) > info->highest)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s has at most %" PRIu64 " bytes",
		               info->key, info->highest);
	*ret = text;
	return CX_OK;
}

cx_status daemon__option_parse(const daemon__option_info *info, const char *text, void *value,
                               cx_error *error)
{
	switch (info->kind) {
	case DAEMON__OPTION_TEXT:
		return parse_text(info, text, value, error);
	case DAEMON__OPTION_SIZE:
		return parse_size(info, text, value, error);
	case DAEMON__OPTION_COUNT:
		return parse_count(info, text, 10, value, error);
	case DAEMON__OPTION_FLAG:
		return parse_flag(info, text, value, error);
	case DAEMON__OPTION_MODE:
		return parse_mode(info, text, value, error);
	case DAEMON__OPTION_LEVEL:
		return parse_level(info, text, value, error);
	case DAEMON__OPTION_FORMAT:
		return parse_format(info, text, value, error);
	case DAEMON__OPTION_VERIFY:
		return parse_verify(info, text, value, error);
	}
	CX_UNREACHABLE();
}
