/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses, errors, and the version.
 *
 * The numbers of cardex_status are the wire numbers, so base/status.h has the one list. */
#include "client/error/error.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof((cardex_error *)0)->message >= CX_ERROR_TEXT_SIZE, "no text is cut");
_Static_assert(sizeof((cardex_error *)0)->field >= CX_ERROR_NAME_SIZE, "no name is cut");
_Static_assert(sizeof((cardex_error *)0)->index >= CX_ERROR_NAME_SIZE, "no name is cut");

cardex_status cardex__status_of(cx_status status)
{
	return (cardex_status)cx_status_wire(status);
}

cx_status cardex__status_back(cardex_status status)
{
	return cx_status_of_wire((uint32_t)status);
}

const char *cardex_version(void)
{
	return CARDEX_VERSION;
}

const char *cardex_status_name(cardex_status status)
{
	return cx_status_name(cardex__status_back(status));
}

const char *cardex_status_text(cardex_status status)
{
	return cx_status_text(cardex__status_back(status));
}

cardex_status cardex__fail_as(cardex_error *error, const cx_error *from)
{
	CX_ASSERT(from->status != CX_OK);
	cardex_status status = cardex__status_of(from->status);
	if (error == NULL)
		return status;
	*error = (cardex_error){
		.status = status,
		.retryable = cx_status_is_retryable(from->status),
		.line = from->line,
		.column = from->column,
	};
	memcpy(error->message, from->text, sizeof from->text);
	memcpy(error->field, from->field, sizeof from->field);
	memcpy(error->index, from->index, sizeof from->index);
	return status;
}

cardex_status cardex__fail(cardex_error *error, cardex_status status, const char *format, ...)
{
	if (error == NULL)
		return status;
	char text[2 * CX_ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments); /* cx_fail() cuts it well */
	va_end(arguments);
	cx_error from;
	cx_fail(&from, cardex__status_back(status), "%s", text);
	return cardex__fail_as(error, &from);
}

cardex_status cardex__fail_plain(cardex_error *error, cardex_status status)
{
	return cardex__fail(error, status, "%s", cardex_status_text(status));
}
