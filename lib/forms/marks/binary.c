/* Files that are no text. */
#include <string.h>

#include "forms/marks/parts.h"

static const struct magic {
	size_t at;
	size_t len;
	const char *bytes;
	const char *refusal;
} magics[] = {
	{0, 4, "PK\3\4",
	 "a spreadsheet, or another archive (ZIP), no text: save it as CSV"},
	{0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	 "a spreadsheet, or another document of Office, no text: save it as "
	 "CSV"},
	{0, 15, "SQLite format 3",
	 "a database (SQLite), no text: export its devices as CSV"},
	{0, 5, "%PDF-", "a document (PDF), no text: give the inventory itself"},
	{0, 2, "\x1f\x8b", "compressed (gzip): give what zcat makes of it"},
	{0, 3, "BZh", "compressed (bzip2): give what bzcat makes of it"},
	{0, 6,
	 "\xfd"
	 "7zXZ",
	 "compressed (xz): give what xzcat makes of it"},
	{0, 4, "\x28\xb5\x2f\xfd",
	 "compressed (zstd): give what zstdcat makes of it"},
	{0, 4,
	 "\x7f"
	 "ELF",
	 "a program, no text: give the inventory itself"},
	{0, 8, "\x89PNG\r\n\x1a\n", "an image, no text"},
	{0, 3, "\xff\xd8\xff", "an image, no text"},
	{0, 4, "GIF8", "an image, no text"},
	{257, 5, "ustar", "an archive (tar), no text: unpack it"},
};

const char *binary_refusal(const char *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *magic = &magics[i];

		if (len >= magic->at + magic->len &&
		    memcmp(bytes + magic->at, magic->bytes, magic->len) == 0)
			return magic->refusal;
	}
	return NULL;
}
