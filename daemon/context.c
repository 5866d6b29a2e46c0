/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/context.h"

#include "daemon/exec/writer.h"

#include <sys/eventfd.h>

void daemon_context_wake(daemon_context *context)
{
	/* It can only fail when the counter is full: then it is awake already. */
	(void)eventfd_write(context->wake_fd, 1);
}

void daemon_context_committed(daemon_context *context)
{
	daemon__bell_ring(daemon__writer_bell(context->writer));
}
