/* lib/inventory/device/placeholder.c */
#include "inventory/device/placeholder.h"

#include "unit/unit.h"

static void test_placeholder_knows_what_was_not_filled_in(void **state)
{
	static const char *const texts[][2] = {
		{"${PASSWORD}", "a placeholder (${...})"},
		{" ${PASSWORD}\n", "a placeholder (${...})"},
		{"$(pass show r1)", "a placeholder ($(...))"},
		{"{{ vault_password }}", "a placeholder ({{ ... }})"},
		{"{% raw %}", "a placeholder ({% ... %})"},
		{"<Enter_Password>", "a placeholder (<...>)"},
		{"<>", "a placeholder (<...>)"},
		{"%NET_PW1%", "a placeholder (%NAME%)"},
		{"env:NET_PW", "a placeholder (env:NAME)"},
		{"***", "a mask (***)"},
		{"********", "a mask (***)"},
		{"ENC[AES256_GCM,data:x]", "encrypted (ENC[...])"},
		{"ENC(abc=)", "encrypted (ENC(...))"},
		{"__encrypt__fernet:x", "encrypted (__encrypt__...)"},
		{"$ANSIBLE_VAULT;1.1;AES256\n61", "an Ansible vault value"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const char *kind = placeholder_kind(texts[i][0]);

		unit_where(texts[i][0]);
		assert_non_null(kind);
		assert_string_equal(kind, texts[i][1]);
	}
}

static void test_placeholder_takes_passwords_for_passwords(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"x",
		"$ecret",
		"${",
		"$}",
		"a${PASSWORD}",
		"${PASSWORD}b",
		"{{",
		"{{}",
		"<",
		"a<b>",
		"<3 netfan",
		"%",
		"%%",
		"%a%",
		"100%",
		"%A%B",
		"env:",
		"env:x",
		"**",
		"***x",
		"ENC[",
		"__encrypt",
		"$ANSIBLE",
		"literal:${X}",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		unit_where(texts[i]);
		assert_null(placeholder_kind(texts[i]));
	}
}

static void test_placeholder_takes_a_literal_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(placeholder_literal("literal:${X}"), "${X}");
	assert_string_equal(placeholder_literal("literal:literal:x"),
			    "literal:x");
	assert_string_equal(placeholder_literal("literal:"), "");
	assert_null(placeholder_literal("literal"));
	assert_null(placeholder_literal(" literal:x"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_placeholder_knows_what_was_not_filled_in),
	cmocka_unit_test(test_placeholder_takes_passwords_for_passwords),
	cmocka_unit_test(test_placeholder_takes_a_literal_as_it_is),
};

UNIT_MAIN(tests)
