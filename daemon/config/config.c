/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config.h"

#include "daemon/config/option.h"
#include "daemon/net/address.h"
#include "engine/schema.h"
#include "proto/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ORIGIN_BYTES_MAX = 1024 };

static void *value_of(daemon_config *config, const daemon__option_info *info)
{
	return (char *)config + info->offset;
}

cx_status daemon_config_init(daemon_config *ret)
{
	memset(ret, 0, sizeof *ret);
	for (daemon_option option = 0; option < DAEMON_OPTION_COUNT_ALL; option++) {
		cx_status status = daemon_config_set(
			ret, option, daemon__option_info_of(option)->default_text, "default",
			NULL);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

void daemon_config_release(daemon_config *config)
{
	for (size_t i = 0; i < DAEMON_OPTION_COUNT_ALL; i++) {
		free(config->texts[i]);
		free(config->origins[i]);
	}
	memset(config, 0, sizeof *config);
}

static void replace(char **owned, char *with)
{
	free(*owned);
	*owned = with;
}

static void release_text(char **text)
{
	free(*text);
}

cx_status daemon_config_set(daemon_config *config, daemon_option option, const char *text,
                            const char *origin, cx_error *error)
{
	const daemon__option_info *info = daemon__option_info_of(option);
	CX_SCOPED(release_text) char *own_text = strdup(text);
	CX_SCOPED(release_text) char *own_origin = strdup(origin);
	if (own_text == NULL || own_origin == NULL)
		return cx_fail(error, CX_NO_MEMORY, "out of memory");

	cx_error why = { 0 };
	if (daemon__option_parse(info, own_text, value_of(config, info), &why) != CX_OK)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s: %s", origin, why.text);
	replace(&config->texts[option], own_text);
	replace(&config->origins[option], own_origin);
	own_text = NULL; /* now the configuration's */
	own_origin = NULL;
	return CX_OK;
}

/* "CARDEXD_STORE_PATH" */
static void variable_name(const daemon__option_info *info, cx_buf *out)
{
	cx_buf_printf(out, "CARDEXD_%s_%s", info->section, info->key);
	for (size_t i = 0; i < out->size; i++)
		if (out->data[i] >= 'a' && out->data[i] <= 'z')
			out->data[i] = (uint8_t)(out->data[i] - ('a' - 'A'));
}

static bool find_variable(cx_slice name, daemon_option *ret)
{
	for (daemon_option option = 0; option < DAEMON_OPTION_COUNT_ALL; option++) {
		CX_SCOPED(cx_buf_release) cx_buf own = CX_BUF_INIT(ORIGIN_BYTES_MAX);
		variable_name(daemon__option_info_of(option), &own);
		if (cx_slice_equal(cx_buf_slice(&own), name)) {
			*ret = option;
			return true;
		}
	}
	return false;
}

static cx_status take_variable(daemon_config *config, const char *entry, cx_error *error)
{
	const char *equals = strchr(entry, '=');
	if (strncmp(entry, "CARDEXD_", 8) != 0 || equals == NULL)
		return CX_OK;

	cx_slice name = { .data = (const uint8_t *)entry, .size = (size_t)(equals - entry) };
	daemon_option option = 0;
	if (!find_variable(name, &option))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "environment: %.*s is no option; they are named "
		               "CARDEXD_<SECTION>_<KEY>, see --help-config",
		               CX_SLICE_ARG(name));
	CX_SCOPED(cx_buf_release) cx_buf origin = CX_BUF_INIT(ORIGIN_BYTES_MAX);
	cx_buf_printf(&origin, "environment %.*s", CX_SLICE_ARG(name));
	cx_buf_append_byte(&origin, '\0');
	if (cx_buf_status(&origin) != CX_OK)
		return cx_buf_status(&origin);
	return daemon_config_set(config, option, equals + 1, (const char *)origin.data, error);
}

cx_status daemon_config_environment(daemon_config *config, char *const *environment,
                                    cx_error *error)
{
	for (; *environment != NULL; environment++) {
		cx_status status = take_variable(config, *environment, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status check_limits(const daemon_config *config, cx_error *error)
{
	if (config->limits_output_hard_bytes < config->limits_output_soft_bytes)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "limits: output_hard_bytes is less than output_soft_bytes");
	if (config->limits_queue_bytes < config->limits_request_bytes)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "limits: queue_bytes is less than request_bytes");
	if (config->limits_read_deadline_max_ms < config->limits_read_deadline_ms)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "limits: read_deadline_max_ms is less than read_deadline_ms");
	return CX_OK;
}

cx_status daemon_config_check(const daemon_config *config, cx_error *error)
{
	if (config->store_path[0] == '\0')
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "no store: set path in [store], or give --store");
	if (config->listen_unix[0] == '\0' && config->listen_tcp[0] == '\0')
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "nothing to listen on: set unix or tcp in [listen], or give "
		               "--listen-unix or --listen-tcp");
	daemon__address address;
	if (config->listen_tcp[0] != '\0' &&
	    daemon__address_parse_tcp(config->listen_tcp, &address, error) != CX_OK)
		return CX_INVALID_ARGUMENT;
	return check_limits(config, error);
}

static void close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

cx_status daemon_config_schema(const daemon_config *config, cx_buf *out, cx_error *error)
{
	const char *path = config->store_schema;
	if (path[0] == '\0')
		return CX_OK;
	CX_SCOPED(close_file) FILE *file = fopen(path, "re");
	if (file == NULL)
		return cx_fail(error, errno == ENOENT ? CX_NOT_FOUND : CX_IO,
		               "cannot read the schema %s: %s", path, strerror(errno));

	uint8_t chunk[4096];
	size_t size = 0;
	while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
		if (size > ENGINE_SCHEMA_BYTES_MAX - out->size)
			return cx_fail(error, CX_TOO_LARGE, "the schema %s has over %d bytes",
			               path, ENGINE_SCHEMA_BYTES_MAX);
		if (!cx_buf_append(out, chunk, size))
			return cx_fail(error, cx_buf_status(out), "no memory for %s", path);
	}
	if (ferror(file))
		return cx_fail(error, CX_IO, "cannot read the schema %s", path);
	return CX_OK;
}
