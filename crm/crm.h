/* SPDX-License-Identifier: Apache-2.0 */
/* The trade: the record types of customer relations. The engine knows nothing of it. */
#pragma once

#include "base/slice.h"

/* The built-in schema, crm/crm.schema, in the schema language. Static storage. */
cx_slice crm_schema_text(void);
