/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what a crash left, as the next start of the daemon would. */
#pragma once

#include "tests/crash/subject.h"

typedef enum recovery_end {
	RECOVERY_OK,
	RECOVERY_REFUSED,    /* it does not open */
	RECOVERY_UNREADABLE, /* it opens and cannot be read, or contradicts itself */
	RECOVERY_READ_ONLY,  /* takes no transaction */
	RECOVERY_FORGOT,     /* lost the transaction it took after the crash */
} recovery_end;

typedef struct recovery {
	recovery_end end;
	uint64_t content; /* the hash of what was found */
	char text[160];   /* unless RECOVERY_OK */
} recovery;

/* `write_too`: one transaction more, which must be there after closing and opening again. Tells
 * the recorder what was shown and written; the ledger gets entries for that, if it is not NULL.
 */
recovery recover(const crash_subject *subject, const char *path, bool must_exist,
                 bool write_too, content_ledger *ledger);
