/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/stats/attribution.h"

#include "base/check.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
	const crm__response *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void crm__attribute(crm__response *responses, size_t count, crm__attribution way,
                    int64_t amount)
{
	CX_ASSERT(count >= 1 && count <= INT64_MAX);
	qsort(responses, count, sizeof *responses, by_time);
	const size_t one = way == CRM_ATTRIBUTION_FIRST ? 0 : count - 1;
	for (size_t i = 0; i < count; i++) {
		if (way == CRM_ATTRIBUTION_LINEAR)
			responses[i].share = crm__split_equally(amount, count, i);
		else
			responses[i].share = i == one ? amount : 0;
	}
}
