/* The platforms that a subcommand works with. */
#include "platforms.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

/* Is there a platform file in a directory, or is it one that cannot be read,
 * which loading tells? */
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

/* The user's own directory, NULL when there is none or no platform file in it.
 */
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

int platforms_open(struct nf_platforms **out, const struct texts *dirs,
		   const struct nf_log *log, struct nf_error *err)
{
	struct texts all = {0};
	char *own = own_directory();
	int rc = own != NULL ? texts_add(&all, own) : 0;

	for (size_t i = 0; rc == 0 && i < dirs->n; i++)
		rc = texts_add(&all, dirs->at[i]);
	if (rc == -1) {
		err->code = NF_SYSTEM;
		(void)snprintf(err->message, sizeof(err->message), "no memory");
	} else {
		rc = nf_platforms_load(out, all.at, all.n, log, err);
	}
	texts_free(&all);
	free(own);
	return rc;
}
