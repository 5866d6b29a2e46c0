/* SPDX-License-Identifier: Apache-2.0 */
/* The order of groups: by columns and measures as asked for, then by their columns. */
#pragma once

#include "engine/summary/groups.h"

/* Reads "sum(amount) desc", "owner", "count asc": words of the request's. They are compared but
 * for blanks. Errors: CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status engine__order_words_read(cx_slice words, engine__request *request,
                                               cx_error *error);

/* < 0, 0, > 0; 0 only for one group. Null comes first, descending last. */
int engine__group_compare(const engine__request *request, const engine__table_entry *a,
                          const engine__table_entry *b);
