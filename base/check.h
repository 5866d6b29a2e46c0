/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions that stay on in release builds. They state what our own code
 * promises; bytes from disk, network or a file are never asserted on, they get
 * a status. */
#pragma once

/* Prints `file:line: assertion failed: text` to stderr and aborts. */
__attribute__((noreturn, cold)) void cx_check_failed(const char *file, int line,
                                                     const char *text);

#define CX_ASSERT(condition) \
	((condition) ? (void)0 : cx_check_failed(__FILE__, __LINE__, #condition))

/* The line after a switch over every value of an enum. */
#define CX_UNREACHABLE() cx_check_failed(__FILE__, __LINE__, "unreachable")
