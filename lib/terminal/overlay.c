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
	overlay->shown.max = SHOWN_MAX;
	overlay->shown.len = 0;
	if (buf_append(&overlay->shown, prompt, len) == -1)
		return -1;
	overlay->columns = line_columns(prompt, len);
	overlay->cursor = overlay->landed = overlay->columns;
	overlay->nbehind = 0;
	overlay->rubbed = false;
	overlay->leaves = leaves;
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

void overlay_move_to(struct overlay *overlay, size_t column)
{
	overlay->cursor = column < COLUMNS_MAX ? column : COLUMNS_MAX;
	if (overlay->cursor < overlay->landed)
		overlay->landed = overlay->cursor;
}

void overlay_move_back(struct overlay *overlay, size_t by)
{
	overlay_move_to(overlay,
			by < overlay->cursor ? overlay->cursor - by : 0);
}

/* Nothing was done to the prompt yet. */
static bool is_whole(const struct overlay *overlay)
{
	return !overlay->rubbed && overlay->landed == overlay->columns;
}

void overlay_put_blanks(struct overlay *overlay, size_t n)
{
	overlay->rubbed |= n > 0 && overlay->cursor < overlay->columns;
	if (n > COLUMNS_MAX)
		n = COLUMNS_MAX;
	overlay_move_to(overlay, overlay->cursor + n);
	if (is_whole(overlay))
		overlay->nbehind = overlay->cursor - overlay->columns;
}

void overlay_erase(struct overlay *overlay, unsigned parameter)
{
	if (parameter == 0)
		overlay->rubbed |= overlay->cursor < overlay->columns;
	else
		overlay->rubbed |= parameter == 2 || overlay->cursor > 0;
	if (parameter == 2)
		overlay_move_to(overlay, 0);
}

/* Blanks that the prompt begins with, as far as the device left them there. */
static size_t blanks_left(const struct overlay *overlay)
{
	size_t n = 0;

	while (n < overlay->landed && n < overlay->shown.len &&
	       overlay->shown.data[n] == ' ')
		n++;
	return n;
}

bool overlay_stays(const struct overlay *overlay, bool at_end, bool begins_line,
		   size_t *nblanks)
{
	/* A carriage return may be half of the line's end. */
	if (at_end ? !overlay->rubbed : is_whole(overlay)) {
		*nblanks = overlay->nbehind;
		return overlay->leaves <
		       (at_end ? OVERLAY_AT_ENTER : OVERLAY_AT_TEXT);
	}
	*nblanks = at_end ? 0
			  : overlay->cursor - overlay->landed +
				    (begins_line ? 0 : blanks_left(overlay));
	return false;
}
