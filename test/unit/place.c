/* A directory of the test's own, with a known_hosts file in it. */
#include "unit/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/unit.h"

struct place place_make(void)
{
	struct place place = {.dir = "/tmp/netfan-hostkeys-XXXXXX"};

	assert_non_null(mkdtemp(place.dir));
	(void)snprintf(place.file, sizeof(place.file), "%s/known_hosts",
		       place.dir);
	return place;
}

void place_remove(const struct place *place)
{
	(void)unlink(place->file);
	assert_int_equal(rmdir(place->dir), 0);
}

void place_put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void place_holds(const char *path, const char *text)
{
	char got[4096];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(got, 1, sizeof(got) - 1, file);
	(void)fclose(file);
	got[len] = '\0';
	assert_string_equal(got, text);
}
