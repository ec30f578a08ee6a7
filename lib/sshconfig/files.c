/* The files of ssh_config(5), as far as they have to be known. */
#include "sshconfig/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/wildcard.h"

#define SYSTEM_DIR "/etc/ssh"
#define USER_DIR "~/.ssh"
#define DEPTH_MAX 16 /* ssh's own limit */
#define SPACE " \t\f\r"
#define BLANKS " \t\r" /* behind keywords */

/* The file that is being read. */
struct reading {
	struct files *files;
	const char *path;
	const char *dir; /* of what it includes by a relative path */
	unsigned line;
	unsigned depth;
	bool shared; /* others may write it */
	struct nf_error *err;
};

static int read_file(struct files *files, const char *path, const char *dir,
		     unsigned depth, struct nf_error *err);

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for ssh_config");
}

/* ---- words */

/* Take the next word of a line, in place, without its quotes: NULL at the end,
 * or where a comment begins. */
static char *next_word(char **at)
{
	char *in = *at + strspn(*at, SPACE), *word = in, *out = in;
	char quote = '\0';

	if (*in == '\0' || *in == '#')
		return NULL;
	for (; *in != '\0' && (quote != '\0' || strchr(SPACE, *in) == NULL);
	     in++) {
		if (*in == '\\' && in[1] != '\0' &&
		    strchr(quote == '\0' ? "\\\"' " : "\\\"'", in[1]))
			*out++ = *++in;
		else if (quote == '\0' && (*in == '"' || *in == '\''))
			quote = *in;
		else if (quote != '\0' && *in == quote)
			quote = '\0';
		else
			*out++ = *in;
	}
	*at = in + (*in != '\0');
	*out = '\0';
	return word;
}

/* Take a word as ssh takes keywords: it ends behind its quotes, too. NULL where
 * these have no end. */
static char *next_keyword(char **at)
{
	char *word = *at, *end = word + strcspn(word, BLANKS "\"=");
	bool equals = *end == '=';

	if (*end == '"') {
		memmove(end, end + 1, strlen(end));
		end = strchr(end, '"');
		if (end == NULL)
			return NULL;
		*end++ = '\0';
		*at = end + strspn(end, BLANKS);
		return word;
	}
	if (*end != '\0')
		*end++ = '\0';
	end += strspn(end, BLANKS);
	if (*end == '=' && !equals)
		end += 1 + strspn(end + 1, BLANKS);
	*at = end;
	return word;
}

/* Take the keyword of a line, and what may stand between it and its values. */
static const char *take_keyword(char **at)
{
	char *keyword = next_keyword(at);

	if (keyword != NULL && *keyword == '\0')
		keyword = next_keyword(at); /* that was what leads to it */
	return keyword == NULL || *keyword == '\0' || *keyword == '#' ? NULL
								      : keyword;
}

/* ---- what the lines say */

static int take_host(struct reading *reading, char *rest)
{
	struct files *files = reading->files;
	const char *text = strings_add(&files->texts, rest, strlen(rest));
	const char **hosts = reallocarray(files->hosts, files->nhosts + 1,
					  sizeof(const char *));
	char *at, *word, *out;

	if (hosts != NULL)
		files->hosts = hosts;
	if (hosts == NULL || text == NULL)
		return no_memory(reading->err);
	/* The words again, without quotes, each behind a blank. */
	out = (char *)(uintptr_t)text;
	for (at = rest; (word = next_word(&at)) != NULL;) {
		size_t len = strlen(word);

		if (strpbrk(word, SPACE) != NULL)
			continue; /* no host is called so */
		memmove(out, word, len);
		out[len] = ' ';
		out += len + 1;
	}
	if (out > text)
		out[-1] = '\0';
	else
		*out = '\0';
	files->hosts[files->nhosts++] = text;
	return 0;
}

static int take_command(const struct reading *reading, const char *what)
{
	if (!reading->shared)
		return 0;
	return error_set(reading->err, NF_INVALID,
			 "%s:%u: %s is a command, in a file that others may "
			 "write: chmod go-w, or have its owner be you",
			 reading->path, reading->line, what);
}

/* ssh runs the command of a Match when it is asked. */
static int take_match(struct reading *reading, char *rest)
{
	char *word = next_word(&rest);
	bool runs = false;

	if (word != NULL && strcasecmp(word, "all") == 0 &&
	    next_word(&rest) == NULL)
		return 0;
	reading->files->each = true;
	for (; word != NULL; word = next_word(&rest))
		runs |= strcasestr(word, "exec") != NULL;
	return runs ? take_command(reading, "Match exec") : 0;
}

/* All of the line is the command: "none; reboot" is one. */
static int take_proxy_command(struct reading *reading, char *rest)
{
	size_t len;

	rest += strspn(rest, SPACE "=");
	len = strlen(rest);
	while (len > 0 && strchr(SPACE, rest[len - 1]) != NULL)
		len--;
	if (len == 0 ||
	    (len == strlen("none") && strncasecmp(rest, "none", len) == 0))
		return 0;
	return take_command(reading, "ProxyCommand");
}

static int take_hostname(struct reading *reading, char *rest)
{
	struct files *files = reading->files;
	char *word = next_word(&rest);
	const char **names;

	if (word == NULL)
		return 0; /* ssh will tell */
	files->each |= strchr(word, '%') != NULL;
	names = reallocarray(files->hostnames, files->nhostnames + 1,
			     sizeof(const char *));
	if (names == NULL)
		return no_memory(reading->err);
	files->hostnames = names;
	names[files->nhostnames] =
		strings_add(&files->texts, word, strlen(word));
	return names[files->nhostnames++] != NULL ? 0 : no_memory(reading->err);
}

/* What ssh fills in itself, before it tells. */
static int take_filled(struct reading *reading, char *rest)
{
	reading->files->each |= strchr(rest, '%') != NULL;
	return 0;
}

static int take_canonicalize(struct reading *reading, char *rest)
{
	char *word = next_word(&rest);

	reading->files->each |=
		word == NULL ||
		(strcasecmp(word, "no") != 0 && strcasecmp(word, "false") != 0);
	return 0;
}

/* The home of a ~ is glob's to find, as it is for ssh: HOME comes first. */
static char *include_pattern(const struct reading *reading, const char *word)
{
	bool placed = word[0] == '/' || word[0] == '~';
	char *pattern = NULL;

	return asprintf(&pattern, "%s%s%s", placed ? "" : reading->dir,
			placed ? "" : "/", word) == -1
		       ? NULL
		       : pattern;
}

static int include_all(const struct reading *reading, const char *pattern)
{
	glob_t found;
	int rc = glob(pattern, GLOB_TILDE, NULL, &found);

	if (rc == GLOB_NOMATCH)
		return 0;
	if (rc != 0)
		return error_set(reading->err, NF_INVALID,
				 "%s:%u: what it includes cannot be read",
				 reading->path, reading->line);
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
		rc = read_file(reading->files, found.gl_pathv[i], reading->dir,
			       reading->depth + 1, reading->err);
	globfree(&found);
	return rc;
}

static int take_include(struct reading *reading, char *rest)
{
	char *word;
	int rc = 0;

	while (rc == 0 && (word = next_word(&rest)) != NULL) {
		char *pattern = include_pattern(reading, word);

		/* Tokens, as later versions of ssh take them. */
		reading->files->each |= strpbrk(word, "%$") != NULL;
		rc = pattern != NULL ? include_all(reading, pattern)
				     : no_memory(reading->err);
		free(pattern);
	}
	return rc;
}

static const struct {
	const char *keyword;
	int (*take)(struct reading *reading, char *rest);
} keywords[] = {
	{"host", take_host},
	{"match", take_match},
	{"include", take_include},
	{"hostname", take_hostname},
	{"proxycommand", take_proxy_command},
	{"canonicalizehostname", take_canonicalize},
	{"identityagent", take_filled},
	{"hostkeyalias", take_filled},
	{"user", take_filled},
};

static int take_line(struct reading *reading, char *line)
{
	const char *keyword = take_keyword(&line);

	for (size_t i = 0;
	     keyword != NULL && i < sizeof(keywords) / sizeof(keywords[0]);
	     i++) {
		if (strcasecmp(keyword, keywords[i].keyword) == 0)
			return keywords[i].take(reading, line);
	}
	return 0;
}

/* ---- a file */

static int take_lines(struct reading *reading, char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		reading->line++;
		if (take_line(reading, line) == -1)
			return -1;
	}
	return 0;
}

static int fault_file(const struct reading *reading, const char *why)
{
	return error_set(reading->err, NF_INVALID, "%s: %s", reading->path,
			 why);
}

/* Read all of an open file, to be freed. */
static char *load(struct reading *reading, int fd)
{
	struct stat st;
	char *text;
	ssize_t n;
	size_t len = 0;

	if (fstat(fd, &st) == -1 || S_ISDIR(st.st_mode)) {
		(void)fault_file(reading, "not a file");
		return NULL;
	}
	reading->shared = (st.st_mode & 022) != 0 ||
			  (st.st_uid != 0 && st.st_uid != getuid());
	text = malloc(FILES_SIZE_MAX + 1);
	if (text == NULL) {
		(void)no_memory(reading->err);
		return NULL;
	}
	while ((n = read(fd, text + len, FILES_SIZE_MAX - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	if (n == 0 && len < FILES_SIZE_MAX && strlen(text) == len)
		return text;
	(void)fault_file(reading, n == -1 ? strerror(errno)
					  : "it is too long, or has a NUL");
	free(text);
	return NULL;
}

static int read_file(struct files *files, const char *path, const char *dir,
		     unsigned depth, struct nf_error *err)
{
	struct reading reading = {.files = files,
				  .path = path,
				  .dir = dir,
				  .depth = depth,
				  .err = err};
	char *text;
	int rc = -1;
	int fd;

	if (depth > DEPTH_MAX || ++files->nread > FILES_MAX)
		return fault_file(&reading, "too many files are included");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1) {
		/* ssh passes over what is included and cannot be read. */
		return depth > 0 ? 0 : fault_file(&reading, strerror(errno));
	}
	text = load(&reading, fd);
	(void)close(fd);
	if (text != NULL)
		rc = take_lines(&reading, text);
	free(text);
	return rc;
}

/* One that need not be there. */
static int read_if_any(struct files *files, const char *path, const char *dir,
		       struct nf_error *err)
{
	return access(path, F_OK) == -1 ? 0
					: read_file(files, path, dir, 0, err);
}

int files_read(struct files *files, const char *path, struct nf_error *err)
{
	const struct passwd *self = getpwuid(getuid());
	char *own = NULL;
	int rc;

	*files = (struct files){.nhosts = 0};
	/* ssh looks there, whatever HOME says. */
	if (asprintf(&own, "%s/.ssh/config",
		     self != NULL ? self->pw_dir : "") == -1)
		return no_memory(err);
	if (path != NULL)
		rc = read_file(files, path, USER_DIR, 0, err);
	else if (read_if_any(files, own, USER_DIR, err) == -1)
		rc = -1;
	else
		rc = read_if_any(files, SYSTEM_DIR "/ssh_config", SYSTEM_DIR,
				 err);
	free(own);
	if (rc == -1)
		files_release(files);
	return rc;
}

void files_release(struct files *files)
{
	free(files->hosts);
	free(files->hostnames);
	strings_release(&files->texts);
	*files = (struct files){.nhosts = 0};
}

bool files_name(const struct files *files, const char *host)
{
	for (size_t i = 0; i < files->nhostnames; i++) {
		if (strcasecmp(files->hostnames[i], host) == 0)
			return true;
	}
	return false;
}

/* ---- groups */

/* Does a host match a Host line? A word behind a ! undoes what others match. */
static bool host_matches(const char *patterns, const char *host)
{
	bool matched = false;

	while (*patterns != '\0') {
		bool negated = *patterns == '!';
		size_t len;

		patterns += negated;
		len = strcspn(patterns, " ");
		if (wildcard_matches(patterns, len, host)) {
			if (negated)
				return false;
			matched = true;
		}
		patterns += len;
		patterns += *patterns == ' ';
	}
	return matched;
}

/* What splitting the groups by one line takes. */
struct split {
	bool *hit; /* by host */
	uint32_t *size; /* by group, as the next two */
	uint32_t *hits;
	uint32_t *into; /* the new group of those that match; 0: none yet */
};

static void split_release(struct split *split)
{
	free(split->hit);
	free(split->size);
	free(split->hits);
	free(split->into);
}

static bool split_init(struct split *split, size_t n)
{
	*split = (struct split){.hit = calloc(n, sizeof(*split->hit)),
				.size = calloc(n, sizeof(*split->size)),
				.hits = calloc(n, sizeof(*split->hits)),
				.into = calloc(n, sizeof(*split->into))};
	if (split->hit != NULL && split->size != NULL && split->hits != NULL &&
	    split->into != NULL)
		return true;
	split_release(split);
	return false;
}

/* Move the hosts of each group that match a line to a group of their own, unless
 * all of it do. */
static void split_by(struct split *split, const char *patterns,
		     const char *const *hosts, size_t n, uint32_t *group,
		     size_t *ngroups)
{
	size_t before = *ngroups;

	memset(split->hits, 0, *ngroups * sizeof(*split->hits));
	memset(split->into, 0, *ngroups * sizeof(*split->into));
	for (size_t i = 0; i < n; i++) {
		split->hit[i] = host_matches(patterns, hosts[i]);
		split->hits[group[i]] += split->hit[i];
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t from = group[i];

		if (!split->hit[i] || split->hits[from] == split->size[from])
			continue;
		if (split->into[from] == 0)
			split->into[from] = (uint32_t)(*ngroups)++;
		group[i] = split->into[from];
	}
	for (size_t i = 0; i < before; i++) {
		if (split->into[i] == 0)
			continue;
		split->size[split->into[i]] = split->hits[i];
		split->size[i] -= split->hits[i];
	}
}

int files_group(const struct files *files, const char *const *hosts, size_t n,
		uint32_t *group, size_t *ngroups, struct nf_error *err)
{
	struct split split;

	*ngroups = n > 0 ? 1 : 0;
	if (n == 0)
		return 0;
	if (!split_init(&split, n))
		return no_memory(err);
	memset(group, 0, n * sizeof(*group));
	split.size[0] = (uint32_t)n;
	for (size_t i = 0; i < files->nhosts; i++)
		split_by(&split, files->hosts[i], hosts, n, group, ngroups);
	split_release(&split);
	return 0;
}
