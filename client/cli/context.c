/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/context.h"

#include "client/cli/cell_text.h"

#include <stdarg.h>

/* A message of which every byte is escaped. */
enum { MESSAGE_BYTES_MAX = 16 * sizeof(((cardex_error *)NULL)->message) };

bool cli_format_set(cli_context *self, const char *name)
{
	static const char *const names[] = { "table", "json", "ndjson", "csv" };
	self->format_given = true;
	for (int i = 0; i < (int)CX_COUNT_OF(names); i++)
		if (strcmp(name, names[i]) == 0) {
			self->format = (cli_format)i;
			return true;
		}
	return false;
}

cardex_conn *cli_conn(cli_context *self)
{
	const cardex_options options = { .client_name = "cardex" };
	if (self->conn == NULL &&
	    cardex_connect(self->uri, &options, &self->conn, &self->error) != CARDEX_OK)
		cli_fail(self);
	return self->conn;
}

const cardex_schema *cli_schema(cli_context *self, cli_exit *ret_exit)
{
	cardex_conn *conn = cli_conn(self);
	if (conn == NULL) {
		*ret_exit = CLI_UNREACHABLE;
		return NULL;
	}
	if (self->schema != NULL)
		return self->schema;
	if (cardex_schema_get(conn, NULL, &self->schema, &self->error) != CARDEX_OK) {
		*ret_exit = cli_fail(self);
		return NULL;
	}
	return self->schema;
}

const cardex_type *cli_type(cli_context *self, const char *name, cli_exit *ret_exit)
{
	const cardex_schema *schema = cli_schema(self, ret_exit);
	if (schema == NULL)
		return NULL;
	const cardex_type *type = cardex_schema_type(schema, name);
	if (type == NULL) {
		fprintf(stderr, "cardex: there is no record type \"%s\"; see cardex schema\n",
		        name);
		*ret_exit = CLI_REFUSED;
	}
	return type;
}

static cli_exit exit_of(cardex_status status)
{
	switch (status) {
	case CARDEX_NOT_FOUND:
		return CLI_NEGATIVE;
	case CARDEX_DISCONNECTED:
	case CARDEX_SHUTTING_DOWN:
	case CARDEX_DEADLINE:
	case CARDEX_MALFORMED:
		return CLI_UNREACHABLE;
	default:
		return status >= CARDEX_NO_MEMORY || status == CARDEX_STORAGE_FULL
		               ? CLI_SERVER
		               : CLI_REFUSED;
	}
}

cli_exit cli_fail(const cli_context *self)
{
	/* The message may quote data. */
	CX_SCOPED(cx_buf_release) cx_buf message = CX_BUF_INIT(MESSAGE_BYTES_MAX);
	cli_text_safe(cx_slice_of(self->error.message), &message);
	fprintf(stderr, "cardex: %s: %.*s\n", cardex_status_name(self->error.status),
	        CX_SLICE_ARG(cx_buf_slice(&message)));
	return exit_of(self->error.status);
}

cli_exit cli_usage(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("cardex: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return CLI_USAGE;
}

void cli_context_release(cli_context *self)
{
	cardex_schema_free(&self->schema);
	cardex_close(&self->conn);
}
