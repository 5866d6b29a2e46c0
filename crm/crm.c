/* SPDX-License-Identifier: Apache-2.0 */
/* The schema text, as the build embeds it. */
#include "crm/crm.h"

/* Made from crm.schema by the build. */
extern const char crm__schema_text[];
extern const size_t crm__schema_text_size;

cx_slice crm_schema_text(void)
{
	return (cx_slice){
		.data = (const uint8_t *)crm__schema_text,
		.size = crm__schema_text_size,
	};
}
