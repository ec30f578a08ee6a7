/* netfan platforms: list the device types. */
#include "platforms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "options.h"
#include "tell.h"

/* ---- directories */

int directories_add(struct directories *dirs, const char *dir)
{
	const char **grown =
		reallocarray(dirs->at, dirs->n + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	grown[dirs->n++] = dir;
	dirs->at = grown;
	return 0;
}

void directories_free(struct directories *dirs)
{
	free(dirs->at);
	*dirs = (struct directories){0};
}

/* The user's own, NULL when there is none. */
static char *own_directory(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int rc = -1;

	if (config != NULL && config[0] == '/')
		rc = asprintf(&path, "%s/netfan/platforms", config);
	else if (home != NULL && home[0] != '\0')
		rc = asprintf(&path, "%s/.config/netfan/platforms", home);
	if (rc == -1)
		return NULL;
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

int platforms_open(struct nf_platforms **out, const struct directories *dirs,
		   struct nf_error *err)
{
	struct directories all = {0};
	char *own = own_directory();
	int rc = own != NULL ? directories_add(&all, own) : 0;

	for (size_t i = 0; rc == 0 && i < dirs->n; i++)
		rc = directories_add(&all, dirs->at[i]);
	if (rc == -1) {
		err->code = NF_SYSTEM;
		(void)snprintf(err->message, sizeof(err->message), "no memory");
	} else {
		rc = nf_platforms_load(out, all.at, all.n, err);
	}
	directories_free(&all);
	free(own);
	return rc;
}

/* ---- the subcommand */

static const struct manual manual = {
	.of = OF_PLATFORMS,
	.name = "netfan platforms",
	.arguments = "",
	.about = "List the device types that an inventory may name.",
	.status = "Exit status: 0 all is well, 2 a platform file is wrong, 5 "
		  "the list could not be\n"
		  "written.",
};

static int list(const struct directories *dirs)
{
	struct nf_platforms *platforms = NULL;
	struct nf_error err;
	int status = STATUS_OK;

	if (platforms_open(&platforms, dirs, &err) == -1) {
		tell("%s", err.message);
		return STATUS_USAGE;
	}
	for (const char *const *name = nf_platforms_names(platforms);
	     *name != NULL; name++) {
		const char *about;

		if (nf_platforms_about(platforms, *name, &about, &err) != 1) {
			tell("%s", err.message);
			status = STATUS_USAGE;
		} else {
			(void)printf("%-24s %s\n", *name, about);
		}
	}
	nf_platforms_free(platforms);
	return status;
}

int command_platforms(int argc, char **argv)
{
	struct options options;
	enum parsed parsed = options_parse(&options, &manual, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && options.nwords > 0)
		(void)options_wrong(&manual, "it takes no arguments");
	else if (parsed == PARSED_RUN)
		status = list(&options.platforms);
	options_release(&options);
	return status;
}
