/* What files show of themselves: for the files of this folder alone. */
#ifndef NETFAN_FORMS_MARKS_PARTS_H
#define NETFAN_FORMS_MARKS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forms/lines.h"

#define MARKS_BYTES ((size_t)64 * 1024) /* of a file are looked at */

struct reading;

/*
 * What a file is: of a form, by its name, or none, by a message that says what
 * it is and what to do. Neither: it is not known.
 */
struct verdict {
	const char *form;
	const char *refusal;
};

/* ---- binary.c */

/* What files are that are no text, by how they begin; NULL: it is none of
 * them. */
const char *binary_refusal(const char *bytes, size_t len);

/* ---- text.c */

/* How many lines of a file are of each kind; a line may be of several. */
struct text_marks {
	size_t lines; /* that are neither empty nor a comment */
	size_t yaml; /* a key with a colon, an item with a dash */
	bool yaml_first; /* the first is such a line, or begins JSON */
	size_t sections; /* [NAME] */
	size_t group_sections; /* [NAME:vars], [NAME:children] */
	size_t config_sections; /* of ansible.cfg */
	size_t toml; /* [[NAME]], KEY = "VALUE" */
	size_t settings; /* KEY = VALUE, in no section of variables */
	size_t members; /* other lines of sections */
	size_t ansible; /* ansible_NAME= */
	size_t terraform;
	size_t clogin; /* of .cloginrc */
	size_t ssh_hosts, ssh_keywords; /* of ssh_config */
	size_t known_hosts;
	size_t public_keys;
	size_t rancid; /* NAME;TYPE;STATE */
	size_t fields; /* three or more, with ':' or '|' between */
	size_t columns; /* with as many ',', ';' or tabs as the first */
	size_t first_columns; /* those of the first */
	size_t etc_hosts; /* an address and a name */
	size_t local; /* such a line, of localhost */
	size_t names; /* of etc_hosts: with a point, or several */
	size_t repeated; /* the second word is that of the line before */
	size_t entries; /* of a list of hosts */
	size_t evident; /* of these: with an address, a user, a port, a point */
	size_t products; /* names of what is for sale */
	size_t commands; /* as devices take them */
};

void text_survey(struct text_marks *marks, const struct reading *reading);

/* What the first bytes alone tell of a text. */
const char *text_start_refusal(const struct reading *reading);

/* ---- words.c */

/* Is it a keyword of ssh_config, but Host and Match? */
bool word_is_ssh(struct span word);

/* Is it a keyword of .cloginrc? */
bool word_is_clogin(struct span word);

/* Is it a kind of keys, as in known_hosts? */
bool word_is_key_kind(struct span word);

/* Is it a section of ansible.cfg? */
bool word_is_config_section(struct span word);

/* Is it a block of Terraform? */
bool word_is_terraform(struct span word);

/* Is it the first word of a command that devices take? */
bool word_is_command(struct span word);

/* Does a line look like the name of a product, as shops have them? */
bool line_is_product(struct span line);

/* ---- shape.c */

/* Keys that tell of a form. */
#define SHAPE_WORDS(X)                                                         \
	X(HOSTS, "hosts")                                                      \
	X(CHILDREN, "children")                                                \
	X(VARS, "vars")                                                        \
	X(ALL, "all")                                                          \
	X(META, "_meta")                                                       \
	X(HOSTVARS, "hostvars")                                                \
	X(NETMIKO_META, "__meta__")                                            \
	X(DEVICES, "devices")                                                  \
	X(DEFAULTS, "defaults")                                                \
	X(GLOBALS, "Globals")                                                  \
	X(GROUPS, "groups")                                                    \
	X(INCLUDE, "include")                                                  \
	X(VOLATILE, "volatile")                                                \
	X(HOST, "host")                                                        \
	X(IP, "ip")                                                            \
	X(HOSTNAME, "hostname")                                                \
	X(DEVICE_TYPE, "device_type")                                          \
	X(PLATFORM, "platform")                                                \
	X(USERNAME, "username")                                                \
	X(PASSWORD, "password")                                                \
	X(PORT, "port")                                                        \
	X(DATA, "data")                                                        \
	X(CONNECTION_OPTIONS, "connection_options")                            \
	X(CONNECTIONS, "connections")                                          \
	X(INVENTORY, "inventory")                                              \
	X(RUNNER, "runner")                                                    \
	X(PLUGIN, "plugin")                                                    \
	X(OPTIONS, "options")                                                  \
	X(TOPOLOGY, "topology")                                                \
	X(NODES, "nodes")                                                      \
	X(SOURCE, "source")                                                    \
	X(DEFAULT, "default")                                                  \
	X(CSV, "csv")                                                          \
	X(HTTP, "http")                                                        \
	X(SQL, "sql")                                                          \
	X(PRIMARY_IP, "primary_ip")                                            \
	X(PRIMARY_IP4, "primary_ip4")                                          \
	X(PRIMARY_IP6, "primary_ip6")                                          \
	X(TASKS, "tasks")                                                      \
	X(ROLES, "roles")                                                      \
	X(GATHER_FACTS, "gather_facts")                                        \
	X(IMPORT_PLAYBOOK, "import_playbook")                                  \
	X(REGISTER, "register")                                                \
	X(WHEN, "when")                                                        \
	X(LOOP, "loop")                                                        \
	X(NOTIFY, "notify")                                                    \
	X(TARGETS, "targets")                                                  \
	X(LABELS, "labels")                                                    \
	X(SERVICES, "services")                                                \
	X(IMAGE, "image")                                                      \
	X(API_VERSION, "apiVersion")                                           \
	X(KIND, "kind")                                                        \
	X(TERRAFORM_VERSION, "terraform_version")                              \
	X(TESTBED, "testbed")                                                  \
	X(NETWORK, "network")                                                  \
	X(ETHERNETS, "ethernets")

#define SHAPE_ID(id, text) WORD_##id,
enum shape_word { SHAPE_WORDS(SHAPE_ID) WORD_OTHER, NWORDS };
#undef SHAPE_ID

#define BIT(id) ((uint64_t)1 << WORD_##id)

enum shape_root {
	ROOT_NONE, /* it is broken before it begins */
	ROOT_TEXT,
	ROOT_LIST,
	ROOT_MAP,
};

/* Which keys stand where in the first events of a file. Depths count the lists
 * and mappings that are open, from 1. */
struct shape {
	enum shape_root root;
	bool broken; /* it is no YAML from somewhere on */
	bool cut; /* there is more of it */
	uint64_t at[4]; /* keys of depths 1 to 3 */
	uint64_t under[NWORDS]; /* keys of depth 2 by that of depth 1 */
	uint64_t below[NWORDS]; /* likewise, of depth 3 */
	uint64_t anywhere;
	uint64_t texts; /* keys of depth 1 whose values are texts */
	size_t nroot; /* keys of the root map, items of the list */
	size_t nroot_texts; /* of which so many are texts */
	size_t nblanks; /* of which so many have a blank in them */
	bool variables; /* a key of depth 2 is neither hosts, children nor vars */
	unsigned ansible; /* the depths in which keys begin with ansible_ */
	bool device; /* any key is one of a device */
	char plugin[64]; /* of the inventory of a Nornir config */
};

void shape_survey(struct shape *shape, const struct reading *reading);

/* What a file of that shape is. */
struct verdict shape_judge(const struct shape *shape,
			   const struct reading *reading);

#endif
