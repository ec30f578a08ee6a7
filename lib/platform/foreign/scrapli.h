/*
 * Platform definitions as scrapli has them (scrapli_definitions on GitHub): one
 * YAML file each, too. README.md tells what becomes of them.
 */
#ifndef NETFAN_PLATFORM_FOREIGN_SCRAPLI_H
#define NETFAN_PLATFORM_FOREIGN_SCRAPLI_H

#include "platform/platform.h"

/* Whether the keys of a platform file are scrapli's, not ours. */
bool scrapli_is(const char *bytes, size_t len);

/* Load a definition as platform_load() does a platform, with the same codes. */
int scrapli_load(struct platform **out, const char *name, const char *bytes,
		 size_t len, const char *path, struct nf_error *err);

#endif
