/* A key exchange, as far as what the client has to give for it. */
#include "devsim/kex.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/wire.h"
#include "devsim/limits.h"
#include "fiber/fiber.h"

#define GREETING_MAX 255 /* RFC 4253 section 4.2 */
#define PACKET_MAX 4096 /* a KEXINIT takes one or two KiB */
#define KEXINIT 20
#define KEX_ECDH_INIT 30
#define COOKIE_LEN 16
#define KEY_LEN 32

/* Lengths in octal: a hexadecimal escape would go on into the name. */
static const char hello[] =
	"SSH-2.0-devsim\r\n"
	"\0\0\0\234\013" /* bytes that follow, and of padding among them */
	"\024\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* KEXINIT, cookie */
	"\0\0\0\021curve25519-sha256"
	"\0\0\0\013ssh-ed25519"
	"\0\0\0\012aes128-ctr"
	"\0\0\0\012aes128-ctr"
	"\0\0\0\015hmac-sha2-256"
	"\0\0\0\015hmac-sha2-256"
	"\0\0\0\004none"
	"\0\0\0\004none"
	"\0\0\0\0\0\0\0\0" /* languages */
	"\0\0\0\0\0" /* no guess, reserved */
	"\0\0\0\0\0\0\0\0\0\0\0";

static int receive(int fd, uint8_t *bytes, size_t len, int64_t deadline_ms)
{
	while (len > 0) {
		ssize_t got = recv(fd, bytes, len, 0);

		if (got > 0) {
			bytes += got;
			len -= (size_t)got;
		} else if (got == 0 || errno != EAGAIN ||
			   wait_io(fd, WAIT_IN, deadline_ms) != 1) {
			return -1;
		}
	}
	return 0;
}

static int receive_greeting(int fd, int64_t deadline_ms)
{
	uint8_t byte;

	for (int i = 0; i < GREETING_MAX; i++) {
		if (receive(fd, &byte, 1, deadline_ms) == -1)
			return -1;
		if (byte == '\n')
			return 0;
	}
	return -1;
}

/*
 * Take a packet (RFC 4253 section 6, before there are keys): a byte that tells
 * the padding, one for the type, then len bytes at least.
 */
static int receive_packet(int fd, uint8_t type, size_t len,
			  uint8_t packet[PACKET_MAX], int64_t deadline_ms)
{
	size_t size;

	if (receive(fd, packet, 4, deadline_ms) == -1)
		return -1;
	size = wire_u32(packet);
	if (size < 2 + len || size > PACKET_MAX ||
	    receive(fd, packet, size, deadline_ms) == -1)
		return -1;
	return packet[1] == type && packet[0] <= size - 2 - len ? 0 : -1;
}

static void put_hex(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* In one piece, and without stdio, which is not for fibers. */
static int print(const char *cookie, const char *key)
{
	char line[sizeof("kex  \n") + 2 * (COOKIE_LEN + KEY_LEN)];
	int len = snprintf(line, sizeof(line), "kex %s %s\n", cookie, key);

	return write(STDOUT_FILENO, line, (size_t)len) == len ? 0 : -1;
}

int kex_print(int fd)
{
	int64_t deadline_ms = deadline_clock_ms() + LOGIN_LIMIT_MS;
	char cookie[2 * COOKIE_LEN + 1], key[2 * KEY_LEN + 1];
	uint8_t packet[PACKET_MAX];

	/* A new connection has room for that much. */
	if (send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL) !=
		    sizeof(hello) - 1 ||
	    receive_greeting(fd, deadline_ms) == -1 ||
	    receive_packet(fd, KEXINIT, COOKIE_LEN, packet, deadline_ms) == -1)
		return -1;
	put_hex(cookie, packet + 2, COOKIE_LEN);
	if (receive_packet(fd, KEX_ECDH_INIT, 4 + KEY_LEN, packet,
			   deadline_ms) == -1 ||
	    wire_u32(packet + 2) != KEY_LEN)
		return -1;
	put_hex(key, packet + 6, KEY_LEN);
	return print(cookie, key);
}
