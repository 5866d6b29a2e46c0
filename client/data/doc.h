/* SPDX-License-Identifier: Apache-2.0 */
/* Documents under construction. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

struct cardex_doc {
	bool is_list;
	uint32_t count; /* of elements or pairs in `body` */
	cx_status failed;
	cx_buf body; /* without the header of the whole */
};

/* Appends the document as one MessagePack value. It must not have failed. */
void cardex__doc_write(const cardex_doc *doc, cx_buf *out);

/* An empty list or map; NULL without memory. */
cardex_doc *cardex__doc_new(bool is_list);
