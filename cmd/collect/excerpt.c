/* Excerpts: as much of diffs as a report has room for. */
#include "collect/excerpt.h"

struct excerpts excerpts_begin(const struct collection *c, excerpt_line *line,
			       void *arg)
{
	return (struct excerpts){.c = c,
				 .room = c->diff_lines * EXCERPT_OUTPUTS,
				 .line = line,
				 .arg = arg};
}

struct taker {
	struct excerpts *excerpts;
	size_t room; /* for lines of this output */
	size_t left_out;
};

/* All lines are read, so that it can be told how many there are. */
static int take_line(void *arg, const char *line, size_t len)
{
	struct taker *taker = arg;
	size_t shown = len < EXCERPT_LINE ? len : EXCERPT_LINE;

	if (taker->room == 0) {
		taker->left_out++;
		return 0;
	}
	taker->room--;
	taker->excerpts->room--;
	taker->excerpts->line(taker->excerpts->arg, line, shown, len - shown);
	return 0;
}

enum excerpt excerpts_take(struct excerpts *excerpts, size_t device,
			   size_t output, size_t *left_out,
			   struct nf_error *err)
{
	const struct collection *c = excerpts->c;
	size_t wanted = c->diff_lines;
	struct taker taker = {.excerpts = excerpts};

	*left_out = 0;
	if (excerpts->room == 0)
		return EXCERPT_NONE;
	taker.room = wanted < excerpts->room ? wanted : excerpts->room;
	if (c->diff(c->diff_arg, device, output, take_line, &taker, err) == -1)
		return EXCERPT_FAILED;
	*left_out = taker.left_out;
	return taker.left_out == 0 ? EXCERPT_WHOLE : EXCERPT_CUT;
}
