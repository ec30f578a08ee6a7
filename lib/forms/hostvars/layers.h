/*
 * Layers of a draft, made of the variables of a group or a host: one for those
 * of each file, in two kinds. A full one says the keys that the variables are,
 * and data; a bare one says data alone, for devices whose keys come otherwise.
 */
#ifndef NETFAN_FORMS_HOSTVARS_LAYERS_H
#define NETFAN_FORMS_HOSTVARS_LAYERS_H

#include "forms/hostvars/model.h"

/* Variables of one file, of a group or a host. */
struct segment {
	struct segment *next; /* of the file before */
	uint32_t file;
	const char *group; /* whose variables they are; NULL: a host's */
	const struct variable *first;
	size_t n;
	const struct variable *says[NTARGETS]; /* NULL: another has to say */
	const struct layer *full, *bare; /* NULL: not yet made */
};

/* The segments of variables, the last file first: they live as the model does.
 * group is theirs, NULL for a host's. NULL for none, and without memory. */
struct segment *segments_make(struct model *model, const struct variables *vars,
			      const char *group);

const struct layer *segment_full(struct model *model, struct segment *segment);
const struct layer *segment_bare(struct model *model, struct segment *segment);

/* Say the data of a segment. */
void segment_say_data(struct model *model, struct pen *pen,
		      const struct segment *segment);

/* The layer that has nothing but that key, said by a variable of a group, or of
 * a host (NULL); the same for the same. */
const struct layer *variable_layer(struct model *model,
				   struct variable *variable, const char *group,
				   enum target target, const char *text,
				   unsigned flags);

/* What a variable says for a target. */
enum saying {
	SAYS_NOTHING,
	SAYS_TEXT, /* *text and *flags, for pen_say() */
	SAYS_MORE, /* it has to be decrypted, or is a template */
};
enum saying variable_says(struct model *model, const struct variable *variable,
			  enum target target, const char **text,
			  unsigned *flags);

/* The same of a text that a variable stands for in the end. */
enum saying text_says(struct model *model, enum known known, enum target target,
		      const char *value, const char **text);

#endif
