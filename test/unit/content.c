/* Contents for tests. */
#include "unit/content.h"

#include "unit/unit.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

const uint8_t content_key[CONTENT_KEY] = "0123456789abcdef0123456789abcde";

static const char file[] =
	"prompts: {user: '^>'}\n"
	"collect:\n"
	"- {command: show running-config, end: '^end$'}\n"
	"- {command: show version}\n"
	"volatile:\n"
	"- '^.* uptime is '\n"
	"- '^! Last change at '\n"
	"- '^ntp clock-period '\n"
	"- '^\\d\\d:\\d\\d:\\d\\d$'\n"
	"volatile_blocks:\n"
	"- {begin: '^counters of ', end: '^total '}\n"
	"secrets:\n"
	"- '^snmp-server community (?<secret>\\S+)'\n"
	"- '(?i)\\b(?:password|key)(?: [0-9])? (?<secret>\\S+)'\n"
	"secret_blocks:\n"
	"- {begin: '^ certificate (?:self-signed|ca) ', end: '^ *quit$'}\n";

const struct platform *content_platform(void)
{
	static struct platform *platform;
	struct nf_error err = {0};

	if (platform == NULL &&
	    platform_load(&platform, "p", file, sizeof(file) - 1, "p.yaml",
			  &err) == -1)
		fail_msg("%s", err.message);
	return platform;
}

struct content_rules *content_rules(const char *const *lines, size_t n)
{
	struct content_rules *rules = NULL;
	struct nf_error err = {0};

	if (rules_new(&rules, content_platform(), lines, n, &err) == -1)
		fail_msg("%s", err.message);
	return rules;
}

static int take(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	struct filtered *filtered = arg;

	assert_true(len > 0);
	*waited_ms += 1;
	return buf_append(&filtered->text, bytes, len);
}

void content_filter(struct filtered *out, const struct content_rules *rules,
		    enum content_use use, const void *text, size_t len,
		    size_t piece)
{
	struct content_filter *filter = NULL;
	const uint8_t *at = text;
	int64_t waited_ms = 0;
	struct nf_error err;

	buf_init(&out->text, SIZE_MAX / 2);
	assert_int_equal(filter_new(&filter, rules, content_key,
				    "show running-config", use, take, out,
				    &err),
			 0);
	for (size_t n; len > 0; at += n, len -= n) {
		n = piece > 0 && piece < len ? piece : len;
		assert_int_equal(filter_feed(filter, at, n, &waited_ms), 0);
	}
	assert_int_equal(filter_end(filter, &out->end, &waited_ms), 0);
	assert_int_equal(waited_ms > 0, out->text.len > 0);
	filter_free(filter);
}

void content_release(struct filtered *filtered)
{
	buf_release(&filtered->text);
}

void content_digest(const void *text, size_t len, uint8_t out[NF_DIGEST])
{
	assert_int_equal(EVP_Digest(text, len, out, NULL, EVP_sha256(), NULL),
			 1);
}

pcre2_code *content_compile(const char *pattern)
{
	PCRE2_SIZE at;
	int error;
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			      PCRE2_DOLLAR_ENDONLY, &error, &at, NULL);

	if (code == NULL)
		fail_msg("%s: error %d", pattern, error);
	return code;
}

bool content_matches(const pcre2_code *code, const void *line, size_t len)
{
	static pcre2_match_data *data;

	if (data == NULL)
		data = pcre2_match_data_create(1, NULL);
	assert_non_null(data);
	return pcre2_match(code, line, len, 0, 0, data, NULL) >= 0;
}
