/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/version.h"

#include "base/text.h"

#include <event2/event.h>
#include <openssl/crypto.h>

const char *daemon_version(void)
{
	return CARDEX_VERSION;
}

void daemon_version_print(FILE *out)
{
	fprintf(out, "cardexd %s\nlibevent %s\n%s\nUnicode %s\n", daemon_version(),
	        event_get_version(), OpenSSL_version(OPENSSL_VERSION),
	        cx_text_unicode_version());
}
