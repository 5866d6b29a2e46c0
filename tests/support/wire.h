/* SPDX-License-Identifier: Apache-2.0 */
/* MessagePack as text, so that tests show messages as people read them:
 *
 *   nil true false 12 -3 2.5 'text' h'00ff' [1, 'a'] {'k': 1}
 *
 * 'text' knows \n, \t, \\, \' and \xhh. Commas between elements are needed, spaces are free.
 * Memory of both directions is kept until the program ends. */
#pragma once

#include "base/buf.h"

/* The bytes of one value in a heap block of exactly their size, so that AddressSanitizer sees
 * a read past the end. Text that is not in the form above aborts. */
cx_slice wire(const char *text);

/* Any bytes in a heap block of exactly their size. */
cx_slice wire_exact(cx_slice bytes);

/* "93 01 c0" as bytes. */
cx_slice wire_hex(const char *hex);

/* The text of one value, in the form above with one space after each comma and colon; what is
 * no whole value reads "<malformed>", and what follows it "<n bytes more>". */
const char *wire_show(cx_slice bytes);
