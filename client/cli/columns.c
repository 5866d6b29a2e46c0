/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/columns.h"

#include "client/cli/format.h"

#include <string.h>

enum { NAME_BYTES_MAX = 64 };

/* Takes the next name off the list; false at its end. A name too long to be one is "". */
static bool next_name(const char **list, char name[NAME_BYTES_MAX])
{
	*list += strspn(*list, " ,");
	const size_t size = strcspn(*list, " ,");
	const size_t kept = size < NAME_BYTES_MAX ? size : 0;
	memcpy(name, *list, kept);
	name[kept] = '\0';
	*list += size;
	return size > 0;
}

bool cli_columns_complete(const cardex_type *type, const char *columns, cx_buf *out)
{
	char name[NAME_BYTES_MAX];
	bool needed = false;
	if (columns == NULL || cardex_type_field(type, "currency") == NULL)
		return false;
	for (const char *rest = columns; next_name(&rest, name);) {
		const cardex_field *field = cardex_type_field(type, name);
		if (strcmp(name, "currency") == 0)
			return false;
		needed |= field != NULL && cli_has_record_currency(field);
	}
	return needed && cx_buf_printf(out, "%s,currency", columns) &&
	       cx_buf_append_byte(out, 0);
}
