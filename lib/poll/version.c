/* What netfan was built with and runs on. */
#include <cyaml/cyaml.h>
#include <libssh2.h>
#include <openssl/crypto.h>
#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "keys/unlock.h"
#include "netfan.h"
#include "transport/telnet.h"

void nf_version_text(char *out, size_t size)
{
	const char *telnet = telnet_library(), *botan = unlock_version();
	char pcre2[64] = "";

	(void)pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	(void)snprintf(out, size,
		       "netfan %s\n"
		       "libssh2 %s\n"
		       "libcyaml %s\n"
		       "PCRE2 %s\n"
		       "libtelnet %s\n"
		       "Botan %s\n"
		       "%s",
		       NF_VERSION, libssh2_version(0), cyaml_version_str, pcre2,
		       telnet != NULL ? telnet : "not built in",
		       botan != NULL ? botan : "not built in",
		       OpenSSL_version(OPENSSL_VERSION));
}
