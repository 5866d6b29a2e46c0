/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/notice.h"

#include "proto/proto.h"

enum { TEXT_BYTES_MAX = CX_ERROR_TEXT_SIZE + CX_ERROR_NAME_SIZE };

void daemon__notice_write(cx_status status, const char *text, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf message = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_buf_printf(&message, "%s: %s", cx_status_name(status),
	              text != NULL && text[0] != '\0' ? text : cx_status_text(status));
	proto_notification_begin(PROTO_NOTIFY_ERROR, 1, out);
	cx_write_str(out, cx_buf_slice(&message));
}
