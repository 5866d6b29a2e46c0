/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/norm/credit_code.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 * 1024, RADIX = 31 };

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

cx_status crm__norm_tax_id(cx_slice text, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_status status = cx_text_fold(text, &folded);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < folded.size; i++) {
		const uint8_t byte = folded.data[i];
		if (byte >= 'a' && byte <= 'z')
			cx_buf_append_byte(out, (uint8_t)(byte - 'a' + 'A'));
		else if (byte > ' ' && byte != '-')
			cx_buf_append_byte(out, byte);
	}
	return cx_buf_status(out);
}

/* -1: not in the alphabet. */
static int value_of(uint8_t character)
{
	const char *found = character == 0 ? NULL : strchr(alphabet, character);
	return found == NULL ? -1 : (int)(found - alphabet);
}

static cx_status sum_of(cx_slice code, int *ret, cx_error *error)
{
	int weight = 1;
	int sum = 0;
	for (size_t i = 0; i + 1 < code.size; i++) {
		const int value = value_of(code.data[i]);
		if (value < 0)
			return cx_fail_field(error, CX_CHECK, "tax_id",
			                     "character %zu of credit code %.*s is none of "
			                     "0-9 and A-Z without I, O, S, V, Z",
			                     i + 1, CX_SLICE_ARG(code));
		sum += value * weight;
		weight = weight * 3 % RADIX;
	}
	*ret = sum;
	return CX_OK;
}

cx_status crm__credit_code_check(cx_slice code, cx_error *error)
{
	if (cx_text_length(code) != CRM__CREDIT_CODE_LENGTH)
		return CX_OK;
	int sum;
	cx_status status = sum_of(code, &sum, error);
	if (status != CX_OK)
		return status;
	const int check = (RADIX - sum % RADIX) % RADIX;
	if (value_of(code.data[code.size - 1]) == check)
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "tax_id",
	                     "credit code %.*s is mistyped: to the 17 characters before it the "
	                     "check character is %c (GB 32100-2015)",
	                     CX_SLICE_ARG(code), alphabet[check]);
}
