/* SPDX-License-Identifier: Apache-2.0 */
/* hello and ping. */
#include "base/text.h"
#include "daemon/methods/answers.h"
#include "daemon/version.h"

enum { CLIENT_BYTES_MAX = 100, PROTOCOL_VERSION = 1 };

static cx_status read_errors(const proto_options *options, proto_error_form *ret,
                             cx_error *error)
{
	if ((options->given & PROTO_BIT(ERRORS)) == 0)
		return CX_OK;
	if (cx_slice_equal(options->errors, CX_SLICE_LITERAL("map")))
		*ret = PROTO_ERRORS_MAP;
	else if (cx_slice_equal(options->errors, CX_SLICE_LITERAL("string")))
		*ret = PROTO_ERRORS_STRING;
	else
		return cx_fail(error, CX_INVALID_ARGUMENT, "errors: \"string\" or \"map\"");
	return CX_OK;
}

/* It goes into the log, so it is bounded and text. */
static cx_status check_client(const proto_options *options, cx_error *error)
{
	if (options->client.size > CLIENT_BYTES_MAX || !cx_text_is_utf8(options->client, NULL))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "client: a name of at most %d bytes of UTF-8", CLIENT_BYTES_MAX);
	return CX_OK;
}

static void write_limit(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

static void write_limits(const daemon_config *config, cx_buf *out)
{
	cx_write_map(out, 8);
	write_limit("request_bytes", config->limits_request_bytes, out);
	write_limit("request_items", config->limits_request_items, out);
	write_limit("request_depth", config->limits_request_depth, out);
	write_limit("request_deadline_ms", config->limits_request_deadline_ms, out);
	write_limit("reply_bytes", PROTO_REPLY_BYTES_MAX, out);
	write_limit("inflight", config->limits_inflight, out);
	write_limit("batch_operations", PROTO_BATCH_OPERATIONS_MAX, out);
	write_limit("watches", PROTO_WATCHES_MAX, out);
}

cx_status daemon__answer_hello(daemon__call *call, cx_error *error)
{
	const proto_options *options = &call->request->options;
	daemon__session *session = call->session;
	proto_error_form errors = session->errors;
	cx_status status = read_errors(options, &errors, error);
	if (status == CX_OK)
		status = check_client(options, error);
	if (status != CX_OK)
		return status;

	session->greeted = true;
	session->errors = errors;
	DAEMON_LOG(DEBUG, "conn greeted", LOG_NUMBER("conn", session->number),
	           LOG_SLICE("client", options->client));

	cx_buf *out = call->out;
	cx_write_map(out, 5);
	cx_write_text(out, "server");
	cx_write_text(out, "cardex");
	cx_write_text(out, "version");
	cx_write_text(out, daemon_version());
	cx_write_text(out, "protocol");
	cx_write_uint(out, PROTOCOL_VERSION);
	cx_write_text(out, "limits");
	write_limits(call->context->config, out);
	cx_write_text(out, "seq");
	cx_write_uint(out, engine_read_seq(call->read));
	return CX_OK;
}

cx_status daemon__answer_ping(daemon__call *call, cx_error *error)
{
	(void)error;
	cx_write_text(call->out, "pong");
	return CX_OK;
}
