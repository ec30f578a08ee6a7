/*
 * What lines look like that no platform describes: as prompts end, as shells
 * prompt, as questions and as the progress of a copy.
 *
 *   ends as a prompt    > # $ % ] and what is drawn in their place, U+276F say
 *   is a question       line_asks(); a word for a secret, and a colon
 *   is progress         ####, 50%, ===>, [OK], [##  ], [3/9], and a # that a
 *                       blank parts from a text
 *   is a shell's        user@host:path$, [user@host path]#, bash-5.1$, / #, $
 *   is a boot loader's  rommon 1 >
 */
#ifndef NETFAN_EXCHANGE_SHAPE_H
#define NETFAN_EXCHANGE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does a line end as prompts end, in a mark, and is it not the progress of
 * something? */
bool shape_ends_as_prompt(const uint8_t *line, size_t len);

/* Does a line look like the progress of something, which goes on by itself, and
 * which a key might abort? */
bool shape_is_progress(const uint8_t *line, size_t len);

/* Does a line ask for a secret, in the words of any language? An empty one
 * would be a wrong one. */
bool shape_asks_secret(const uint8_t *line, size_t len);

/* Does it wait for more of a command, as "> " and "dquote> " of a shell do? */
bool shape_is_continued(const uint8_t *line, size_t len);

/* Is it the prompt of a shell, as far as that can be seen? */
bool shape_is_shell(const uint8_t *line, size_t len);

/* Is it the prompt of a boot loader, "rommon 1 >" say? */
bool shape_is_loader(const uint8_t *line, size_t len);

/* Length of a prompt without its mark and the blanks around it. */
size_t shape_stem(const uint8_t *line, size_t len);

/*
 * Is it a line that a command may have led to, of a device whose prompt was
 * another one: the same name and one word more, "(config)" say; the name of a
 * shell; a mark alone, with a blank behind it?
 */
bool shape_may_follow(const uint8_t *line, size_t len, const char *prompt);

/* Are they the same but for a word in brackets behind the name, so that one is
 * the device's in another mode: "lab (3)#" and "lab (3)(config)#"? */
bool shape_is_mode_of(const uint8_t *line, size_t len, const char *prompt);

#endif
