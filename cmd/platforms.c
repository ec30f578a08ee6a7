/* netfan platforms: list the device types. */
#include "platforms.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/escape.h"
#include "options/groups.h"
#include "options/parse.h"
#include "status.h"
#include "tell.h"

/* ---- directories */

/* Is there a platform file in it, or can nobody tell? */
static bool has_files(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *at;
	bool found = false;

	if (dir == NULL)
		return errno != ENOENT;
	while (!found && (at = readdir(dir)) != NULL)
		found = fnmatch("*.y*ml", at->d_name, FNM_PERIOD) == 0;
	(void)closedir(dir);
	return found;
}

/* The user's own, NULL when there is none, or none yet in it. */
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
	if (has_files(path))
		return path;
	free(path);
	return NULL;
}

int platforms_open(struct nf_platforms **out, const struct paths *dirs,
		   const struct nf_log *log, struct nf_error *err)
{
	struct paths all = {0};
	char *own = own_directory();
	int rc = own != NULL ? paths_add(&all, own) : 0;

	for (size_t i = 0; rc == 0 && i < dirs->n; i++)
		rc = paths_add(&all, dirs->at[i]);
	if (rc == -1) {
		err->code = NF_SYSTEM;
		(void)snprintf(err->message, sizeof(err->message), "no memory");
	} else {
		rc = nf_platforms_load(out, all.at, all.n, log, err);
	}
	paths_free(&all);
	free(own);
	return rc;
}

/* ---- the subcommand */

static const struct option_row *const groups[] = {
	platform_options, general_options,
	/* The order is that of --help. */
	NULL};

/* Of files that anybody may have written. */
static void print_platform(const char *name, const char *about)
{
	char harmless[1024];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, name);
	(void)printf("%-24s ", harmless);
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, about);
	(void)printf("%s\n", harmless);
}

static int list(const struct paths *dirs)
{
	const struct nf_log log = {.line = tell_note};
	struct nf_platforms *platforms = NULL;
	struct nf_error err;
	int status = STATUS_OK;

	if (platforms_open(&platforms, dirs, &log, &err) == -1) {
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
			print_platform(*name, about);
		}
	}
	nf_platforms_free(platforms);
	return status;
}

static int run(int argc, char **argv)
{
	struct options options = {.quiet = false};
	enum parsed parsed =
		options_parse(&options, &subcommand_platforms, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && options.nwords > 0)
		(void)subcommand_wrong(&subcommand_platforms,
				       "it takes no arguments");
	else if (parsed == PARSED_RUN)
		status = list(&options.platforms);
	options_release(&options);
	return status;
}

const struct subcommand subcommand_platforms = {
	.name = "platforms",
	.summary = "list the device types",
	.arguments = "",
	.about = "List the device types that an inventory may name.",
	.status = "Exit status: 0 all is well, 2 a platform file is wrong, 5 "
		  "the list could not be\n"
		  "written.",
	.groups = groups,
	.run = run,
};
