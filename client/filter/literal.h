/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people write them: by the field's kind when that is known, otherwise by their form.
 */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

/* Appends `text` as one MessagePack value of the field's kind; of an element for a list when
 * `element` is set. Errors: CX_TYPE (it is none; `error` names the field). */
CX_MUST_USE cx_status cardex__literal_write(const cardex_field *field, bool element,
                                            cx_slice text, cx_buf *out, cx_error *error);

/* The same without a field: quoted text is text; otherwise integers, dates (days), times (ms),
 * true and false, and words (text). Errors: CX_TYPE. */
CX_MUST_USE cx_status cardex__literal_write_by_form(cx_slice text, bool quoted, cx_buf *out,
                                                    cx_error *error);
