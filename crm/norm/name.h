/* SPDX-License-Identifier: Apache-2.0 */
/* Names of companies and people, so that the same one is written the same. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

/* Appends the name
 *  - folded (cx_text_fold: full-width and half-width, upper and lower case are one),
 *  - without punctuation and symbols: dots and apostrophes join what they stand in (S.A. is
 * sa), all others part words,
 *  - with one blank between words of scripts that have blanks, and none beside Han and the
 * like,
 *  - without the legal forms at its end, in Chinese and in the languages of trade
 * (有限责任公司, 集团, Co., Ltd., GmbH …), again and again, as long as something is left that
 * is a name. A branch stays apart from its company: 分公司 and 子公司 are no legal forms. A
 * name of punctuation alone is only folded. Valid UTF-8 in, NFC out. Errors: CX_MALFORMED,
 * CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__norm_name(cx_slice name, cx_buf *out);
