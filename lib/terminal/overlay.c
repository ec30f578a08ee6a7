/* The prompt of a pager that got its key. */
#include "terminal/overlay.h"

#include "terminal/line.h"

#define COLUMNS_MAX ((size_t)4096) /* that the cursor is moved at most */
#define SHOWN_MAX ((size_t)1024)

void overlay_release(struct overlay *overlay)
{
	buf_release(&overlay->shown);
}

int overlay_show(struct overlay *overlay, const uint8_t *prompt, size_t len,
		 enum overlay_leaves leaves)
{
	size_t columns = line_columns(prompt, len);
	struct buf shown = overlay->shown;

	shown.max = SHOWN_MAX;
	shown.len = 0;
	if (buf_append(&shown, prompt, len) == -1)
		return -1;
	*overlay = (struct overlay){.shown = shown,
				    .columns = columns,
				    .cursor = columns,
				    .landed = columns,
				    .leaves = leaves};
	return 0;
}

void overlay_drop(struct overlay *overlay)
{
	overlay->shown.len = 0;
}

bool overlay_is_shown(const struct overlay *overlay)
{
	return overlay->shown.len > 0;
}

/* ---- the cursor */

void overlay_move_to(struct overlay *overlay, size_t column)
{
	overlay->returned = false;
	overlay->cleared |= overlay->rubbed && column < overlay->cursor;
	overlay->cursor = column < COLUMNS_MAX ? column : COLUMNS_MAX;
	if (overlay->cursor < overlay->landed)
		overlay->landed = overlay->cursor;
}

/* It was no line's end that returned the cursor. */
static void settle(struct overlay *overlay)
{
	if (overlay->returned)
		overlay_move_to(overlay, 0);
}

void overlay_return(struct overlay *overlay)
{
	settle(overlay);
	overlay->returned = true;
}

void overlay_move_back(struct overlay *overlay, size_t by)
{
	settle(overlay);
	overlay_move_to(overlay,
			by < overlay->cursor ? overlay->cursor - by : 0);
}

/* ---- writing */

/* Was nothing done to the prompt yet? */
static bool is_whole(const struct overlay *overlay)
{
	return !overlay->rubbed && overlay->landed == overlay->columns;
}

void overlay_put_blanks(struct overlay *overlay, size_t n)
{
	if (n == 0)
		return;
	if (n > COLUMNS_MAX)
		n = COLUMNS_MAX;
	settle(overlay);
	overlay->rubbed |= overlay->cursor < overlay->columns;
	overlay_move_to(overlay, overlay->cursor + n);
	if (is_whole(overlay))
		overlay->nbehind = overlay->cursor - overlay->columns;
}

void overlay_erase(struct overlay *overlay, unsigned parameter)
{
	settle(overlay);
	if (parameter == 2)
		overlay_move_to(overlay, 0);
	if (parameter == 1 && overlay->cursor > 0)
		overlay->landed = 0;
	overlay->rubbed |= parameter == 0 ? overlay->cursor < overlay->columns
					  : overlay->landed < overlay->columns;
	overlay->cleared |= overlay->rubbed;
}

/* ---- the end */

/* Bytes of the prompt before the columns that were rubbed out. */
static size_t bytes_left(const struct overlay *overlay)
{
	const struct buf *shown = &overlay->shown;
	size_t n = 0;

	if (overlay->leaves == OVERLAY_RUBBED)
		return line_columns_len(shown->data, shown->len,
					overlay->landed);
	while (n < overlay->landed && n < shown->len && shown->data[n] == ' ')
		n++;
	return n;
}

size_t overlay_left(struct overlay *overlay, bool at_end, size_t *nblanks)
{
	if (!at_end)
		settle(overlay);
	if (at_end ? !overlay->rubbed : is_whole(overlay)) {
		*nblanks = overlay->nbehind;
		return overlay->leaves != OVERLAY_AT_ENTER ? overlay->shown.len
							   : 0;
	}
	overlay->rubbed = true; /* what comes is written over it */
	*nblanks = 0;
	if (overlay->cursor > overlay->landed && (!at_end || overlay->cleared))
		*nblanks = overlay->cursor - overlay->landed;
	return bytes_left(overlay);
}
