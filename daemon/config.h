/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration, as one structure that is filled at start and then only read.
 *
 * A value comes from, the later winning: the default; the file; the files of its drop-in
 * folder `<file>.d`, those that end in .conf, in the order of their names; the environment,
 * CARDEXD_<SECTION>_<KEY>; the command line. An unknown section, key or CARDEXD_ variable is
 * an error that suggests the nearest name; so is a key that one file has twice. */
#pragma once

#include "base/buf.h"
#include "daemon/log.h"
#include "daemon/options.h"

#include <stdio.h>
#include <sys/types.h>

/* When the structure of the store is checked as a whole. T(name, text) */
#define DAEMON_VERIFY_TIMES(T) \
	T(ALWAYS, "always")    \
	T(UNCLEAN, "unclean") /* only after a stop that was not clean */

typedef enum daemon_verify {
#define DAEMON_VERIFY_MEMBER(name, text) DAEMON_VERIFY_##name,
	DAEMON_VERIFY_TIMES(DAEMON_VERIFY_MEMBER)
#undef DAEMON_VERIFY_MEMBER
} daemon_verify;

typedef const char *daemon_value_TEXT;
typedef uint64_t daemon_value_SIZE;
typedef uint64_t daemon_value_COUNT;
typedef bool daemon_value_FLAG;
typedef mode_t daemon_value_MODE;
typedef daemon_log_level daemon_value_LEVEL;
typedef daemon_log_format daemon_value_FORMAT;
typedef daemon_verify daemon_value_VERIFY;

typedef enum daemon_option {
#define DAEMON_OPTION_MEMBER(section, key, ...) DAEMON_OPTION_##section##_##key,
	DAEMON_OPTIONS(DAEMON_OPTION_MEMBER)
#undef DAEMON_OPTION_MEMBER
		DAEMON_OPTION_COUNT_ALL,
} daemon_option;

typedef struct daemon_config {
#define DAEMON_CONFIG_MEMBER(section, key, kind, ...) daemon_value_##kind section##_##key;
	DAEMON_OPTIONS(DAEMON_CONFIG_MEMBER)
#undef DAEMON_CONFIG_MEMBER
	/* Of each option: the text it was read from, and from where. Owned. */
	char *texts[DAEMON_OPTION_COUNT_ALL];
	char *origins[DAEMON_OPTION_COUNT_ALL];
} daemon_config;

/* Fills `ret` with the defaults; release it afterwards, on an error too. Errors:
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon_config_init(daemon_config *ret);
void daemon_config_release(daemon_config *config);

/* Sets one option from text; `origin` is for humans, "--store".
 * Errors: CX_INVALID_ARGUMENT (`error` has the origin and what is allowed), CX_NO_MEMORY. */
CX_MUST_USE cx_status daemon_config_set(daemon_config *config, daemon_option option,
                                        const char *text, const char *origin, cx_error *error);

/* Reads the file and its drop-ins. Errors: as set; CX_NOT_FOUND and CX_IO (a file cannot be
 * read). error->line is set and the text begins "file:line: ". */
CX_MUST_USE cx_status daemon_config_read(daemon_config *config, const char *path,
                                         cx_error *error);

/* Takes CARDEXD_ variables from `environment`, the shape of environ. Errors: as set. */
CX_MUST_USE cx_status daemon_config_environment(daemon_config *config, char *const *environment,
                                                cx_error *error);

/* What options must hold together: a store, a listener, a loopback address, limits in their
 * order. Call it when all are set. Errors: CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status daemon_config_check(const daemon_config *config, cx_error *error);

/* Reads the file of store.schema; empty when none is set. At most ENGINE_SCHEMA_BYTES_MAX.
 * Errors: CX_NOT_FOUND, CX_IO, CX_TOO_LARGE. */
CX_MUST_USE cx_status daemon_config_schema(const daemon_config *config, cx_buf *out,
                                           cx_error *error);

/* Prints the values in force as a configuration file, each below a comment that says where it
 * comes from. */
void daemon_config_print(const daemon_config *config, FILE *out);

/* Prints every option with its help and its default, as a file with all of them commented
 * out. */
void daemon_config_print_help(FILE *out);
