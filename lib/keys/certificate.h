/*
 * Certificates of OpenSSH (its PROTOCOL.certkeys): a key, the names it is for
 * and a time, signed by an authority. Only taken apart here, not verified: that
 * is the business of who is shown it.
 */
#ifndef NETFAN_KEYS_CERTIFICATE_H
#define NETFAN_KEYS_CERTIFICATE_H

#include "keys/key_kind.h"

enum certificate_use {
	CERTIFICATE_USER = 1,
	CERTIFICATE_HOST = 2,
};

/* Points into the blob. */
struct certificate {
	const struct key_kind *kind; /* of the key */
	struct blob_string key; /* its blob, behind the type */
	uint32_t use; /* enum certificate_use, or what is not known */
	struct blob_string id;
	struct blob_string principals; /* strings; none: it is for all */
	uint64_t after, before; /* seconds since 1970: valid in between */
	struct blob_string authority; /* blob of the key that signed it */
};

/* Take a blob apart: 0, or -1 when it is no whole certificate of a known kind
 * of key. */
int certificate_parse(struct certificate *certificate, const uint8_t *bytes,
		      size_t len);

/* Is it of the key with this blob? */
bool certificate_is_of(const struct certificate *certificate,
		       const struct key_blob *key);

#endif
