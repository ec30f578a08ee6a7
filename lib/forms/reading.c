/* Files that are read by a form. */
#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "forms/form.h"
#include "yaml/fault.h"
#include "yaml/source.h"

#define OPEN_MAX_DEPTH 16
#define KINDS_MAX 8 /* of what is left out, told one by one */

struct note_set {
	bool noted[NKEYS];
};

struct left_out {
	struct {
		char kind[64];
		char example[64];
		size_t n;
	} kinds[KINDS_MAX];
	size_t nkinds;
	size_t others; /* of kinds that had no room */
	size_t n;
};

/* ---- messages */

int reading_fault(const struct reading *reading, size_t line, const char *fmt,
		  ...)
{
	char what[384];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (line != 0)
		return fault(reading->err, reading->name, line, "%s", what);
	(void)fault(reading->err, NULL, 0, "%s: %s", reading->name, what);
	return -1;
}

const char *reading_skip(const struct reading *reading, size_t line,
			 const char *name, const char *fmt, ...)
{
	char label[LABEL_MAX], what[384];
	struct nf_error err;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	fault_label(label, name, NULL, 0);
	if (name != NULL)
		(void)fault(&err, reading->name, line, "%s: %s", label, what);
	else
		(void)fault(&err, reading->name, line, "%s", what);
	return draft_text(reading->draft, err.message, strlen(err.message));
}

void reading_note(const struct reading *reading, size_t line, const char *fmt,
		  ...)
{
	char what[384];
	struct nf_error err;
	va_list args;

	if (reading->log == NULL || reading->log->line == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (line != 0)
		(void)fault(&err, reading->name, line, "%s", what);
	else
		(void)fault(&err, NULL, 0, "%s: %s", reading->name, what);
	reading->log->line(reading->log->arg, err.message);
}

/* ---- keys */

static void note_ignored(struct reading *reading, enum key key, size_t line)
{
	if (reading->ignored == NULL)
		reading->ignored = calloc(1, sizeof(*reading->ignored));
	if (reading->ignored == NULL) {
		reading->draft->no_memory = true;
		return;
	}
	if (reading->ignored->noted[key])
		return;
	reading->ignored->noted[key] = true;
	reading_note(reading, line, "key '%s' has no effect here%s",
		     key_name(key), key_instead(key));
}

void reading_say_key(struct reading *reading, enum key key, const char *text,
		     size_t line, unsigned flags)
{
	if (key >= NKEYS_READ)
		note_ignored(reading, key, line);
	else
		pen_say(&reading->pen, key, text, line, flags);
}

bool reading_say(struct reading *reading, const char *name, const char *text,
		 size_t line, unsigned flags)
{
	enum key key = key_find(name);

	if (key == NKEYS)
		return false;
	reading_say_key(reading, key, text, line, flags);
	return true;
}

void reading_leave_out(struct reading *reading, const char *kind,
		       const char *example)
{
	struct left_out *left = reading->left_out;

	if (left == NULL)
		left = reading->left_out = calloc(1, sizeof(*left));
	if (left == NULL) {
		reading->draft->no_memory = true;
		return;
	}
	left->n++;
	for (size_t i = 0; i < left->nkinds; i++) {
		if (strcmp(left->kinds[i].kind, kind) == 0) {
			left->kinds[i].n++;
			return;
		}
	}
	if (left->nkinds == KINDS_MAX) {
		left->others++;
		return;
	}
	(void)snprintf(left->kinds[left->nkinds].kind, 64, "%s", kind);
	(void)snprintf(left->kinds[left->nkinds].example, 64, "%.*s",
		       fault_shown(example), example);
	left->kinds[left->nkinds++].n = 1;
}

static void tell_left_out(const struct reading *reading)
{
	const struct left_out *left = reading->left_out;
	char text[320];
	size_t len = 0;

	if (left == NULL)
		return;
	for (size_t i = 0; i < left->nkinds && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%zu %s (%s%s)", i > 0 ? ", " : "",
					left->kinds[i].n, left->kinds[i].kind,
					left->kinds[i].example,
					left->kinds[i].n > 1 ? ", ..." : "");
	if (left->others > 0 && len < sizeof(text))
		(void)snprintf(text + len, sizeof(text) - len, ", %zu others",
			       left->others);
	reading_note(reading, 0,
		     "%zu %s not for a poller of command lines, and left "
		     "out: %s",
		     left->n, left->n == 1 ? "entry is" : "entries are", text);
}

/* ---- files */

char *reading_beside(const struct reading *reading, const char *path)
{
	char *own, *joined = NULL;

	if (path[0] == '/' || strcmp(reading->path, "-") == 0)
		return strdup(path);
	own = strdup(reading->path);
	if (own == NULL)
		return NULL;
	if (reading->bytes == NULL) { /* a directory */
		if (asprintf(&joined, "%s/%s", own, path) == -1)
			joined = NULL;
	} else if (strchr(own, '/') == NULL)
		joined = strdup(path);
	else if (asprintf(&joined, "%s/%s", dirname(own), path) == -1)
		joined = NULL;
	free(own);
	return joined;
}

static bool same_file(const char *one, const char *two)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(two, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Refuse a file that is open already, by way of those that named it. */
static int check_loop(const struct reading *reading, const char *path)
{
	unsigned depth = 0;

	for (const struct reading *at = reading; at != NULL; at = at->opener) {
		if (++depth > OPEN_MAX_DEPTH)
			return reading_fault(reading, 0,
					     "files name each other deeper "
					     "than %d levels",
					     OPEN_MAX_DEPTH);
		if (same_file(at->path, path))
			return reading_fault(reading, 0,
					     "it is read on behalf of itself, "
					     "by way of %s",
					     path);
	}
	return 0;
}

static uint32_t add_file(const struct reading *reading, const char *name,
			 const struct source *source, bool own)
{
	return draft_add_file(reading->draft,
			      &(struct draft_file){.path = name,
						   .own = own,
						   .shared = source->shared,
						   .loose = source->loose});
}

static int open_source(const struct reading *reading, const char *path,
		       bool own, struct reading *other)
{
	struct source source;

	if (source_read(&source, path, reading->err) == -1)
		return -1;
	*other = (struct reading){.draft = reading->draft,
				  .pen = {.draft = reading->draft},
				  .options = reading->options,
				  .log = reading->log,
				  .bytes = source.bytes,
				  .len = source.len,
				  .opener = reading,
				  .err = reading->err};
	other->path = draft_text(reading->draft, path, strlen(path));
	other->name = other->path;
	other->file = add_file(reading, other->name, &source, own);
	return 0;
}

int reading_open(const struct reading *reading, const char *path, bool own,
		 struct reading *other)
{
	char *full = reading_beside(reading, path);
	int rc;

	if (full == NULL)
		return fault_memory(reading->err, reading->name);
	rc = check_loop(reading, full);
	if (rc == 0)
		rc = open_source(reading, full, own, other);
	free(full);
	return rc;
}

void reading_close(struct reading *reading)
{
	struct source source = {.bytes = (char *)(uintptr_t)reading->bytes,
				.len = reading->len};

	tell_left_out(reading);
	pen_release(&reading->pen);
	free(reading->ignored);
	free(reading->left_out);
	source_release(&source);
	*reading = (struct reading){0};
}

static int read_directory(struct reading *reading, const struct form *form)
{
	if (form == NULL)
		return directory_read(reading);
	if (form->read_directory != NULL)
		return form->read_directory(reading);
	return reading_fault(reading, 0,
			     "a directory, which the form '%s' has none of: "
			     "give a file of it",
			     form->name);
}

int reading_run(struct reading *reading, const struct form *form)
{
	size_t ndevices = reading->draft->ndevices;
	int rc = 0;

	reading->pen = (struct pen){.draft = reading->draft};
	if (form == NULL && reading->bytes != NULL)
		rc = form_recognise(&form, reading);
	if (rc == 0 && reading->bytes == NULL)
		rc = read_directory(reading, form);
	else if (rc == 0)
		rc = form->read(reading);
	if (rc == 0)
		rc = draft_check(reading->draft, reading->err);
	if (rc == 0)
		tell_left_out(reading);
	else
		reading->draft->ndevices = ndevices;
	pen_release(&reading->pen);
	free(reading->ignored);
	free(reading->left_out);
	return rc;
}
