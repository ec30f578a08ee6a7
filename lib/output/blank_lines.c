/* The empty lines that a device sends before each prompt, and no output has. */
#include "output/cutter.h"

#define BLANK_LINES_MAX 4 /* before a prompt */

/* One empty line is the echo of the one that was sent. */
void cutter_count_blank_lines(struct output_cutter *cutter)
{
	cutter->prompt_blank_lines =
		cutter->nblank > 0 ? cutter->nblank - 1 : 0;
	if (cutter->prompt_blank_lines > BLANK_LINES_MAX)
		cutter->prompt_blank_lines = BLANK_LINES_MAX;
}

unsigned cutter_watch_blank_lines(struct output_cutter *cutter)
{
	unsigned before = cutter->prompt_blank_lines;

	cutter->any_noted = false;
	cutter->prompt_blank_lines =
		BLANK_LINES_MAX; /* until it is known: none is passed on */
	return before;
}

void cutter_note_blank_lines(struct output_cutter *cutter)
{
	if (cutter->output.nlines != cutter->nblank)
		return;
	cutter->noted_blank_lines = cutter->nblank;
	cutter->any_noted = true;
}

void cutter_take_blank_lines(struct output_cutter *cutter, unsigned before)
{
	cutter->prompt_blank_lines =
		cutter->any_noted ? cutter->noted_blank_lines : before;
}
