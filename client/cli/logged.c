/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/logged.h"

#include "client/cli/cell_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t cli_logged_figure(const cardex_value *change, const char *key)
{
	return cardex_value_int(cardex_value_member(change, key));
}

const char *cli_logged_text(const cardex_value *change, const char *key)
{
	const char *text = cardex_value_text(cardex_value_member(change, key));
	return text != NULL ? text : "";
}

void cli_logged_time(const cardex_value *change, char text[CLI_TIME_TEXT_SIZE])
{
	const int64_t at_ms = cli_logged_figure(change, "at");
	const time_t seconds = (time_t)(at_ms / 1000);
	struct tm parts;
	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, CLI_TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		snprintf(text, CLI_TIME_TEXT_SIZE, "%" PRId64, at_ms);
}

char *cli_logged_values(const cardex_value *change)
{
	const cardex_value *values = cardex_value_member(change, "values");
	if (values == NULL)
		values = cardex_value_member(change, "changed");
	if (values == NULL)
		return strdup(cardex_value_member(change, "redacted") != NULL
		                      ? "(erased by a purge)"
		                      : "");
	json_t *json = cli_json_of(values);
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	return text;
}

bool cli_logged_end_line(const char *text, FILE *out)
{
	enum { LINE_BYTES_MAX = 64 * 1024 * 1024 };
	CX_SCOPED(cx_buf_release) cx_buf safe = CX_BUF_INIT(LINE_BYTES_MAX);
	if (text == NULL)
		return false;
	cli_text_safe(cx_slice_of(text), &safe);
	cx_buf_append_byte(&safe, '\n');
	return cx_buf_status(&safe) == CX_OK && fwrite(safe.data, safe.size, 1, out) == 1;
}

bool cli_logged_json(const cardex_value *value, FILE *out)
{
	json_t *json = cli_json_of(value);
	const bool good = json != NULL && json_dumpf(json, out, JSON_COMPACT) == 0 &&
	                  fputc('\n', out) != EOF;
	json_decref(json);
	return good;
}

static json_t *json_of_row(const cardex_value *names, const cardex_value *row)
{
	json_t *values = json_object();
	for (size_t i = 0; i < cardex_value_count(names); i++) {
		const cardex_value *value = cardex_value_at(row, i);
		const char *name = cardex_value_text(cardex_value_at(names, i));
		if (name != NULL && cardex_value_kind_of(value) != CARDEX_VALUE_NULL)
			json_object_set_new(values, name, cli_json_of(value));
	}
	return values;
}

bool cli_logged_row(uint64_t seq, const char *type, const cardex_value *names,
                    const cardex_value *row, bool line, FILE *out)
{
	json_t *values = json_of_row(names, row);
	bool good;
	if (line) {
		json_t *json = json_pack("{s:s, s:I, s:s, s:O}", "kind", "row", "seq",
		                         (json_int_t)seq, "type", type, "values", values);
		good = json != NULL && json_dumpf(json, out, JSON_COMPACT) == 0 &&
		       fputc('\n', out) != EOF;
		json_decref(json);
	} else {
		char *text = json_dumps(values, JSON_COMPACT);
		good = fprintf(out, "row  %s %" JSON_INTEGER_FORMAT "  ", type,
		               json_integer_value(json_object_get(values, "id"))) > 0 &&
		       cli_logged_end_line(text, out);
		free(text);
	}
	json_decref(values);
	return good;
}
