/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/notice.h"

#include "base/msgpack.h"

enum { TYPE_NOTIFICATION = 2, TEXT_BYTES_MAX = CX_ERROR_TEXT_SIZE + CX_ERROR_NAME_SIZE };

void daemon__notice_write(cx_status status, const char *text, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf message = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_buf_printf(&message, "%s: %s", cx_status_name(status),
	              text != NULL && text[0] != '\0' ? text : cx_status_text(status));
	cx_write_array(out, 3);
	cx_write_uint(out, TYPE_NOTIFICATION);
	cx_write_text(out, "error");
	cx_write_array(out, 1);
	cx_write_str(out, cx_buf_slice(&message));
}
