/*
 * netfan: devices, from files or memory, and the platforms that they may have.
 * Included by netfan.h, which has the manners of all parts.
 */
#ifndef NETFAN_INVENTORY_H
#define NETFAN_INVENTORY_H

#ifndef NETFAN_H
#error "include netfan.h"
#endif

struct nf_inventory;
struct nf_platforms;

struct nf_device {
	const char *name; /* unique in its inventory */
	const char *host; /* address or name to connect to */
	const char *platform; /* device_type of the inventory */
	const char *username;
	uint16_t port;
};

/*
 * The platforms: what is known of each device_type. Those compiled in, and
 * those of dirs, one file NAME.yaml each, which come before them; of two
 * directories the later one. What has such a name and is no file (a FIFO, a
 * socket) is passed over and noted through log, which may be NULL. NF_INVALID
 * for a directory that cannot be read or has no such file, and with file and
 * line for what is wrong in one; NF_SYSTEM without memory.
 */
NF_API int nf_platforms_load(struct nf_platforms **out, const char *const *dirs,
			     size_t ndirs, const struct nf_log *log,
			     struct nf_error *err);

/* Their names, sorted, NULL at the end; borrowed. */
NF_API const char *const *
nf_platforms_names(const struct nf_platforms *platforms);

/* The device of a name or an alias in a few words, "" when its file has none,
 * borrowed: 1, or 0 where none is called so. NF_SYSTEM without memory. */
NF_API int nf_platforms_about(struct nf_platforms *platforms, const char *name,
			      const char **about, struct nf_error *err);

/* Free the platforms, after every inventory that was read with them. */
NF_API void nf_platforms_free(struct nf_platforms *platforms);

/* An empty inventory, to be filled before a poll is opened. NULL as platforms
 * (borrowed): those compiled in; as log: no notes. NF_SYSTEM without memory. */
NF_API int nf_inventory_new(struct nf_inventory **out,
			    struct nf_platforms *platforms,
			    const struct nf_log *log, struct nf_error *err);

#define NF_SECRET_MAX 1024 /* bytes of a secret that is typed, with its NUL */

/*
 * How secrets are had that do not stand in a file of netfan's own form, but
 * where its text says: "env:NAME", "command:TEXT", "ask:LABEL" and so on;
 * netfan(1) lists them. They are read by nf_poll_open(), for the devices that
 * log in, each once. Zeroed, nobody is asked.
 */
struct nf_secret_ways {
	/* Asks a person for what is called label, without showing what is
	 * typed: puts the line to line, without its end. 1; 0 when nothing was
	 * typed; -1 when there is nobody to ask. */
	int (*ask)(void *arg, const char *label, char line[NF_SECRET_MAX]);
	/* Is a command to be killed, and nf_poll_open() to give up? Asked a few
	 * times a second. */
	bool (*interrupted)(void *arg);
	void *arg; /* of both */
	/* The environment is the program's alone, as no other thread reads it: a
	 * variable that a secret was in is overwritten, and taken out of it, as
	 * soon as a file was added that names it. */
	bool own_environment;
};

/* Say how secrets are had, before the first file is added; ways are copied. */
NF_API void nf_inventory_secret_ways(struct nf_inventory *inv,
				     const struct nf_secret_ways *ways);

/*
 * Add the devices of a file, "-" for standard input: a YAML list of devices, or
 * a mapping with one key (such as "routers") that holds such a list. Keys are
 * netmiko's ConnectHandler arguments. A device that is there already in every
 * value is one device, and noted; so are keys without a meaning here, once
 * each, and a file with passwords that others may read.
 *
 * NF_INVALID for a file that cannot be read, for a mistake in it (the message
 * names file, line, device and key), and for a name that another device has;
 * NF_UNKNOWN_PLATFORM for a device_type that is missing or none; NF_SYSTEM
 * without memory. Then nothing of the file is added.
 *
 * A device whose user name, password or secret cannot be meant (a placeholder
 * such as ${PASSWORD}, a line break, a NUL) is added: its result will be
 * NF_SKIPPED. A value behind "literal:" is taken as it is.
 */
NF_API int nf_inventory_add_file(struct nf_inventory *inv, const char *path,
				 struct nf_error *err);

/* Read the files that are added from now on by the form of that name; without,
 * by their marks. NF_INVALID: there is none. */
NF_API int nf_inventory_format(struct nf_inventory *inv, const char *name,
			       struct nf_error *err);

/* The names of all forms, NULL at the end. */
NF_API const char *const *nf_inventory_formats(void);

/*
 * Decrypt values of Ansible's vault, of files that are added from now on, by the
 * password in that file: the program ansible-vault does. NF_SYSTEM without
 * memory.
 */
NF_API int nf_inventory_vault_password_file(struct nf_inventory *inv,
					    const char *path,
					    struct nf_error *err);

/* Take what is wrong with a device of a file that is added from now on for wrong
 * with the file: NF_INVALID, NF_UNKNOWN_PLATFORM. */
NF_API void nf_inventory_strict(struct nf_inventory *inv);

/* A device as a file would say it: texts, NULL for what is not given. */
struct nf_entry {
	const char *name; /* NULL: after its host */
	const char *device_type; /* has to be given, as has host */
	const char *host; /* address or name */
	const char *port; /* NULL: 22, of telnet 23 */
	const char *username; /* NULL: who runs the program */
	const char *password;
	const char *secret; /* for enable */
	const char *enable; /* true or false; NULL: where there is a secret */
	const char *transport; /* ssh or telnet; NULL: as device_type says */
	const char *legacy; /* true or false: algorithms that are broken */
	/* Answers to what is asked before the first prompt: REGEX=REPLY, one a
	 * line. NULL: those of the platform. */
	const char *login_answers;
	/* Proof of who logs in. */
	const char *auth; /* methods in order, with commas: publickey, agent,
			   * password, keyboard-interactive */
	const char *use_keys; /* true or false: keys of ~/.ssh where no key_file
			       * is given */
	const char *key_file; /* several with commas */
	const char *passphrase; /* of the key files */
	const char *allow_agent; /* true or false: keys of $SSH_AUTH_SOCK */
	/* SHA256:... or MD5:..., several with commas: and no other key. */
	const char *hostkey_fingerprint;
	/* Ways in. */
	const char *proxy_jump; /* [user@]host[:port], several with commas */
	const char
		*proxy_command; /* %h %p %r %n %% stand for what is its own */
	const char *proxy; /* socks5://[user:password@]host[:port] */
	const char *source_address; /* from where; "none": from anywhere */
	const char *interface; /* likewise */
	/* Algorithms, as ssh_config(5) lists them. */
	const char *kex_algorithms;
	const char *hostkey_algorithms;
	const char *ciphers;
	const char *macs;
	/* Seconds: of connecting, of the handshake, of the login, up to the
	 * prompt, of a command; between two keepalives. */
	const char *conn_timeout;
	const char *banner_timeout;
	const char *auth_timeout;
	const char *prompt_timeout;
	const char *read_timeout_override;
	const char *keepalive;
};

/*
 * Say what holds for devices that are added from now on, where neither they nor
 * their files say anything: it is copied; name and host do not count. NF_SYSTEM
 * without memory.
 */
NF_API int nf_inventory_defaults(struct nf_inventory *inv,
				 const struct nf_entry *entry,
				 struct nf_error *err);

/*
 * Add one device from memory, which is copied; passwords go where they are
 * wiped with the inventory. It is checked as those of files are: NF_INVALID and
 * NF_UNKNOWN_PLATFORM for the same mistakes, with a message that names the
 * device, by its place (from 1) when it has neither name nor host; NF_SYSTEM
 * without memory.
 */
NF_API int nf_inventory_add(struct nf_inventory *inv,
			    const struct nf_entry *entry, struct nf_error *err);

/*
 * Add hosts that are in no file: [user@]host[:port], [user@][v6]:port, with ranges
 * (R[001-100], 10.0.[0-3].[1-254]), several with commas; all else is as in rest.
 * NF_INVALID with a message that names what is no host; then those before it are
 * added. Other codes as nf_inventory_add().
 */
NF_API int nf_inventory_add_hosts(struct nf_inventory *inv, const char *list,
				  const struct nf_entry *rest,
				  struct nf_error *err);

/* nf_inventory_new() and nf_inventory_add_file(), with their codes. */
NF_API int nf_inventory_load(struct nf_inventory **out, const char *path,
			     struct nf_platforms *platforms,
			     const struct nf_log *log, struct nf_error *err);

/* Which devices are meant. Zeroed, all. */
struct nf_selection {
	const char *const *limits; /* expressions; none: all devices */
	size_t nlimits;
	const char *const *excludes; /* expressions whose terms have no sign:
				      * all but what they mean */
	size_t nexcludes;
	size_t pick; /* of those that are meant, so many at even distance; 0:
		      * all */
};

/*
 * Keep the devices that are meant, and leave out all others; their order stays.
 * An expression is a device's name, or terms with commas between, as Ansible's
 * patterns: a name, group or @group, pattern (*, ?, [abc], ranges [1-3,7]),
 * ~REGEX of names, KEY=VALUE, KEY~REGEX, host, host:port, @FILE with an
 * expression a line ("-" and "@-" read standard input), all. Devices of any term
 * are meant that are also in all terms with "&" before them, and in none with
 * "!"; several expressions are one. netfan(1) has all of it, in SELECTION.
 *
 * May be called again, to choose among those that were kept. Nothing can be
 * added after that. Not to be called once a poll is open. NF_INVALID, with one
 * sentence, for an expression that is faulty, a file that cannot be read, a term
 * without "!" that means no device, and when nothing is left; NF_SYSTEM without
 * memory.
 */
NF_API int nf_inventory_select(struct nf_inventory *inv,
			       const struct nf_selection *selection,
			       struct nf_error *err);

/* Does an expression read standard input? */
NF_API bool nf_selection_reads_input(const char *expression);

/*
 * Complete the devices that are reached by SSH from ssh_config(5), as ssh -G says
 * of their hosts: of file, NULL: of the user's and the system's; and so their
 * jump hosts. What a device has of its own stays, and what is in the options of
 * the poll that is to be opened comes before; it keeps its name. What is not
 * taken, though it would matter, is a note of the inventory. Not to be called once
 * a poll is open; nothing can be added or selected by host after that.
 *
 * A device that ssh_config cannot be asked for, or says what cannot be meant of,
 * will have failed: NF_INVALID. NF_INVALID also when there is no ssh, or it
 * refuses the file, and for a command in a file that others may write;
 * NF_CANCELLED when it was interrupted; NF_SYSTEM.
 */
struct nf_poll_options;
NF_API int nf_inventory_ssh_config(struct nf_inventory *inv, const char *file,
				   const struct nf_poll_options *options,
				   struct nf_error *err);
/*
 * Read the secrets of all devices now, as a poll does when it is opened: for who
 * opens several in processes of their own. Of a trial, no command is run and
 * nobody is asked. What cannot be had is the result of its device. NF_INVALID
 * where the inventory is strict; NF_CANCELLED when it was interrupted; NF_SYSTEM
 * without memory.
 */
NF_API int nf_inventory_read_secrets(struct nf_inventory *inv, bool trial,
				     struct nf_error *err);

/* Could the system not lock all secrets in memory (RLIMIT_MEMLOCK)? Then they may
 * be written to swap. To be asked once a poll is open. */
NF_API bool nf_inventory_unlocked(const struct nf_inventory *inv);
NF_API void nf_inventory_free(struct nf_inventory *inv);
NF_API size_t nf_inventory_size(const struct nf_inventory *inv);

/* Device i, 0 <= i < nf_inventory_size(); until devices are added or left out,
 * or the inventory is freed. */
NF_API const struct nf_device *
nf_inventory_device(const struct nf_inventory *inv, size_t i);

/* ---- what is known of devices, and where it stands */

/* Of a device, beside what struct nf_device has. Borrowed, as that is. */
struct nf_description {
	const char *transport; /* "ssh" or "telnet" */
	/* Why it will not be asked, "FILE:LINE: DEVICE: what: what to do", with
	 * no secret and no control character in it; NULL: it will. */
	const char *skip;
	/* It is at fault for more than its login: its host may be "", and its
	 * platform none. */
	bool unusable;
	bool unnamed; /* its file has no name for it: it has that of its host */
	bool own_user; /* nor a user: it is who runs the program */
	const char *file; /* where it stands; NULL: in memory */
	size_t line;
};

NF_API void nf_inventory_describe(const struct nf_inventory *inv, size_t i,
				  struct nf_description *description);

enum nf_origin {
	NF_ORIGIN_DEVICE, /* its own entry */
	NF_ORIGIN_GROUP, /* a group that it is in */
	NF_ORIGIN_DEFAULTS, /* what its file says of all devices */
};

/* A value that a device was given, and where that stands. */
struct nf_value {
	const char *key; /* as a field of struct nf_entry, or data's name */
	const char *text; /* "***" for a secret that is not to be shown */
	/* As it stands in the file: "literal:" and the like are in it. It is the
	 * same text for most. */
	const char *written;
	bool data; /* it has no meaning here, and is the user's own */
	bool json; /* the text is JSON, and no string: {...}, [...], 5, true */
	bool secret; /* a password or the like, or data that may have one */
	bool own_form; /* it stands in a file of netfan's own form */
	enum nf_origin origin;
	const char *group; /* of NF_ORIGIN_GROUP */
	const char *file; /* NULL: from memory */
	size_t line;
};

typedef void nf_value_take(void *arg, const struct nf_value *value);

/*
 * Call take for each value that counts of device i: first for those with a
 * meaning here, "host" being its address by whatever name; then for its data,
 * sorted by name. A value is lent until take returns. With secrets, passwords
 * and the like are in them; without, "***" is: also in place of data that has a
 * name such as password, secret, community, token or key, deep inside as well.
 * NF_SYSTEM without memory.
 */
NF_API int nf_inventory_values(const struct nf_inventory *inv, size_t i,
			       bool secrets, nf_value_take *take, void *arg,
			       struct nf_error *err);

/* A group of devices. Borrowed, as devices are. */
struct nf_group {
	const char *name;
	const char *file; /* where it is defined; NULL: devices alone name it */
	size_t line;
	size_t nchildren;
};

/* All groups, whether they have devices or not: how many, and group g. */
NF_API size_t nf_inventory_ngroups(const struct nf_inventory *inv);
NF_API void nf_inventory_group(const struct nf_inventory *inv, size_t g,
			       struct nf_group *group);

/* The place of its child k, below nchildren. Groups of several files may be
 * each other's children. */
NF_API size_t nf_inventory_group_child(const struct nf_inventory *inv, size_t g,
				       size_t k);

/* The place of the group of that name, nf_inventory_ngroups() for none. */
NF_API size_t nf_inventory_find_group(const struct nf_inventory *inv,
				      const char *name);

/* The place of the k'th group of device i, from the one whose values count
 * first; nf_inventory_ngroups() behind the last. A device is in the parents of
 * its groups, too. */
NF_API size_t nf_inventory_group_of(const struct nf_inventory *inv, size_t i,
				    size_t k);

#endif
