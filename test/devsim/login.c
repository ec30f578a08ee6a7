/* The login of a connection that brings none of its own, as IOS asks for it. */
#include "devsim/login.h"

#include <string.h>

#include "base/deadline_clock.h"
#include "devsim/client.h"
#include "devsim/device.h"
#include "devsim/options.h"
#include "devsim/term.h"

#define TRIES 3
#define WORD_MAX 128

static bool good(const struct device *dev, const char *name,
		 const char *password, const char *code)
{
	return dev->fault != FAULT_WRONG_PASSWORD &&
	       strcmp(name, dev->opts->user) == 0 &&
	       strcmp(password, dev->opts->password) == 0 &&
	       strcmp(code, dev->opts->code) == 0;
}

int login_ask(struct client *client, struct term *term)
{
	struct device *dev = client->dev;
	char name[WORD_MAX], password[WORD_MAX], code[WORD_MAX] = "";

	term_put(term, "\r\nUser Access Verification\r\n\r\n");
	for (int i = 0; i < TRIES; i++) {
		term_put(term, "Username: ");
		if (term_read_line(term, name, sizeof(name), true) == -1)
			return -1;
		term_put(term, "Password: ");
		if (term_read_line(term, password, sizeof(password), false) ==
		    -1)
			return -1;
		if (dev->opts->code[0] != '\0') {
			term_put(term, "Verification code: ");
			if (term_read_line(term, code, sizeof(code), false) ==
			    -1)
				return -1;
		}
		if (good(dev, name, password, code)) {
			term_pause(term,
				   device_delay(dev, dev->opts->login_ms));
			client->login_deadline_ms = NO_DEADLINE;
			client->counts->logins++;
			client->logged_in = true;
			return 0;
		}
		client->counts->refused++;
		term_put(term, "% Login invalid\r\n\r\n");
	}
	return -1;
}
