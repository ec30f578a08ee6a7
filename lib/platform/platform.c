/* The platforms netfan knows. */
#include "platform/platform.h"

#include <string.h>

/*
 * Cisco: prompts are a host name, a mode in brackets, then > or #. IOS limits
 * a host name to 63 characters, but shows any that an operator could set. There
 * is no blank in them: a question may end in > as well.
 */
static const struct platform cisco_ios = {
	.name = "cisco_ios",
	.term = "vt100",
	.enter = "\r",
	.prompt = "^[^\\s#>()]{1,128}(?:\\([^()]{1,64}\\))?[#>] ?$",
	.user = "^[^#>()]+> ?$",
	.mode_change = "(?:\\([^()]{1,64}\\))?[#>] ?$",
	.enable = "enable",
	.password = "(?i)^.{0,64}password: ?$",
	.pager = "^ ?--More-- ?$",
	.pager_next = " ",
	.logout = "exit",
	.paging_off = (const char *const[]){"terminal length 0", NULL},
	.errors = (const char *const[]){"^% ?Invalid input detected",
					"^% ?Ambiguous command",
					"^% ?Incomplete command",
					"^% ?Unknown command",
					"^% ?Authorization failed",
					"^Command authorization failed", NULL},
};

/* A plain shell. It says "not found" in its own words: nothing is guessed. */
static const struct platform linux_shell = {
	.name = "linux",
	.term = "dumb",
	.enter = "\n",
	.prompt = "^.{0,255}[#$%>] ?$",
	.logout = "exit",
	.paging_off = (const char *const[]){NULL},
	.errors = (const char *const[]){NULL},
};

static const struct platform *const platforms[] = {&cisco_ios, &linux_shell};

static const char *const names[] = {"cisco_ios", "linux", NULL};

const struct platform *platform_find(const char *name)
{
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		if (strcmp(platforms[i]->name, name) == 0)
			return platforms[i];
	}
	return NULL;
}

const char *const *platform_names(void)
{
	return names;
}
