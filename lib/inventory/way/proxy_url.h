/* URLs of SOCKS5 proxies: socks5://[user:password@]host[:port]. */
#ifndef NETFAN_INVENTORY_WAY_PROXY_URL_H
#define NETFAN_INVENTORY_WAY_PROXY_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROXY_URL_TEXT 256 /* bytes of each part, with its NUL */

struct proxy_url {
	char host[PROXY_URL_TEXT]; /* a name or an address, without brackets */
	uint16_t port;
	char user[PROXY_URL_TEXT]; /* "" for none */
	char password[PROXY_URL_TEXT]; /* a secret: wiped by who has it */
};

/*
 * Take a URL apart; %XX in user and password stands for a byte. When it is none,
 * *why says what is wrong and what to write, without a word of the login.
 */
bool proxy_url_parse(struct proxy_url *url, const char *text, char *why,
		     size_t size);

#endif
