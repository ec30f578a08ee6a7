/*
 * Ansible's vault: what is encrypted in it is decrypted by the program
 * ansible-vault, where there is one and a file with the password was given. It
 * gets the text by a pipe. Each distinct value is decrypted once.
 */
#ifndef NETFAN_FORMS_HOSTVARS_VAULT_H
#define NETFAN_FORMS_HOSTVARS_VAULT_H

#include "forms/hostvars/model.h"

#define VAULT_SECONDS 60 /* that a program may take */
#define VAULT_FILE_MAX ((size_t)16 * 1000 * 1000) /* bytes, decrypted */

/* Do bytes begin as what the vault encrypted? */
bool vault_is(const char *bytes, size_t len);

/* The text of a value, which lives as long as the model; NULL when it cannot be
 * had, and *why says so ("is ...: ..."). */
const char *vault_value(struct model *model, const char *cipher,
			const char **why);

/* Decrypt a file: its bytes are replaced. 1, or 0 when it cannot be had, with
 * *why; -1 with NF_SYSTEM. */
int vault_file(struct model *model, struct reading *file, const char **why);

void vault_free(struct vault *vault);

#endif
