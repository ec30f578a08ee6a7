/* Files that list terms. */
#include "select/list_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/home.h"
#include "yaml/fault.h"
#include "yaml/source.h"

/* Cut a line's comment and carriage return off; it is terminated. */
static void bare_line(char *line)
{
	char *comment = line;

	line[strcspn(line, "\r")] = '\0';
	while ((comment = strchr(comment, '#')) != NULL) {
		if (comment == line || comment[-1] == ' ' ||
		    comment[-1] == '\t')
			*comment = '\0';
		else
			comment++;
	}
}

/* Add the terms of a file's bytes, which are changed, behind a NUL. */
static int add_lines(struct terms *terms, char *text,
		     struct terms_origin *origin, struct nf_error *err)
{
	int any = 0;

	while (text != NULL) {
		char *line = strsep(&text, "\n");
		int rc;

		origin->line++;
		bare_line(line);
		rc = terms_add(terms, line, origin, err);
		if (rc == -1)
			return -1;
		any |= rc;
	}
	if (any == 0)
		return error_set(err, NF_INVALID,
				 "%s: nothing is listed in it: write a name, "
				 "group or pattern a line",
				 origin->path);
	return 0;
}

/* The bytes of a file as a text, to be freed; NULL without memory. */
static char *text_of(const struct source *source)
{
	static const char mark[] = "\xef\xbb\xbf";
	bool marked = source->len >= 3 && memcmp(source->bytes, mark, 3) == 0;

	return strndup(source->bytes + (marked ? 3 : 0),
		       source->len - (marked ? 3 : 0));
}

static int read_list(struct terms *terms, struct terms_origin *origin,
		     const char *path, struct nf_error *err)
{
	struct source source;
	char *text;
	int rc;

	if (source_read(&source, path, err) == -1)
		return -1;
	if (memchr(source.bytes, '\0', source.len) != NULL) {
		source_release(&source);
		return error_set(err, NF_INVALID,
				 "%s: no list of devices (a NUL is in it)",
				 origin->path);
	}
	text = text_of(&source);
	source_release(&source);
	if (text == NULL)
		return fault_memory(err, origin->path);
	rc = add_lines(terms, text, origin, err);
	free(text);
	return rc;
}

int list_file_add(struct terms *terms, size_t i, const char *path,
		  struct nf_error *err)
{
	const struct term *term = &terms->at[i];
	const char *name = source_name(path);
	struct terms_origin origin = {
		.path = strings_add(&terms->strings, name, strlen(name)),
		.sign = term->sign,
		.clause = term->sign == SIGN_AND ? term->clause : CLAUSE_NEW};
	char *expanded = home_expand(path);
	int rc = -1;

	if (origin.path == NULL || expanded == NULL)
		rc = fault_memory(err, "selection");
	else
		rc = read_list(terms, &origin, expanded, err);
	free(expanded);
	return rc;
}
