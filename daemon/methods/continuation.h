/* SPDX-License-Identifier: Apache-2.0 */
/* Continuations: where the next page of a query begins, as bytes that a client keeps and
 * sends back. Nothing is kept here, and they live through restarts.
 *
 *   offset        size   what
 *   0             n      position of the engine, 1 … ENGINE_POSITION_BYTES_MAX
 *   n             16     SipHash-2-4 of 128 bits, keyed with the first 16 bytes of the
 *                        store's secret, over name of the type ‖ 00 ‖ position
 *
 * So a position that the engine sees is one that it made for that type. SipHash (Aumasson,
 * Bernstein, 2012) is made to authenticate short messages; with OpenSSL it takes a third of
 * the time of HMAC-SHA256, which was a tenth of that of a page, and no memory for each.
 *
 * Thread rule: a signer belongs to one thread. */
#pragma once

#include "base/buf.h"

typedef struct daemon__signer daemon__signer;

enum { DAEMON__TAG_BYTES = 16, DAEMON__SIGNER_KEY_BYTES = 16 };

/* `secret` has at least DAEMON__SIGNER_KEY_BYTES.
 * Errors: CX_NO_MEMORY, CX_INTERNAL (OpenSSL has no SipHash). */
CX_MUST_USE cx_status daemon__signer_new(cx_slice secret, daemon__signer **ret);
void daemon__signer_free(daemon__signer **signer);

/* Writes the continuation of `position` as a MessagePack bin. Errors: CX_INTERNAL. */
CX_MUST_USE cx_status daemon__continuation_write(daemon__signer *signer, const char *type,
                                                 cx_slice position, cx_buf *out);

/* The position inside; it lives as long as `continuation`.
 * Errors: CX_INVALID_ARGUMENT (not one that was made here, or for another type),
 * CX_INTERNAL. */
CX_MUST_USE cx_status daemon__continuation_open(daemon__signer *signer, const char *type,
                                                cx_slice continuation, cx_slice *ret,
                                                cx_error *error);
