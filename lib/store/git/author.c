/* Who makes the commits. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/git/git_parts.h"

#define NAME_MAX_LEN 256

/* What git takes off the ends of a name: one of nothing else is refused. */
#define CRUD " .,:;<>\"\\'"

static bool is_plain(const char *text, size_t len, const char *unwanted)
{
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) ||
		    strchr(unwanted, text[i]) != NULL)
			return false;
	return len > 0 && len < NAME_MAX_LEN && strspn(text, CRUD) < len;
}

/* Take "NAME <MAIL>" apart: false when it is none. */
static bool split(const char *author, char name[NAME_MAX_LEN],
		  char mail[NAME_MAX_LEN])
{
	const char *open = strchr(author, '<');
	size_t name_len, mail_len;

	if (open == NULL || open == author)
		return false;
	name_len = (size_t)(open - author);
	while (name_len > 0 && author[name_len - 1] == ' ')
		name_len--;
	mail_len = strcspn(open + 1, ">");
	if (strcmp(open + 1 + mail_len, ">") != 0 ||
	    !is_plain(author, name_len, "<>") ||
	    !is_plain(open + 1, mail_len, "<> "))
		return false;
	(void)snprintf(name, NAME_MAX_LEN, "%.*s", (int)name_len, author);
	(void)snprintf(mail, NAME_MAX_LEN, "%.*s", (int)mail_len, open + 1);
	return true;
}

/* netfan@HOST, whatever the host is called. */
static void own_mail(char mail[NAME_MAX_LEN])
{
	char host[65] = "";

	(void)gethostname(host, sizeof(host) - 1);
	for (char *at = host; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && *at != '.')
			*at = '-';
	(void)snprintf(mail, NAME_MAX_LEN, "netfan@%s",
		       host[0] != '\0' ? host : "localhost");
}

int git_set_author(struct git *git, const char *author, struct nf_error *err)
{
	char name[NAME_MAX_LEN] = "netfan", mail[NAME_MAX_LEN];

	own_mail(mail);
	if (author != NULL && !split(author, name, mail))
		return error_set(err, NF_INVALID,
				 "an author is given as \"NAME <MAIL>\"");
	if (git_env_add(git->env, "GIT_AUTHOR_NAME", name) == -1 ||
	    git_env_add(git->env, "GIT_AUTHOR_EMAIL", mail) == -1 ||
	    git_env_add(git->env, "GIT_COMMITTER_NAME", name) == -1 ||
	    git_env_add(git->env, "GIT_COMMITTER_EMAIL", mail) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for an author");
	return 0;
}
