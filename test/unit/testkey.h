/* Host keys for tests, made by ssh-keygen; nobody has the private halves. */
#ifndef NETFAN_TEST_TESTKEY_H
#define NETFAN_TEST_TESTKEY_H

#include <stddef.h>
#include <stdint.h>

#include "hostkeys/hostkeys.h"

#define SSH_ED25519 "ssh-ed25519"
#define SSH_ECDSA "ecdsa-sha2-nistp256"
#define SSH_RSA "ssh-rsa"
#define ED_A_TEXT                                                              \
	"AAAAC3NzaC1lZDI1NTE5AAAAIG0qRUetRx0zZOfjXCv2NjcCSmFlReoBBNDYtehmvZWA"
#define ED_B_TEXT                                                              \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBGhX4OEKRqKuQwxzWqKt+4lnB3XEMfBLamRIbfKLAtV"
#define EC_TEXT                                                                \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFcaS4LcgaQb4dVE" \
	"ulMX6ZlRW9jy2J0reEZ/UNUkxEe0VG1U9hP8XBNAQbA+zD0cW4sIacrv9KnYC7ljTKB4" \
	"PJc="
#define RSA_TEXT                                                               \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQDFgZ/Cz2DriVBqscdAT+ejcSEgCzo5ss497QWZ" \
	"Jb5VgZ8fPEWEO1ChT03PB0YXW+6fHU2dKwNo/wlCtoWWjRYqOMd8ZCxWqP6hT5CULP8G" \
	"XJ+49Mt0m6hH9lg64NMYkxLt5MweDz5M/qUPK7nUFuxedZgFluMkD0QIzVKX/v3gbQ=="
#define ED_A SSH_ED25519 " " ED_A_TEXT
#define ED_B SSH_ED25519 " " ED_B_TEXT
#define EC_A SSH_ECDSA " " EC_TEXT
#define RSA_A SSH_RSA " " RSA_TEXT

struct testkey {
	const char *type;
	const char *text;
	const char *fingerprint; /* as ssh-keygen -l prints it */
};

extern const struct testkey testkey_ed_a;
extern const struct testkey testkey_ed_b;
extern const struct testkey testkey_ec_a;
extern const struct testkey testkey_rsa_a;

#define TESTKEY_ROOM 512 /* bytes that hold the blob of any of them */

/* The key as it crosses the wire; returns its length. */
size_t testkey_blob(uint8_t out[TESTKEY_ROOM], const struct testkey *key);

/* What a text says of n hosts; of one host. */
struct hostkeys *testkey_known(const char *text, size_t len,
			       const struct host *hosts, size_t n);
struct hostkeys *testkey_known_of(const char *text, const char *host,
				  uint16_t port);

/* hostkeys_check() of a key. */
enum hostkeys_verdict testkey_check(const struct hostkeys *known,
				    const char *host, uint16_t port,
				    const struct testkey *key);

#endif
