/* SPDX-License-Identifier: Apache-2.0 */
/* cardexd: the daemon that owns a store and serves it. */
#include "crm/crm.h"
#include "daemon/arguments.h"
#include "daemon/process.h"
#include "daemon/server.h"
#include "daemon/version.h"
#include "engine/schema.h"

#include <unistd.h>

static int fail(int exit_status, const cx_error *error)
{
	fprintf(stderr, "cardexd: %s\n", error->text);
	return exit_status;
}

/* What can be wrong without a look at the store. */
static cx_status check(const daemon_config *config, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf schema = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	cx_status status = daemon_config_check(config, error);
	if (status == CX_OK)
		status = daemon_config_schema(config, &schema, error);
	if (status != CX_OK || schema.size == 0)
		return status;

	cx_error why = { 0 };
	status = engine_schema_check(crm_schema_text(), cx_buf_slice(&schema), &why);
	if (status != CX_OK)
		cx_fail(error, status, "%s:%u:%u: %s", config->store_schema, why.line,
		        why.column, why.text);
	return status;
}

static int run(const daemon_config *config)
{
	cx_error error = { 0 };
	CX_SCOPED(daemon_server_free) daemon_server *server = NULL;
	daemon_process_init();
	daemon_log_setup(config->log_level, config->log_format);
	if (daemon_server_new(config, &server, &error) != CX_OK ||
	    daemon_server_listen(server, &error) != CX_OK)
		return fail(DAEMON_EXIT_START, &error);
	return daemon_server_run(server);
}

static int run_configured(const daemon_arguments *arguments)
{
	cx_error error = { 0 };
	CX_SCOPED(daemon_config_release) daemon_config config = { 0 };
	cx_status status = daemon_config_init(&config);
	if (status == CX_OK)
		status = daemon_arguments_config(arguments, environ, &config, &error);
	if (status == CX_OK)
		status = check(&config, &error);
	if (status != CX_OK)
		return fail(DAEMON_EXIT_START, &error);
	if (arguments->action == DAEMON_CHECK_CONFIG) {
		daemon_config_print(&config, stdout);
		return DAEMON_EXIT_OK;
	}
	return run(&config);
}

int main(int count, char **words)
{
	cx_error error = { 0 };
	daemon_arguments arguments;
	if (daemon_arguments_parse(count, words, &arguments, &error) != CX_OK)
		return fail(DAEMON_EXIT_USAGE, &error);
	switch (arguments.action) {
	case DAEMON_RUN:
	case DAEMON_CHECK_CONFIG:
		return run_configured(&arguments);
	case DAEMON_HELP_CONFIG:
		daemon_config_print_help(stdout);
		return DAEMON_EXIT_OK;
	case DAEMON_VERSION:
		daemon_version_print(stdout);
		return DAEMON_EXIT_OK;
	case DAEMON_HELP:
		daemon_arguments_print_help(stdout);
		return DAEMON_EXIT_OK;
	}
	return DAEMON_EXIT_USAGE;
}
