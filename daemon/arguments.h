/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#pragma once

#include "daemon/config.h"

typedef enum daemon_action {
	DAEMON_RUN,
	DAEMON_CHECK_CONFIG,
	DAEMON_HELP_CONFIG,
	DAEMON_VERSION,
	DAEMON_HELP,
} daemon_action;

/* Texts are those of argv; NULL where a flag was not given. */
typedef struct daemon_arguments {
	daemon_action action;
	const char *config;
	const char *store;
	const char *listen_unix;
	const char *listen_tcp;
} daemon_arguments;

/* Errors: CX_INVALID_ARGUMENT (an unknown flag, a missing value, a word too many). */
CX_MUST_USE cx_status daemon_arguments_parse(int count, char *const *words,
                                             daemon_arguments *ret, cx_error *error);

/* Puts together the whole configuration: file, environment, flags.
 * Errors: those of daemon/config.h. */
CX_MUST_USE cx_status daemon_arguments_config(const daemon_arguments *arguments,
                                              char *const *environment, daemon_config *config,
                                              cx_error *error);

void daemon_arguments_print_help(FILE *out);
