/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/continuation.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/query.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

struct daemon__signer {
	EVP_MAC_CTX *mac; /* begun anew for each tag */
	uint8_t key[DAEMON__SIGNER_KEY_BYTES];
};

static EVP_MAC_CTX *new_mac(void)
{
	size_t size = DAEMON__TAG_BYTES;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(algorithm); /* NULL for NULL */
	EVP_MAC_free(algorithm);
	if (mac != NULL && EVP_MAC_CTX_set_params(mac, params) != 1) {
		EVP_MAC_CTX_free(mac);
		return NULL;
	}
	return mac;
}

cx_status daemon__signer_new(cx_slice secret, daemon__signer **ret)
{
	CX_SCOPED(daemon__signer_free) daemon__signer *signer = calloc(1, sizeof *signer);
	if (signer == NULL)
		return CX_NO_MEMORY;
	CX_ASSERT(secret.size >= sizeof signer->key);
	memcpy(signer->key, secret.data, sizeof signer->key);
	signer->mac = new_mac();
	if (signer->mac == NULL)
		return CX_INTERNAL;
	*ret = signer;
	signer = NULL; /* now the caller's */
	return CX_OK;
}

void daemon__signer_free(daemon__signer **signer)
{
	if (*signer != NULL) {
		EVP_MAC_CTX_free((*signer)->mac);
		OPENSSL_cleanse((*signer)->key, sizeof(*signer)->key);
	}
	free(*signer);
	*signer = NULL;
}

static cx_status make_tag(daemon__signer *signer, const char *type, cx_slice position,
                          uint8_t ret[DAEMON__TAG_BYTES])
{
	size_t size = 0;
	/* With its zero: no type name begins another one's input. */
	bool done = EVP_MAC_init(signer->mac, signer->key, sizeof signer->key, NULL) == 1 &&
	            EVP_MAC_update(signer->mac, (const uint8_t *)type, strlen(type) + 1) == 1 &&
	            EVP_MAC_update(signer->mac, position.data, position.size) == 1 &&
	            EVP_MAC_final(signer->mac, ret, &size, DAEMON__TAG_BYTES) == 1;
	return done && size == DAEMON__TAG_BYTES ? CX_OK : CX_INTERNAL;
}

cx_status daemon__continuation_write(daemon__signer *signer, const char *type,
                                     cx_slice position, cx_buf *out)
{
	uint8_t bytes[ENGINE_POSITION_BYTES_MAX + DAEMON__TAG_BYTES];
	if (position.size == 0 || position.size > ENGINE_POSITION_BYTES_MAX)
		return CX_INTERNAL;
	memcpy(bytes, position.data, position.size);
	cx_status status = make_tag(signer, type, position, bytes + position.size);
	if (status == CX_OK)
		cx_write_bin(out, (cx_slice){ .data = bytes,
		                              .size = position.size + DAEMON__TAG_BYTES });
	return status;
}

cx_status daemon__continuation_open(daemon__signer *signer, const char *type,
                                    cx_slice continuation, cx_slice *ret, cx_error *error)
{
	static const char refusal[] = "after: not a continuation of a query over this type";
	if (continuation.size <= DAEMON__TAG_BYTES ||
	    continuation.size > ENGINE_POSITION_BYTES_MAX + DAEMON__TAG_BYTES)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s", refusal);

	uint8_t tag[DAEMON__TAG_BYTES];
	cx_slice position = { .data = continuation.data,
		              .size = continuation.size - DAEMON__TAG_BYTES };
	cx_status status = make_tag(signer, type, position, tag);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot check the continuation");
	if (CRYPTO_memcmp(tag, position.data + position.size, sizeof tag) != 0)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s", refusal);
	*ret = position;
	return CX_OK;
}
