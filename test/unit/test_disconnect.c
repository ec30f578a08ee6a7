/* lib/transport/ssh/disconnect.c */
#include "transport/ssh/disconnect.h"

#include <string.h>

#include "unit/unit.h"

static void keeps(uint32_t reason, const char *text, enum nf_code code,
		  const char *message)
{
	struct disconnect disconnect = {0};
	struct nf_error err = {0};

	unit_where(message);
	disconnect_keep(&disconnect, reason, text,
			text != NULL ? strlen(text) : 0);
	assert_true(disconnect.came);
	assert_int_equal(disconnect_explain(&disconnect, DISCONNECT_END, &err),
			 -1);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.message, message));
	for (const char *c = err.message; *c != '\0'; c++)
		assert_in_range(*c, 0x20, 0x7e);
	assert_in_range(strlen(err.message), 1, 200);
}

static void test_disconnect_quotes_the_text_made_harmless(void **state)
{
	char endless[5000];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	keeps(11, "idle timeout", NF_DISCONNECTED, "it said \"idle timeout\"");
	keeps(2, "\033[2Jgone\a\nand more", NF_DISCONNECTED,
	      "\"\\x1b[2Jgone\\x07\"");
	keeps(11, endless, NF_DISCONNECTED, "xxx...\"");
}

static void test_disconnect_keeps_what_is_known_of_the_end(void **state)
{
	struct disconnect disconnect = {0};
	struct nf_error err = {0};

	(void)state;
	disconnect_keep(&disconnect, 11, "bye", 3);
	assert_int_equal(
		disconnect_explain(&disconnect, "it sent \"cleared\"", &err),
		-1);
	assert_string_equal(err.message,
			    "it sent \"cleared\": it said \"bye\"");
}

static void test_disconnect_without_text_has_its_reason_s_meaning(void **state)
{
	(void)state;
	keeps(7, "", NF_DISCONNECTED, "connection: service not available");
	keeps(15, NULL, NF_DISCONNECTED, "illegal user name");
	keeps(4, NULL, NF_DISCONNECTED, "reason 4");
	keeps(0, NULL, NF_DISCONNECTED, "reason 0");
	keeps(0xffffffff, NULL, NF_DISCONNECTED, "reason 4294967295");
}

static void test_disconnect_for_want_of_room_is_busy(void **state)
{
	(void)state;
	keeps(12, NULL, NF_BUSY, "too many connections");
	keeps(12, "come back", NF_BUSY, "\"come back\"");
	keeps(2, "Maximum number of sessions reached", NF_BUSY, "Maximum");
}

static void test_disconnect_tells_a_refused_login_from_other_ends(void **state)
{
	static const struct {
		const char *text;
		uint32_t reason;
		bool refuses;
	} examples[] = {
		{"Too many authentication failures", 2, true},
		{"", 14, true},
		{"Authentication failed.", 11, true},
		{"Protocol error", 2, false},
		{"Maintenance", 11, false},
	};
	struct disconnect disconnect = {0};

	(void)state;
	assert_false(disconnect_refuses_login(&disconnect));
	for (size_t i = 0; i < LENGTH(examples); i++) {
		unit_where(examples[i].text);
		disconnect_keep(&disconnect, examples[i].reason,
				examples[i].text, strlen(examples[i].text));
		assert_int_equal(disconnect_refuses_login(&disconnect),
				 examples[i].refuses);
	}
}

/* Cut at every byte, and with a length that lies. */
static void test_disconnect_decode_takes_what_has_come(void **state)
{
	static const char whole[] = "\0\0\0\013\0\0\0\4idle\0\0\0\2en";
	static const char lies[] = "\0\0\0\013\377\377\377\377idle";
	struct disconnect disconnect;

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);

		memcpy(bytes, whole, len);
		disconnect_decode(&disconnect, bytes, len);
		assert_int_equal(disconnect.reason, len >= 4 ? 11 : 0);
		assert_int_equal(strncmp("idle", disconnect.text,
					 strlen(disconnect.text)),
				 0);
		assert_int_equal(strlen(disconnect.text), len < 8    ? 0
							  : len < 12 ? len - 8
								     : 4);
		test_free(bytes);
	}
	disconnect_decode(&disconnect, (const uint8_t *)lies, sizeof(lies) - 1);
	assert_string_equal(disconnect.text, "idle");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_disconnect_keeps_what_is_known_of_the_end),
	cmocka_unit_test(test_disconnect_quotes_the_text_made_harmless),
	cmocka_unit_test(test_disconnect_without_text_has_its_reason_s_meaning),
	cmocka_unit_test(test_disconnect_for_want_of_room_is_busy),
	cmocka_unit_test(test_disconnect_tells_a_refused_login_from_other_ends),
	cmocka_unit_test(test_disconnect_decode_takes_what_has_come),
};

UNIT_MAIN(tests)
