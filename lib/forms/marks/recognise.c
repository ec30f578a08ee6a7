/* The marks by which a file's form is known. */
#include <string.h>

#include "forms/form.h"
#include "forms/lines.h"
#include "forms/marks/parts.h"
#include "forms/tables/tables.h"

#define FORM(name) ((struct verdict){.form = (name)})
#define REFUSE(why) ((struct verdict){.refusal = (why)})
#define UNKNOWN ((struct verdict){0})

static bool is_settled(const struct verdict *verdict)
{
	return verdict->form != NULL || verdict->refusal != NULL;
}

/* Are these lines most of those that a file has? */
static bool most(size_t n, const struct text_marks *marks)
{
	return n > 0 && n * 2 >= marks->lines;
}

/* ---- texts */

/* Files that other programs have, and are easily taken for an inventory. */
static struct verdict judge_files(const struct text_marks *marks)
{
	if (most(marks->clogin, marks))
		return REFUSE("logins of RANCID (.cloginrc), no devices: give "
			      "the router.db that they are beside");
	if (most(marks->known_hosts, marks))
		return REFUSE("keys of hosts (known_hosts), no inventory: give "
			      "it as known hosts, beside an inventory");
	if (most(marks->public_keys, marks))
		return REFUSE("public keys, no inventory");
	if (marks->ssh_hosts > 0 && marks->ssh_keywords > 0 &&
	    most(marks->ssh_hosts + marks->ssh_keywords, marks))
		return REFUSE("a configuration of SSH (ssh_config), no "
			      "inventory: give it as that, beside an inventory "
			      "or hosts by name");
	if (marks->terraform > 0 && !marks->yaml_first)
		return REFUSE("a configuration of Terraform, no inventory: "
			      "write its devices as CSV");
	return UNKNOWN;
}

static struct verdict judge_ini(const struct text_marks *marks)
{
	if (marks->sections == 0)
		return marks->ansible > 0 && !most(marks->yaml, marks)
			       ? FORM("ansible")
			       : UNKNOWN;
	if (most(marks->yaml, marks) && marks->yaml_first)
		return UNKNOWN;
	if (marks->group_sections > 0 || marks->ansible > 0)
		return FORM("ansible");
	if (marks->config_sections == marks->sections && marks->settings > 0 &&
	    marks->members == 0)
		return REFUSE("settings of Ansible (ansible.cfg), no "
			      "inventory: give the inventory that they name");
	if (marks->toml > 0 && marks->toml * 2 >= marks->settings)
		return REFUSE("TOML, which no form of inventories is in: write "
			      "its devices as CSV");
	if (marks->settings > marks->members)
		return REFUSE("settings (INI), no inventory: no host stands "
			      "in its sections");
	return FORM("ansible");
}

static struct verdict judge_yaml(const struct text_marks *marks,
				 const struct reading *reading)
{
	struct shape shape;

	if (!marks->yaml_first && !most(marks->yaml, marks))
		return UNKNOWN;
	shape_survey(&shape, reading);
	return shape_judge(&shape, reading);
}

/* Lines of an address and a word: a host's name, or the user of a list. */
static bool are_names(const struct text_marks *marks,
		      const struct reading *reading)
{
	const char *slash = strrchr(reading->path, '/');
	const char *name = slash != NULL ? slash + 1 : reading->path;

	if (marks->local > 0 || marks->names > 0)
		return true;
	if (strcmp(name, "hosts") == 0)
		return most(marks->etc_hosts, marks);
	return marks->etc_hosts > 1 && marks->repeated == 0 &&
	       marks->etc_hosts == marks->lines;
}

static struct verdict judge_hosts(const struct text_marks *marks,
				  const struct reading *reading)
{
	if (most(marks->etc_hosts, marks) && are_names(marks, reading))
		return FORM("etc-hosts");
	if (most(marks->fields, marks))
		return REFUSE("fields with ':' or '|' between, and which is "
			      "which is not told: give the config of Oxidized "
			      "that names this file, or write it as CSV with a "
			      "header");
	if (marks->products > 0 && marks->products * 2 >= marks->lines &&
	    marks->evident == 0)
		return REFUSE("names of products, no inventory: no line has "
			      "an address");
	if (most(marks->commands, marks) && marks->evident == 0)
		return REFUSE("commands, no inventory: give them as those to "
			      "be sent");
	if (marks->lines == 1 && marks->entries == 1 && marks->evident == 0)
		return FORM("netfan");
	if (marks->entries == marks->lines ||
	    (most(marks->entries, marks) && marks->evident > 0))
		return FORM("list");
	return UNKNOWN;
}

static struct verdict judge_text(const struct text_marks *marks,
				 const struct reading *reading)
{
	struct verdict verdict;

	if (marks->lines == 0)
		return FORM("netfan"); /* it says that the file is empty */
	verdict = judge_files(marks);
	if (!is_settled(&verdict))
		verdict = judge_ini(marks);
	if (!is_settled(&verdict) && csv_has_header(reading))
		verdict = FORM("csv");
	if (!is_settled(&verdict) && most(marks->rancid, marks))
		verdict = FORM("rancid");
	if (!is_settled(&verdict))
		verdict = judge_yaml(marks, reading);
	if (!is_settled(&verdict))
		verdict = judge_hosts(marks, reading);
	if (!is_settled(&verdict) && marks->columns > marks->lines * 4 / 5)
		verdict = REFUSE("a table whose first line names no column of "
				 "addresses: call one ip, ip_address, host or "
				 "hostname");
	if (!is_settled(&verdict))
		verdict = REFUSE("text, but no inventory of a form that is "
				 "known: if it is one, name its format");
	return verdict;
}

/* ---- any file */

/* A vault is an inventory of Ansible's where it can be opened. */
static struct verdict judge_vault(const struct reading *reading)
{
	static const char mark[] = "$ANSIBLE_VAULT;";

	if (reading->len < strlen(mark) ||
	    memcmp(reading->bytes, mark, strlen(mark)) != 0)
		return UNKNOWN;
	if (reading->options != NULL &&
	    reading->options->vault_password_file != NULL)
		return FORM("ansible");
	return REFUSE("a vault file of Ansible: give what ansible-vault view "
		      "makes of it, or the file of its password");
}

static int take_form(const struct form **out, const struct reading *reading,
		     const char *name)
{
	*out = form_find(name);
	if (*out != NULL)
		return 0;
	return reading_fault(reading, 0,
			     "it looks like an inventory of the form %s: write "
			     "its devices as CSV",
			     name);
}

/* A directory is Ansible's to read, which finds other forms in it. */
static int recognise_directory(const struct form **out,
			       const struct reading *reading)
{
	*out = form_find("ansible");
	if (*out != NULL && (*out)->read_directory != NULL)
		return 0;
	return reading_fault(reading, 0, "a directory: give a file of it");
}

int form_recognise(const struct form **out, const struct reading *reading)
{
	struct text_marks marks;
	struct verdict verdict = UNKNOWN;

	if (reading->bytes == NULL)
		return recognise_directory(out, reading);
	verdict.refusal = binary_refusal(reading->bytes, reading->len);
	if (verdict.refusal == NULL && lines_check_text(reading) == -1)
		return -1;
	if (!is_settled(&verdict))
		verdict = judge_vault(reading);
	if (!is_settled(&verdict))
		verdict.refusal = text_start_refusal(reading);
	if (!is_settled(&verdict)) {
		text_survey(&marks, reading);
		verdict = judge_text(&marks, reading);
	}
	if (verdict.refusal != NULL)
		return reading_fault(reading, 0, "%s", verdict.refusal);
	return take_form(out, reading, verdict.form);
}
