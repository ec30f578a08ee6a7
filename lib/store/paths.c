/* Names of devices and commands as names of files. */
#include "store/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define NAME_LONG ((size_t)120) /* the longest name that is not cut */
#define NAME_CUT (NAME_LONG - 1 - CUT_DIGITS) /* of it, what is left then */
#define CUT_DIGITS ((size_t)8)
#define TWIN_DIGITS ((size_t)6)
#define TWIN_TRIES 64

#define DIGEST ((size_t)32)
#define ROWS_FIRST ((size_t)4)
#define ROWS_MAX ((size_t)1 << 28) /* so that a slot has room for all */
#define SLOTS_OF_ROW ((size_t)4) /* two of them in use, at most */
#define ROWS_FEW ((size_t)8) /* they are looked through without slots */

_Static_assert(NAME_LONG + 1 + TWIN_DIGITS < PATHS_NAME_MAX,
	       "a twin of the longest name fits");

/* ---- names of files */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whatever the locale calls a letter, only ASCII is one here. */
static bool stays(char c)
{
	return is_letter(c) || is_digit(c) ||
	       (c != '\0' && strchr("._+@:-", c) != NULL);
}

/* A name that begins so is hidden, or taken for an option. */
static bool may_begin(char c)
{
	return c != '.' && c != '-';
}

/* Without memory: -1 and zeros, so that there is a text at least. */
static int digest_of(uint8_t digest[DIGEST], const void *bytes, size_t len)
{
	if (EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL) == 1)
		return 0;
	memset(digest, 0, DIGEST);
	return -1;
}

/* Write "~" and the first digits of a digest, an even number, and a NUL. */
static void put_digits(char *out, const uint8_t digest[DIGEST], size_t ndigits)
{
	*out++ = '~';
	for (size_t i = 0; i < ndigits / 2; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* Spell a byte of a name: how many characters that took. */
static size_t spell(char out[4], char c, bool first)
{
	if (stays(c) && (!first || may_begin(c)))
		out[0] = c;
	else if (c == ' ')
		out[0] = '_';
	else
		return (size_t)snprintf(out, 4, "%%%02X", (unsigned char)c);
	return 1;
}

/* End a name that is cut here. */
static int cut_short(char *end, const char *name)
{
	uint8_t digest[DIGEST];
	int rc = digest_of(digest, name, strlen(name));

	put_digits(end, digest, CUT_DIGITS);
	return rc;
}

/* -1 without memory for a digest. */
static int escape(char out[PATHS_NAME_MAX], const char *name)
{
	size_t at = 0, cut = 0;

	for (const char *c = name; *c != '\0'; c++) {
		char one[4];
		size_t n = spell(one, *c, c == name);

		if (at + n > NAME_LONG)
			return cut_short(out + cut, name);
		memcpy(out + at, one, n);
		at += n;
		if (at <= NAME_CUT)
			cut = at; /* no %XX is cut in two */
	}
	if (at == 0)
		out[at++] = '%';
	out[at] = '\0';
	return 0;
}

void paths_escape(char out[PATHS_NAME_MAX], const char *name)
{
	(void)escape(out, name);
}

/* Read a byte that is spelled %XX: -1 for none. */
static int spelled(const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	int byte = 0;

	for (int i = 1; i <= 2; i++) {
		const char *at =
			text[i] != '\0' ? strchr(digits, text[i]) : NULL;

		if (text[0] != '%' || at == NULL)
			return -1;
		byte = byte * 16 + (int)(at - digits);
	}
	return byte;
}

const char *paths_guess(char name[PATHS_NAME_MAX], const char *file,
			bool blanks)
{
	char again[PATHS_NAME_MAX];
	size_t len = 0;

	for (const char *at = file; *at != '\0'; at++) {
		int byte = spelled(at);

		if (byte == -1)
			name[len++] = *at == '_' && blanks ? ' ' : *at;
		else
			name[len++] = (char)byte;
		at += byte == -1 ? 0 : 2;
	}
	name[len] = '\0';
	paths_escape(again, name);
	if (strcmp(again, file) != 0)
		(void)snprintf(name, PATHS_NAME_MAX, "%s", file);
	return name;
}

bool paths_is_name(const char *file)
{
	size_t len = 0;

	while (stays(file[len]) || file[len] == '%' || file[len] == '~')
		len++;
	return len > 0 && len < PATHS_NAME_MAX && file[len] == '\0' &&
	       may_begin(file[0]);
}

/* ---- the table: a row has a slot by its name, and one by its folded file */

enum by { BY_NAME, BY_FILE };

static char folded(enum by by, char c)
{
	return (char)(by == BY_FILE && c >= 'A' && c <= 'Z' ? c - 'A' + 'a'
							    : c);
}

/* FNV-1a, of 64 bits (Fowler, Noll, Vo). */
static size_t hash_of(enum by by, const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) + by;

	for (; *text != '\0'; text++) {
		hash ^= (unsigned char)folded(by, *text);
		hash *= UINT64_C(0x100000001b3);
	}
	return (size_t)(hash ^ hash >> 32);
}

static bool row_has(const struct paths_row *row, enum by by, const char *text)
{
	const char *own = row->file;

	if (by == BY_NAME)
		return strcmp(row->name, text) == 0;
	while (*own != '\0' && folded(by, *own) == folded(by, *text)) {
		own++;
		text++;
	}
	return *own == *text;
}

static struct paths_row *look_through(const struct paths *paths, enum by by,
				      const char *text)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (row_has(&paths->rows[i], by, text))
			return &paths->rows[i];
	}
	return NULL;
}

/* A slot has 0, or twice the row's index, and one more by its file, and one. */
static struct paths_row *find(const struct paths *paths, enum by by,
			      const char *text)
{
	size_t mask = paths->nslots - 1;

	if (paths->nslots == 0)
		return look_through(paths, by, text);
	for (size_t i = hash_of(by, text) & mask; paths->slots[i] != 0;
	     i = (i + 1) & mask) {
		size_t slot = paths->slots[i] - 1;
		struct paths_row *row = &paths->rows[slot / 2];

		if (slot % 2 == by && row_has(row, by, text))
			return row;
	}
	return NULL;
}

static void put_slot(struct paths *paths, size_t row, enum by by)
{
	size_t mask = paths->nslots - 1;
	size_t i = hash_of(by, by == BY_NAME ? paths->rows[row].name
					     : paths->rows[row].file);

	while (paths->slots[i & mask] != 0)
		i++;
	paths->slots[i & mask] = (uint32_t)(2 * row + by + 1);
}

static void put_slots(struct paths *paths, size_t row)
{
	if (paths->nslots == 0)
		return;
	put_slot(paths, row, BY_NAME);
	put_slot(paths, row, BY_FILE);
}

/* Slots for all rows that there may be. */
static int grow_slots(struct paths *paths, size_t cap)
{
	uint32_t *slots = calloc(SLOTS_OF_ROW * cap, sizeof(*slots));

	if (slots == NULL)
		return -1;
	free(paths->slots);
	paths->slots = slots;
	paths->nslots = SLOTS_OF_ROW * cap;
	for (size_t i = 0; i < paths->n; i++)
		put_slots(paths, i);
	return 0;
}

/* Twice as many rows. */
static int grow(struct paths *paths)
{
	size_t cap = paths->cap > 0 ? 2 * paths->cap : ROWS_FIRST;
	struct paths_row *rows;

	if (cap > ROWS_MAX) {
		errno = ENOMEM;
		return -1;
	}
	rows = realloc(paths->rows, cap * sizeof(*rows));
	if (rows == NULL)
		return -1;
	paths->rows = rows;
	if (cap > ROWS_FEW && grow_slots(paths, cap) == -1)
		return -1;
	paths->cap = cap;
	return 0;
}

/* Both texts lie in one piece of memory. */
static const struct paths_row *add(struct paths *paths, const char *name,
				   const char *file)
{
	size_t name_size = strlen(name) + 1, file_size = strlen(file) + 1;
	struct paths_row *row;
	char *text;

	if (paths->n == paths->cap && grow(paths) == -1)
		return NULL;
	text = malloc(name_size + file_size);
	if (text == NULL)
		return NULL;
	memcpy(text, name, name_size);
	memcpy(text + name_size, file, file_size);
	row = &paths->rows[paths->n];
	*row = (struct paths_row){.name = text, .file = text + name_size};
	put_slots(paths, paths->n++);
	return row;
}

/* Give a file that has a twin a name of its own. One that an earlier name has,
 * by chance or on purpose, is made once more, of the digest before. */
static int tell_apart(const struct paths *paths, char file[PATHS_NAME_MAX],
		      const char *name)
{
	char *end = file + strlen(file);
	uint8_t digest[DIGEST];
	int rc = digest_of(digest, name, strlen(name));

	for (int i = 0; i < TWIN_TRIES && rc == 0; i++) {
		put_digits(end, digest, TWIN_DIGITS);
		if (find(paths, BY_FILE, file) == NULL)
			return 0;
		rc = digest_of(digest, digest, sizeof(digest));
	}
	return -1;
}

const char *paths_take(struct paths *paths, const char *name)
{
	const struct paths_row *row = find(paths, BY_NAME, name);
	char file[PATHS_NAME_MAX];

	if (row != NULL)
		return row->file;
	if (escape(file, name) == -1 || (find(paths, BY_FILE, file) != NULL &&
					 tell_apart(paths, file, name) == -1))
		return NULL;
	row = add(paths, name, file);
	return row != NULL ? row->file : NULL;
}

int paths_keep(struct paths *paths, const char *name, const char *file)
{
	const struct paths_row *row = find(paths, BY_NAME, name);

	if (!paths_is_name(file)) {
		errno = EINVAL;
		return -1;
	}
	if (row != NULL && strcmp(row->file, file) == 0)
		return 0;
	if (row != NULL || find(paths, BY_FILE, file) != NULL) {
		errno = EEXIST;
		return -1;
	}
	return add(paths, name, file) != NULL ? 0 : -1;
}

struct paths_row *paths_find(const struct paths *paths, const char *name)
{
	return find(paths, BY_NAME, name);
}

void paths_release(struct paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free((char *)paths->rows[i].name);
	free(paths->rows);
	free(paths->slots);
	*paths = (struct paths){0};
}
