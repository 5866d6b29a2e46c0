/* SPDX-License-Identifier: Apache-2.0 */
/* SIGBUS: a page of a mapped file cannot be read, because somebody cut the file or because the
 * disk failed. Nothing can be answered then; what can be done is to say so. */
#pragma once

/* From here on SIGBUS ends the process with DAEMON_EXIT_IO, after one line in the log's format:
 * the file, the place in it, what probably happened and what to do. For the whole process; it
 * belongs to programs, not to libraries. */
void daemon_bus_error_handle(void);
