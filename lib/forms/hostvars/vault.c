/* Ansible's vault. */
#include "forms/hostvars/vault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "forms/hostvars/command.h"
#include "yaml/fault.h"

#define MARK "$ANSIBLE_VAULT;"
#define VALUE_MAX ((size_t)64 * 1024) /* bytes of a value, decrypted */
#define AT_ONCE 4 /* programs that run side by side */

#define WHAT "is an Ansible vault value (!vault)"
#define REMEDY ", or write what it stands for"

struct vault_entry {
	const char *cipher; /* borrowed: a variable's */
	const char *text; /* NULL: it cannot be had, or was not asked yet */
	const char *why;
};

struct vault {
	struct textmap places; /* of ciphers */
	struct vault_entry *entries;
	size_t n;
	size_t nasked; /* those before it were tried */
	bool gathered;
};

bool vault_is(const char *bytes, size_t len)
{
	return len >= strlen(MARK) && memcmp(bytes, MARK, strlen(MARK)) == 0;
}

/* ---- the program */

static void fill_command(struct command *command, const char *const *argv,
			 const char *cipher, size_t len, size_t max)
{
	*command = (struct command){.argv = argv,
				    .input = cipher,
				    .input_len = len,
				    .output_max = max};
}

/* Ansible tells by "ERROR! " what it has against a file. */
static const char *complaint_of(const struct command *command)
{
	static const char mark[] = "ERROR! ";
	const char *complaint = command->end.complaint;
	const char *error = strstr(complaint, mark);

	if (command->end.err.code != NF_OK)
		return command->end.err.message;
	return error != NULL ? error + strlen(mark) : complaint;
}

/* Why a command did not decrypt, kept as long as the draft; what is "is ..." */
static const char *reason(const struct model *model, const char *what,
			  const struct command *command)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
		       "%s that cannot be decrypted (%.160s): check the file "
		       "of the vault's password" REMEDY,
		       what,
		       command->overflowed ? "it is too large"
					   : complaint_of(command));
	return draft_text(model->draft, text, strlen(text));
}

static const char *no_program(const struct model *model, const char *what,
			      const struct nf_error *err)
{
	char text[512];

	if (err->sys_errno == ENOENT)
		(void)snprintf(text, sizeof(text),
			       "%s, and there is no ansible-vault to decrypt "
			       "it: install ansible-core" REMEDY,
			       what);
	else
		(void)snprintf(text, sizeof(text), "%s: %.200s", what,
			       err->message);
	return draft_text(model->draft, text, strlen(text));
}

static bool succeeded(const struct command *command)
{
	return command->end.err.code == NF_OK && command->end.status == 0 &&
	       !command->overflowed;
}

/* The words of the program; the last two are its options for pipes. */
struct words {
	const char *argv[7];
};

static struct words make_words(const struct model *model)
{
	return (struct words){{"ansible-vault", "decrypt",
			       "--vault-password-file",
			       model->reading->options->vault_password_file,
			       "--output", "-", NULL}};
}

/* ---- values */

static struct vault_entry *add_entry(struct model *model, const char *cipher)
{
	struct vault *vault = model->vault;
	const struct textmap_entry *found =
		textmap_find(&vault->places, cipher, strlen(cipher));
	struct vault_entry *grown;

	if (found != NULL)
		return &vault->entries[found->value];
	if ((vault->n & (vault->n - 1)) == 0) {
		grown = reallocarray(vault->entries,
				     vault->n != 0 ? vault->n * 2 : 1,
				     sizeof(*grown));
		if (grown == NULL)
			return NULL;
		vault->entries = grown;
	}
	vault->entries[vault->n] = (struct vault_entry){.cipher = cipher};
	if (textmap_add(&vault->places, cipher, vault->n) == NULL)
		return NULL;
	return &vault->entries[vault->n++];
}

static void gather_variables(struct model *model, const struct variables *vars)
{
	for (const struct variable *at = vars->first; at != NULL;
	     at = at->next) {
		if ((at->flags & SAID_VAULT) != 0 &&
		    known_is_secret((enum known)at->known) &&
		    add_entry(model, at->text) == NULL)
			model->draft->no_memory = true;
	}
}

/* Find the passwords of all, so that they are decrypted side by side. */
static void gather(struct model *model)
{
	model->vault->gathered = true;
	for (size_t i = 0; i < model->ngroups; i++) {
		gather_variables(model, &model->groups[i].vars);
		gather_variables(model, &model->groups[i].file_vars);
	}
	for (size_t i = 0; i < model->nhosts; i++) {
		gather_variables(model, &model->hosts[i].vars);
		gather_variables(model, &model->hosts[i].file_vars);
	}
}

static void take_end(struct model *model, struct vault_entry *entry,
		     const struct command *command)
{
	if (!succeeded(command)) {
		entry->why = reason(model, WHAT, command);
		return;
	}
	if (command->output != NULL &&
	    memchr(command->output, '\0', command->output_len) != NULL) {
		entry->why = WHAT " with a NUL in it";
		return;
	}
	entry->text = secrets_add(
		&model->arena, command->output != NULL ? command->output : "");
	model->draft->no_memory |= entry->text == NULL;
}

/* Decrypt the next entries that were not tried, as many as run at once. */
static void decrypt_some(struct model *model)
{
	const struct words words = make_words(model);
	struct vault *vault = model->vault;
	struct vault_entry *first = &vault->entries[vault->nasked];
	size_t left = vault->n - vault->nasked;
	size_t n = left < AT_ONCE ? left : AT_ONCE;
	struct command commands[AT_ONCE];
	struct nf_error err = {0};
	int rc;

	for (size_t i = 0; i < n; i++)
		fill_command(&commands[i], words.argv, first[i].cipher,
			     strlen(first[i].cipher), VALUE_MAX);
	rc = commands_run(commands, n, VAULT_SECONDS, &err);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			take_end(model, &first[i], &commands[i]);
		else
			first[i].why = no_program(model, WHAT, &err);
		command_release(&commands[i]);
	}
	vault->nasked += n;
}

static int make_vault(struct model *model)
{
	if (model->vault == NULL)
		model->vault = calloc(1, sizeof(*model->vault));
	if (model->vault == NULL)
		model->draft->no_memory = true;
	return model->vault != NULL ? 0 : -1;
}

const char *vault_value(struct model *model, const char *cipher,
			const char **why)
{
	const struct vault_entry *entry;
	size_t place;

	*why = WHAT;
	if (model->reading->options == NULL ||
	    model->reading->options->vault_password_file == NULL) {
		*why = WHAT ": give the file of the vault's password" REMEDY;
		return NULL;
	}
	if (make_vault(model) == -1)
		return NULL;
	if (!model->vault->gathered)
		gather(model);
	entry = add_entry(model, cipher);
	if (entry == NULL) {
		model->draft->no_memory = true;
		return NULL;
	}
	place = (size_t)(entry - model->vault->entries);
	while (model->vault->nasked <= place)
		decrypt_some(model);
	entry = &model->vault->entries[place];
	if (entry->text == NULL && entry->why != NULL)
		*why = entry->why;
	return entry->text;
}

/* ---- files */

static int decrypt_file(struct model *model, struct reading *file,
			struct command *command, const char **why)
{
	static const char what[] = "is encrypted by Ansible's vault";
	const struct words words = make_words(model);
	struct nf_error err = {0};

	if (file->len > VAULT_FILE_MAX) {
		*why = "is encrypted, and too large";
		return 0;
	}
	fill_command(command, words.argv, file->bytes, file->len,
		     VAULT_FILE_MAX);
	if (commands_run(command, 1, VAULT_SECONDS, &err) == -1) {
		*why = no_program(model, what, &err);
		return 0;
	}
	if (!succeeded(command)) {
		*why = reason(model, what, command);
		return 0;
	}
	return 1;
}

int vault_file(struct model *model, struct reading *file, const char **why)
{
	struct command command = {0};
	char *bytes;
	int rc;

	if (model->reading->options == NULL ||
	    model->reading->options->vault_password_file == NULL) {
		*why = "is encrypted by Ansible's vault: give the file of the "
		       "vault's password";
		return 0;
	}
	rc = decrypt_file(model, file, &command, why);
	if (rc == 1) {
		bytes = malloc(command.output_len + 1);
		if (bytes == NULL) {
			command_release(&command);
			return fault_memory(file->err, file->name);
		}
		if (command.output != NULL)
			memcpy(bytes, command.output, command.output_len);
		explicit_bzero((char *)(uintptr_t)file->bytes, file->len);
		free((char *)(uintptr_t)file->bytes);
		file->bytes = bytes;
		file->len = command.output_len;
	}
	command_release(&command);
	return rc;
}

void vault_free(struct vault *vault)
{
	if (vault == NULL)
		return;
	textmap_release(&vault->places);
	free(vault->entries);
	free(vault);
}
