/*
 * An answer and what was kept before. The file in its place is compared, by
 * today's rules: so new rules make no change. Where a run that ended did not put
 * it there (one was killed, or it was edited by hand), what counts is the version
 * that the last run left that ended: what a dead run found is told by the next.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store_parts.h"

/* The file in its place, or the answer that is aside. */
struct text {
	struct nf_store *store;
	const char *platform;
	const char *command;
	int fd;
};

static int measure(const struct text *text, enum content_use use,
		   struct content_end *end, struct nf_error *err)
{
	const struct source source = {.fd = text->fd};

	return content_read(text->store, &source, text->platform, text->command,
			    use, end, err);
}

static bool same_digest(const uint8_t a[NF_DIGEST], const uint8_t b[NF_DIGEST])
{
	return memcmp(a, b, NF_DIGEST) == 0;
}

static bool has_digest(const struct state_file *file)
{
	static const uint8_t none[NF_DIGEST];

	return file->kept && !same_digest(file->digest, none);
}

int compare_base(struct nf_store *store, const struct row *row,
		 const struct state_file *file, const struct output *output,
		 struct source *source)
{
	char path[STORE_PATH_MAX];
	struct nf_error err;
	struct stat st;

	*source = (struct source){.fd = -1, .rev = store->base};
	if (store->options.kind == NF_STORE_PLAIN) {
		if (output->before != NULL)
			source->fd = folder_file(&store->folder, output->before,
						 &st, &err);
		return source->fd != -1;
	}
	if (store->git == NULL || store->base[0] == '\0')
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%s", row->state->dir,
		       file->file);
	source->path = strings_add(&store->strings, path, strlen(path));
	return source->path != NULL;
}

/* The digest of that version: 1; 0 when there is none, or none that can be
 * read. */
static int base_digest(struct nf_store *store, const struct row *row,
		       const struct state_file *file,
		       const struct output *output, struct content_end *end)
{
	struct nf_error err = {0};
	struct source source;
	int rc;

	if (compare_base(store, row, file, output, &source) == 0)
		return 0;
	rc = content_read(store, &source, row->pub.platform, file->command,
			  store_use(store), end, &err);
	if (source.fd != -1)
		(void)close(source.fd);
	return rc == 1;
}

/* What is there was kept in marks, and the answer is not: marks tell whether it
 * says the same. */
static bool same_in_marks(const struct text *text, const struct output *output)
{
	struct text answer = *text;
	struct content_end before, now;
	struct nf_error err = {0};
	bool same;

	answer.fd = aside_open(&output->aside, &err);
	if (answer.fd == -1)
		return false;
	same = measure(text, CONTENT_MASKED, &before, &err) == 1 &&
	       measure(&answer, CONTENT_MASKED, &now, &err) == 1 &&
	       same_digest(before.digest, now.digest);
	(void)close(answer.fd);
	return same;
}

/* Has the file secrets that are not masked, as rules did not know them? */
static bool is_bare(const struct text *text, const struct content_end *masked)
{
	struct content_end end;
	struct nf_error err = {0};

	return measure(text, CONTENT_AS_IT_CAME, &end, &err) == 1 &&
	       !same_digest(end.digest, masked->digest);
}

/* A file that no run put there that ended: *end is its content. */
static void compare_doubtful(struct nf_store *store, const struct row *row,
			     const struct state_file *file,
			     const struct output *output,
			     const struct content_end *end,
			     struct compared *compared)
{
	bool as_found = same_digest(end->digest, output->end.digest);
	bool told = has_digest(file);
	struct before *before = &compared->before;
	struct content_end base;
	int known;

	compared->doubt = true;
	compared->place = !as_found;
	before->same = told && same_digest(file->digest, output->end.digest);
	if (before->same || (told && !as_found))
		return;
	known = base_digest(store, row, file, output, &base);
	/* A state that was made anew tells of files that are not recorded, too:
	 * of a first run that did not end. */
	before->kept = told || known || (file->kept && store->git == NULL);
	before->same = as_found &&
		       (known ? same_digest(base.digest, output->end.digest)
			      : before->kept);
}

/* A file as the last run left it. */
static void compare_trusted(struct nf_store *store, const struct text *text,
			    const struct state_file *file,
			    const struct output *output,
			    const struct content_end *end,
			    struct compared *compared)
{
	const uint8_t *digest = output->end.digest;

	compared->before.same = same_digest(file->digest, digest) ||
				same_digest(end->digest, digest);
	compared->place = !compared->before.same;
	if (compared->before.same && store->masks)
		compared->place = is_bare(text, end);
	else if (!compared->before.same && store->state.masked && !store->masks)
		compared->before.same = same_in_marks(text, output);
}

/* What the state alone tells, of a file that is not there: removed by hand. */
static void compare_missing(const struct state_file *file,
			    const struct output *output,
			    struct compared *compared)
{
	compared->place = true;
	compared->before.same = has_digest(file) &&
				same_digest(file->digest, output->end.digest);
}

static unsigned count_shrunk(const struct state_file *file,
			     const struct output *output)
{
	bool again = file->shrunk > 0 &&
		     same_digest(file->shrunk_digest, output->end.digest);

	return again ? file->shrunk + 1 : 1;
}

void compare(struct nf_store *store, const struct row *row,
	     const struct state_file *file, const struct output *output,
	     struct compared *compared)
{
	struct text text = {.store = store,
			    .platform = row->pub.platform,
			    .command = file->command};
	struct before *before = &compared->before;
	struct content_end end = {0};
	char path[STORE_PATH_MAX];
	struct nf_error err;

	*compared = (struct compared){
		.before = {.kept = file->kept,
			   .bytes = file->bytes,
			   .shrunk = count_shrunk(file, output)}};
	text.fd =
		kept_find(store, row->state, file, path, &compared->st)
			? folder_file(&store->folder, path, &compared->st, &err)
			: -1;
	/* What cannot be read can be replaced. */
	if (text.fd != -1)
		before->there =
			measure(&text, store_use(store), &end, &err) == 1;
	if (!before->there) {
		compare_missing(file, output, compared);
	} else {
		before->bytes = end.bytes;
		before->marked = end.marked;
		if (file->kept && state_file_is(file, &compared->st))
			compare_trusted(store, &text, file, output, &end,
					compared);
		else
			compare_doubtful(store, row, file, output, &end,
					 compared);
	}
	if (text.fd != -1)
		(void)close(text.fd);
}
