/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications: [2, name, params], as the daemon makes them. */
#include "base/check.h"
#include "proto/proto.h"

enum { TYPE_NOTIFICATION = 2, NOTIFICATION_ELEMENTS = 3 };

#define NAME(name, text, parameters) [PROTO_NOTIFY_##name] = text,
static const char *const names[] = { PROTO_NOTIFICATIONS(NAME) };

const char *proto_notification_name(proto_notification notification)
{
	CX_ASSERT((unsigned)notification < PROTO_NOTIFICATION_COUNT_ALL);
	return names[notification];
}

void proto_notification_begin(proto_notification notification, uint32_t count, cx_buf *out)
{
	cx_write_array(out, NOTIFICATION_ELEMENTS);
	cx_write_uint(out, TYPE_NOTIFICATION);
	cx_write_text(out, proto_notification_name(notification));
	cx_write_array(out, count);
}

bool proto_notification_find(cx_slice name, proto_notification *ret)
{
	for (unsigned i = 0; i < PROTO_NOTIFICATION_COUNT_ALL; i++)
		if (cx_slice_equal(name, cx_slice_of(names[i]))) {
			*ret = (proto_notification)i;
			return true;
		}
	return false;
}
