/* lib/sshconfig/sshconfig.c: netfan and ssh -G agree. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inventory/inventory.h"
#include "netfan.h"
#include "transport/ssh/ssh.h"
#include "unit/tree.h"
#include "unit/unit.h"

#define SAID_MAX ((size_t)64 * 1024)

/* ---- files, and inventories of hosts */

static int make_place(void **state)
{
	static struct tree tree;

	tree = tree_make();
	*state = &tree;
	return 0;
}

static int remove_place(void **state)
{
	tree_remove(*state);
	return 0;
}

static const char *dir_of(void **state)
{
	return ((const struct tree *)*state)->dir;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void add_device(struct nf_inventory *inv, const char *host,
		       const char *user, const char *port)
{
	const struct nf_entry entry = {.device_type = "cisco_ios",
				       .host = host,
				       .username = user,
				       .port = port};
	struct nf_error err = {.code = NF_OK};

	if (nf_inventory_add(inv, &entry, &err) == -1)
		fail_msg("%s: %s", host, err.message);
}

static struct nf_inventory *make_inventory(const char *const *hosts, size_t n)
{
	struct nf_inventory *inv;
	struct nf_error err;

	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	for (size_t i = 0; i < n; i++)
		add_device(inv, hosts[i], NULL, NULL);
	return inv;
}

static const struct nf_poll_options no_options = {.ncommands = 0};

static void complete(struct nf_inventory *inv, const char *path)
{
	struct nf_error err = {.code = NF_OK};

	if (nf_inventory_ssh_config(inv, path, &no_options, &err) == -1)
		fail_msg("%s", err.message);
}

static void expect_refused(struct nf_inventory *inv, const char *path,
			   const char *part)
{
	struct nf_error err = {.code = NF_OK};

	assert_int_equal(nf_inventory_ssh_config(inv, path, &no_options, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	if (strstr(err.message, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.message, part);
}

/* ---- what ssh says by itself */

/* 0, or 255 where ssh will not say it. */
static int ask_ssh(char *said, const char *path, const char *options,
		   const char *host)
{
	char command[1000];
	FILE *pipe;
	size_t len;
	int status;

	(void)snprintf(command, sizeof(command),
		       "ssh -G -T -F '%s' %s -- '%s' </dev/null 2>/dev/null",
		       path, options, host);
	pipe = popen(command, "r"); /* NOLINT(cert-env33-c) */
	assert_non_null(pipe);
	len = fread(said, 1, SAID_MAX - 1, pipe);
	said[len] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The value of a keyword, "" where ssh says none of it. */
static const char *said_value(const char *said, const char *keyword, char *out)
{
	size_t len = strlen(keyword);
	const char *at;

	out[0] = '\0';
	for (at = said; at != NULL && *at != '\0';
	     at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		if (strncmp(at, keyword, len) != 0 || at[len] != ' ')
			continue;
		at += len + 1;
		(void)snprintf(out, 1024, "%.*s", (int)strcspn(at, "\n"), at);
		break;
	}
	return strcasecmp(out, "none") == 0 ? "" : out;
}

static void same(const char *config, const char *host, const char *what,
		 const char *ours, const char *theirs)
{
	ours = ours != NULL ? ours : "";
	if (strcmp(ours, theirs) != 0)
		fail_msg("%s\n%s, %s: netfan took '%s', ssh says '%s'", config,
			 host, what, ours, theirs);
}

/* A list is what netfan speaks of ssh's, where that is not ssh's default. */
static void same_list(const char *config, const char *host, const char *ours,
		      enum kexinit_kind kind, const char *theirs,
		      const char *defaults)
{
	struct algorithms spoken;
	struct nf_error err;
	char list[ALGORITHMS_LIST] = "";

	assert_int_equal(ssh_algorithms(&spoken, LEGACY_DEFAULT, &err), 0);
	if (strcmp(theirs, defaults) != 0)
		algorithms_keep_spoken(&spoken, kind, theirs, list);
	same(config, host, "a list", ours, list);
}

/* The methods that ssh tries, of those that netfan has; "" for its defaults. */
static const char *said_methods(const char *said, char *out)
{
	static const struct {
		const char *name, *here, *keyword;
	} all[] = {
		{"publickey", "publickey,agent", "pubkeyauthentication"},
		{"password", "password", "passwordauthentication"},
		{"keyboard-interactive", "keyboard-interactive",
		 "kbdinteractiveauthentication"},
	};
	char list[1024], value[1024], *at = list, *word;

	if (*said_value(said, "preferredauthentications", list) == '\0')
		(void)snprintf(list, sizeof(list),
			       "publickey,password,keyboard-interactive");
	out[0] = '\0';
	while ((word = strsep(&at, ",")) != NULL) {
		for (size_t i = 0; i < LENGTH(all); i++) {
			if (strcmp(word, all[i].name) != 0)
				continue;
			said_value(said, all[i].keyword, value);
			if (value[0] == 'n' || value[0] == 'f')
				continue;
			(void)sprintf(out + strlen(out), "%s%s",
				      out[0] != '\0' ? "," : "", all[i].here);
		}
	}
	return strcmp(out, "publickey,agent,password,keyboard-interactive") == 0
		       ? ""
		       : out;
}

/* A command with %n filled in. */
static const char *with_name(const char *command, const char *name, char *out)
{
	out[0] = '\0';
	for (const char *at = command; *at != '\0'; at++) {
		if (strncmp(at, "%n", 2) != 0) {
			(void)sprintf(out + strlen(out), "%c", *at);
			continue;
		}
		(void)sprintf(out + strlen(out), "%s", name);
		at++;
	}
	return out;
}

static void expect_same(const char *config, const struct device *dev,
			const char *host, const char *said,
			const char *defaults)
{
	const struct access *access = dev->access;
	char value[1024], without[1024], more[1024], number[32];
	const struct {
		const char *ours, *keyword;
		enum kexinit_kind kind;
	} lists[] = {
		{access->kex_algorithms, "kexalgorithms", KEXINIT_KEX},
		{access->hostkey_algorithms, "hostkeyalgorithms",
		 KEXINIT_HOSTKEY},
		{access->ciphers, "ciphers", KEXINIT_CIPHER_OUT},
		{access->macs, "macs", KEXINIT_MAC_OUT},
	};

	if (dev->fault != NULL)
		fail_msg("%s\n%s: %s", config, host, dev->fault);
	if (strcasecmp(dev->pub.host, host) != 0 ||
	    strcasecmp(said_value(said, "hostname", value), host) != 0)
		same(config, host, "HostName", dev->pub.host,
		     said_value(said, "hostname", value));
	(void)snprintf(number, sizeof(number), "%u", dev->pub.port);
	same(config, host, "Port", number, said_value(said, "port", value));
	same(config, host, "User", dev->credentials.username,
	     said_value(said, "user", value));
	/* ssh would call itself for ever for what is cut by "none". */
	if (access->proxy_jump == NULL ||
	    !jump_list_is_none(access->proxy_jump))
		same(config, host, "ProxyJump", access->proxy_jump,
		     said_value(said, "proxyjump", value));
	same(config, host, "ProxyCommand", access->proxy_command,
	     with_name(said_value(said, "proxycommand", value), host, more));
	same(config, host, "HostKeyAlias", access->hostkey_alias,
	     said_value(said, "hostkeyalias", value));
	same(config, host, "StrictHostKeyChecking",
	     access->strict_hostkeys ? "true" : "",
	     strcmp(said_value(said, "stricthostkeychecking", value), "true") ==
			     0
		     ? "true"
		     : "");
	same(config, host, "IdentitiesOnly",
	     access->identities_only ? "yes" : "no",
	     said_value(said, "identitiesonly", value));
	same(config, host, "authentication", access->auth,
	     said_methods(said, more));
	same(config, host, "BindAddress", access->source_address,
	     said_value(said, "bindaddress", value));
	same(config, host, "BindInterface", access->interface,
	     said_value(said, "bindinterface", value));
	(void)snprintf(number, sizeof(number), "%lld",
		       (long long)access->connect_ms / 1000);
	same(config, host, "ConnectTimeout",
	     access->connect_ms == 0 ? "" : number,
	     said_value(said, "connecttimeout", value));
	(void)snprintf(number, sizeof(number), "%lld",
		       (long long)access->keepalive_ms / 1000);
	same(config, host, "ServerAliveInterval", number,
	     said_value(said, "serveraliveinterval", value));
	for (size_t i = 0; i < LENGTH(lists); i++)
		same_list(config, host, lists[i].ours, lists[i].kind,
			  said_value(said, lists[i].keyword, value),
			  said_value(defaults, lists[i].keyword, without));
}

/* ---- more than 40 files */

static const char *const configs[] = {
	"",
	"# nothing\n\n   \n",
	"Port 2022\n",
	"User admin\n",
	"HostName 192.0.2.9\n",
	"Host r1\n HostName 192.0.2.1\n",
	"Host r1 r2\nHostName 192.0.2.1\nHost r3\nUser three\n",
	"Host r?\nPort 2200\nHost *\nPort 2300\nUser other\n",
	"Host * !r2\nUser all\n",
	"Host !r2 *\nUser all\nHost r2\nPort 99\n",
	"Host r1\n  User a\nHost r1\n  User b\n  Port 7\n",
	"host=r1\nuser = equals\nport=\t2211\n",
	"Host \"r1\" 'r2'\nUser \"quoted\"\n",
	/* Quotes in a keyword, and what may lead to it. */
	"User u\n\"Host\" r2\nPort 7\n",
	"Ho\"st\" r2\nHo\"stName\" 192.0.2.5\n",
	"M\"atch\" host r2\nPort 5\n",
	"\"\"Host r2\nPort 6\n",
	"=Host r2\nPort 8\n",
	" \t\"Host\"r2\nPort 9\n",
	"HOST r1\nPORT 2033\nuSeR mixed\n",
	"Host R1\nUser capital\n",
	"Host r1 # and a comment\nUser a\n",
	"Host *.example.net\nHostName %h.example.org\n",
	"Host r*\nHostName %h.example.org\n",
	"Host r1\nHostName r2\nHost r2\nUser second\n",
	"Host r1 r2 r3\nHostName r1\n",
	"Host *\nProxyJump bastion\n",
	"Host r1\nProxyJump none\nHost *\nProxyJump u@b1:2022,b2\n",
	"Host *\nProxyCommand nc -X 5 -x proxy:1080 %h %p\n",
	"Host r1\nProxyCommand none\nHost *\nProxyCommand nc %h %p\n",
	"Host r1\nProxyJump a,b,c\nHost r2\nProxyCommand x %r %n %%\n",
	"Ciphers aes256-ctr,aes128-ctr\n",
	"Host r1\nCiphers +aes128-cbc,3des-cbc\n",
	"Host r1\nKexAlgorithms ^diffie-hellman-group14-sha256\n",
	"Host r1\nMACs -hmac-sha1*,umac*\n",
	"Host r1\nHostKeyAlgorithms +ssh-rsa\nHost r2\nHostKeyAlgorithms "
	"ssh-ed25519\n",
	"KexAlgorithms +diffie-hellman-group1-sha1\nHost r1\nKexAlgorithms "
	"curve25519-sha256\n",
	"ConnectTimeout 7\nServerAliveInterval 15\n",
	"Host r2\nConnectTimeout 3\nHost r*\nServerAliveInterval 9\n",
	"BindAddress 127.0.0.1\nBindInterface lo\n",
	"Match all\nUser everybody\n",
	"Match host r1\nUser one\nMatch host r2,r3\nUser others\n",
	"Match originalhost r1 exec \"true\"\nPort 2100\n",
	"Match exec \"test %n = r2\"\nUser executed\n",
	"Host r1\nMatch user nobody\nPort 5\nHost *\nUser nobody\n",
	"Match final host r1\nPort 2345\nHost *\nUser u\n",
	"Host r1 r1\nPort 1\nHost r* *1\nUser m\nHost ???*\nPort 3\n",
	"Host *\nHostKeyAlias all-of-them\nStrictHostKeyChecking yes\n",
	"Host r1\nHostKeyAlias one\nHost r2\nStrictHostKeyChecking no\n",
	"Host r1\nIdentitiesOnly yes\nHost *\nIdentityAgent none\n",
	"Host r1\nPreferredAuthentications gssapi-with-mic,password,"
	"publickey\nHost r2\nPreferredAuthentications password\n",
	"Host r1\nPasswordAuthentication no\nHost r2\nKbdInteractive"
	"Authentication no\nPubkeyAuthentication no\n",
	/* Jump hosts that are hosts of the file. */
	"Host r1\nProxyJump b1\nHost b1\nHostName 192.0.2.40\nPort 2040\n"
	"User hop\nCiphers aes256-ctr\n",
	"Host r*\nProxyJump b1,b2\nHost b2\nUser two\nHost b1\nProxyJump "
	"b3\nHostName 192.0.2.41\nHost b3\nUser third\nPort 3\n",
	"Host r1\nProxyJump u@b1:2022\nHost r2\nProxyJump b1\nMatch host b1 "
	"user u\nHostName 192.0.2.42\nMatch host b1\nHostName 192.0.2.43\n",
	"Host r*\nProxyJump b1\nHost b1\nProxyCommand nc -q0 %h %p\n",
	"Host r*\nProxyJump ssh://u@b1:2023\nHost b*\nPort 2022\nUser other\n"
	"HostName %h.example.net\n",
	"Host r1\nProxyJump r2\nHost r2\nHostName 192.0.2.44\nUser two\n",
	"Include %s\nHost *\nUser after\n",
	"Host r1\nInclude %s\nHost r2\nUser after\n",
};

static const char included[] = "Host r1\nPort 2500\nHost r2\nPort 2501\n"
			       "Host *\nUser within\n";

static const char *const hosts[] = {"r1", "r2", "R1", "r3.example.net",
				    "192.0.2.77"};

static void write_config(const char *path, const char *config,
			 const char *other)
{
	char text[1024];
	const char *include = strstr(config, "Include %s");

	if (include == NULL) {
		write_file(path, config, 0600);
		return;
	}
	(void)snprintf(text, sizeof(text), "%.*sInclude %s%s",
		       (int)(include - config), config, other,
		       include + strlen("Include %s"));
	write_file(path, text, 0600);
}

static void need_ssh(void)
{
	/* NOLINTNEXTLINE(cert-env33-c) */
	if (system("ssh -V 2>/dev/null") != 0)
		UNIT_SKIP("no ssh");
}

/* A jump host is what ssh says of it. One that is sent through itself, of which
 * ssh will not speak, is gone to directly. */
static void expect_same_hop(const char *config, const char *path,
			    const struct nf_inventory *inv,
			    const struct jump_name *name, char *said,
			    const char *defaults)
{
	const struct device *dev = inventory_find_hop(inv, name);
	char options[200] = "";

	if (dev == NULL) {
		fail_msg("%s\n%s: nothing is known of it", config, name->text);
		return;
	}
	if (name->user[0] != '\0')
		(void)sprintf(options, "-l %s", name->user);
	if (name->port != 0)
		(void)sprintf(options + strlen(options), " -p %u", name->port);
	if (ask_ssh(said, path, options, name->host) != 0) {
		assert_null(dev->access->proxy_jump);
		return;
	}
	expect_same(config, dev, name->host, said, defaults);
}

static void expect_same_hops(const char *config, const char *path,
			     const struct nf_inventory *inv,
			     const struct device *dev, char *said,
			     const char *defaults)
{
	const char *list = dev->access->proxy_jump;
	struct jump_name name;
	char why[200];

	if (list == NULL || jump_list_is_none(list))
		return;
	while (jump_list_next(&list, &name, why, 200) == 1)
		expect_same_hop(config, path, inv, &name, said, defaults);
}

/* Each host alone, as ssh says, and all together, as netfan asks. */
static void test_ssh_config_is_what_ssh_says(void **state)
{
	char *said = malloc(SAID_MAX), *defaults = malloc(SAID_MAX);
	char path[300], other[300];

	need_ssh();
	assert_true(LENGTH(configs) >= 40);
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	(void)snprintf(other, sizeof(other), "%s/other", dir_of(state));
	write_file(other, included, 0600);
	assert_int_equal(ask_ssh(defaults, "/dev/null", "", "localhost"), 0);
	for (size_t i = 0; i < LENGTH(configs); i++) {
		struct nf_inventory *inv = make_inventory(hosts, LENGTH(hosts));

		write_config(path, configs[i], other);
		complete(inv, path);
		for (size_t k = 0; k < LENGTH(hosts); k++) {
			assert_int_equal(ask_ssh(said, path, "", hosts[k]), 0);
			expect_same(configs[i], inventory_device(inv, k),
				    hosts[k], said, defaults);
		}
		for (size_t k = 0;
		     k < nf_inventory_size(inv) + inventory_hidden(inv); k++)
			expect_same_hops(configs[i], path, inv,
					 inventory_device(inv, k), said,
					 defaults);
		nf_inventory_free(inv);
	}
	free(said);
	free(defaults);
}

/* The home that ssh globs by: HOME, else the one of passwd. */
static void test_ssh_config_includes_what_ssh_includes(void **state)
{
	static const char *const words[] = {"~/in*",       "config.d/a",
					    "~/.ssh/*/a",  "my\\ file",
					    "\"my file\"", "~nobody-here/x"};
	static const char text[] = "Host r2\nHostName 192.0.2.2\n";
	const char *own = getenv("HOME");
	char *said = malloc(SAID_MAX), *home = strdup(own != NULL ? own : "/");
	char path[300], value[1024];

	need_ssh();
	assert_int_equal(setenv("HOME", dir_of(state), 1), 0);
	(void)snprintf(path, sizeof(path), "%s/.ssh/config.d", dir_of(state));
	assert_int_equal(mkdir(tree_path(*state, ".ssh"), 0700), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	tree_put(*state, "included", text);
	tree_put(*state, ".ssh/config.d/a", text);
	tree_put(*state, ".ssh/my file", text);
	for (size_t i = 0; i < LENGTH(words); i++) {
		struct nf_inventory *inv = make_inventory(hosts, LENGTH(hosts));

		(void)snprintf(value, sizeof(value), "Include %s\n", words[i]);
		(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
		write_file(path, value, 0600);
		complete(inv, path);
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(ask_ssh(said, path, "", hosts[k]), 0);
			same(words[i], hosts[k], "HostName",
			     inventory_device(inv, k)->pub.host,
			     said_value(said, "hostname", value));
		}
		nf_inventory_free(inv);
	}
	assert_int_equal(setenv("HOME", home, 1), 0);
	free(home);
	free(said);
}

/* What a file may ask of it, but what netfan has secrets in. */
static void
test_ssh_config_is_asked_in_the_environment_of_its_user(void **state)
{
	struct nf_inventory *inv = make_inventory(hosts, 1);
	char path[300];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	assert_int_equal(setenv("OF_THE_USER", "yes", 1), 0);
	assert_int_equal(setenv("NETFAN_PASSWORD", "secret", 1), 0);
	write_file(path,
		   "Match exec \"test x$NETFAN_PASSWORD != x\"\nPort 6\n"
		   "Match exec \"test $OF_THE_USER = yes\"\nPort 7\n"
		   "Match all\nIdentityAgent ${OF_THE_USER}/agent\n",
		   0600);
	complete(inv, path);
	assert_int_equal(inventory_device(inv, 0)->pub.port, 7);
	assert_int_equal(unsetenv("NETFAN_PASSWORD"), 0);
	nf_inventory_free(inv);
}

/* ---- what is the device's own */

static void test_ssh_config_leaves_what_a_device_has(void **state)
{
	static const struct nf_entry entry = {.device_type = "cisco_ios",
					      .name = "core",
					      .host = "r1",
					      .username = "mine",
					      .port = "2200",
					      .ciphers = "aes128-ctr",
					      .proxy_jump = "none",
					      .key_file = "/k",
					      .conn_timeout = "3"};
	struct nf_inventory *inv = make_inventory(NULL, 0);
	const struct device *dev;
	struct nf_error err;
	char path[300];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path,
		   "HostName 192.0.2.5\nUser theirs\nPort 99\nCiphers "
		   "aes256-ctr\nMACs hmac-sha2-256\nProxyCommand x\n"
		   "ConnectTimeout 9\nIdentityFile /dev/null\n",
		   0600);
	assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	complete(inv, path);
	dev = inventory_device(inv, 0);
	assert_string_equal(dev->pub.name, "core");
	assert_string_equal(dev->pub.host, "192.0.2.5");
	assert_string_equal(dev->pub.username, "mine");
	assert_int_equal(dev->pub.port, 2200);
	assert_string_equal(dev->access->ciphers, "aes128-ctr");
	assert_string_equal(dev->access->macs, "hmac-sha2-256");
	assert_string_equal(dev->access->proxy_jump, "none");
	assert_null(dev->access->proxy_command);
	assert_string_equal(dev->access->key_file, "/k");
	assert_int_equal(dev->access->connect_ms, 3000);
	nf_inventory_free(inv);
}

/* What is not there is passed over; certificates stand with the keys. */
static void test_ssh_config_fills_in_the_names_of_files(void **state)
{
	static const char *const two[] = {"r1", "r2"};
	struct nf_inventory *inv = make_inventory(two, LENGTH(two));
	char path[300], key[300], box[300], text[800];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	(void)snprintf(key, sizeof(key), "%s/key-r1-u", dir_of(state));
	(void)snprintf(box, sizeof(box), "%s/key-box", dir_of(state));
	write_file(key, "", 0600);
	write_file(box, "", 0600);
	(void)snprintf(text, sizeof(text),
		       "User u\nIdentityFile %s/gone\n"
		       "IdentityFile %s/key-%%n-%%r\n"
		       "CertificateFile %s/%%%%none\n"
		       "Host r2\nHostKeyAlias box\nIdentityFile %s/key-%%k\n",
		       dir_of(state), dir_of(state), dir_of(state),
		       dir_of(state));
	write_file(path, text, 0600);
	complete(inv, path);
	assert_string_equal(inventory_device(inv, 0)->access->key_file, key);
	assert_non_null(inventory_device(inv, 1)->access->key_file);
	assert_string_equal(inventory_device(inv, 1)->access->key_file, box);
	nf_inventory_free(inv);
}

/* ---- a jump host behind itself */

/* As many as ssh takes, most of which are not there. */
static void test_ssh_config_may_name_a_hundred_key_files(void **state)
{
	struct nf_inventory *inv = make_inventory(hosts, 1);
	char path[300], text[8000] = "";

	need_ssh();
	for (int i = 0; i < 99; i++)
		(void)sprintf(text + strlen(text), "IdentityFile /no/key-%d\n",
			      i);
	(void)sprintf(text + strlen(text), "IdentityFile /dev/null\n");
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path, text, 0600);
	complete(inv, path);
	assert_null(inventory_device(inv, 0)->fault);
	assert_string_equal(inventory_device(inv, 0)->access->key_file,
			    "/dev/null");
	nf_inventory_free(inv);
}

static void test_ssh_config_sends_no_jump_host_through_itself(void **state)
{
	static const char *const three[] = {"bastion", "r1", "r2"};
	char path[300];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path, "Host *\nProxyJump bastion\nPort 22\nUser u\n", 0600);
	/* Wherever it stands, and alone. */
	for (size_t first = 0; first < 4; first++) {
		const char *const hosts_now[] = {three[first % 3],
						 three[(first + 1) % 3],
						 three[(first + 2) % 3]};
		struct nf_inventory *inv =
			make_inventory(hosts_now, first == 3 ? 1 : 3);

		complete(inv, path);
		for (size_t i = 0; i < nf_inventory_size(inv); i++) {
			const struct device *dev = inventory_device(inv, i);

			assert_null(dev->fault);
			assert_string_equal(dev->pub.username, "u");
			if (strcmp(dev->pub.host, "bastion") == 0)
				assert_null(dev->access->proxy_jump);
			else
				assert_string_equal(dev->access->proxy_jump,
						    "bastion");
		}
		nf_inventory_free(inv);
	}
}

/* ---- how often ssh is asked */

/* Put a program before ssh that counts; how often goes to the file. */
static void put_counter(const char *dir)
{
	char path[300], text[600], *search = NULL;

	(void)snprintf(path, sizeof(path), "%s/ssh", dir);
	(void)snprintf(text, sizeof(text),
		       "#!/bin/sh\necho x >>'%s/count'\nPATH=${PATH#*:}\n"
		       "exec ssh \"$@\"\n",
		       dir);
	write_file(path, text, 0700);
	assert_true(asprintf(&search, "%s:%s", dir, getenv("PATH")) != -1);
	assert_int_equal(setenv("PATH", search, 1), 0);
	free(search);
}

static void test_ssh_config_is_asked_for_each_pattern_once(void **state)
{
	struct nf_inventory *inv = make_inventory(NULL, 0);
	char path[300], host[32];
	struct stat st;

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path,
		   "Host core-*\nUser c\nHost edge-*\nUser e\nHost *\nPort "
		   "2022\n",
		   0600);
	for (unsigned i = 0; i < 5000; i++) {
		(void)snprintf(host, sizeof(host), "%s-%u",
			       i % 3 == 0   ? "core"
			       : i % 3 == 1 ? "edge"
					    : "other",
			       i);
		add_device(inv, host, NULL, NULL);
	}
	put_counter(dir_of(state));
	complete(inv, path);
	(void)snprintf(path, sizeof(path), "%s/count", dir_of(state));
	assert_int_equal(stat(path, &st), 0);
	/* Three, and once for what ssh does without a file. */
	assert_int_equal(st.st_size, 4 * 2);
	for (size_t i = 0; i < 5000; i++) {
		const struct device *dev = inventory_device(inv, i);

		assert_int_equal(dev->pub.port, 2022);
		if (i % 3 < 2)
			assert_string_equal(dev->pub.username,
					    i % 3 == 0 ? "c" : "e");
	}
	nf_inventory_free(inv);
}

/* ---- refusals */

static void test_ssh_config_is_not_asked_for_hostile_names(void **state)
{
	static const char *const users[] = {
		"-oProxyCommand=id", "a;b", "a$b|c", "a b", "`x`", "a'b"};
	struct nf_inventory *inv = make_inventory(NULL, 0);
	char path[300], host[32];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path, "Host *\nPort 2022\n", 0600);
	add_device(inv, "good", NULL, NULL);
	add_device(inv, "-Gbad", NULL, NULL);
	for (size_t i = 0; i < LENGTH(users); i++) {
		(void)snprintf(host, sizeof(host), "good%zu", i);
		add_device(inv, host, users[i], NULL);
	}
	complete(inv, path);
	assert_null(inventory_device(inv, 0)->fault);
	assert_int_equal(inventory_device(inv, 0)->pub.port, 2022);
	for (size_t i = 1; i < 2 + LENGTH(users); i++) {
		const char *fault = inventory_device(inv, i)->fault;

		if (fault == NULL)
			fail_msg("asked for device %zu", i);
		assert_non_null(strstr(fault, "letters, digits and ._-:%@"));
	}
	nf_inventory_free(inv);
}

static void test_ssh_config_may_not_give_hostile_names(void **state)
{
	static const char *const bad[] = {
		"HostName r;1\n", "User x;y\n", "ProxyJump a$b\n",
		"IdentityFile /x/%C\n", "IdentityFile ${NETFAN_NOT_SET}/x\n"};
	char path[300], text[200];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	for (size_t i = 0; i < LENGTH(bad); i++) {
		static const char *const two[] = {"r1", "r2"};
		struct nf_inventory *inv = make_inventory(two, 2);

		(void)snprintf(text, sizeof(text), "Host r1\n%sHost r2\n",
			       bad[i]);
		write_file(path, text, 0600);
		complete(inv, path);
		if (inventory_device(inv, 0)->fault == NULL)
			fail_msg("taken: %s", bad[i]);
		assert_null(inventory_device(inv, 1)->fault);
		nf_inventory_free(inv);
	}
}

static void test_ssh_config_runs_no_command_that_others_may_write(void **state)
{
	static const char *const commands[] = {
		"Host x\nProxyCommand nc %h %p\n",
		"Match host y exec \"touch ran\"\n",
		"proxycommand=nc\n",
		"\"ProxyCommand\" nc\n",
		"Proxy\"Command\"nc\n",
		"=ProxyCommand nc\n",
		"\"\"ProxyCommand nc\n",
		"M\"atch\" exec \"touch ran\"\n",
		"ProxyCommand none; touch ran\n",
		"ProxyCommand \"none\" & touch ran\n"};
	struct nf_inventory *inv = make_inventory(hosts, 1);
	char path[300], other[300], text[400];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	(void)snprintf(other, sizeof(other), "%s/other", dir_of(state));
	for (size_t i = 0; i < LENGTH(commands); i++) {
		write_file(path, commands[i], 0620);
		expect_refused(inv, path, "a file that others may write");
		/* Nor in one that is included. */
		write_file(other, commands[i], 0602);
		(void)snprintf(text, sizeof(text), "Include %s/oth*\n",
			       dir_of(state));
		write_file(path, text, 0600);
		expect_refused(inv, path, "other:");
	}
	write_file(path, "ProxyCommand none\nPort 5\n", 0666);
	complete(inv, path);
	assert_int_equal(inventory_device(inv, 0)->pub.port, 5);
	nf_inventory_free(inv);
}

static void test_ssh_config_that_ssh_refuses_is_told_once(void **state)
{
	struct nf_inventory *inv = make_inventory(hosts, LENGTH(hosts));
	char path[300];

	need_ssh();
	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path, "Porto 5\n", 0600);
	expect_refused(inv, path, "ssh -G: ");
	expect_refused(inv, path, "line 1: Bad configuration option: porto");
	(void)snprintf(path, sizeof(path), "%s/gone", dir_of(state));
	expect_refused(inv, path, "gone: No such file or directory");
	nf_inventory_free(inv);
}

static void test_ssh_config_without_ssh_says_what_is_missing(void **state)
{
	struct nf_inventory *inv = make_inventory(hosts, 1);
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/config", dir_of(state));
	write_file(path, "Port 5\n", 0600);
	assert_int_equal(setenv("PATH", dir_of(state), 1), 0);
	expect_refused(inv, path, "there is no ssh to ask");
	nf_inventory_free(inv);
}

static bool at_once(void *arg)
{
	(void)arg;
	return true;
}

static void test_ssh_config_can_be_interrupted(void **state)
{
	const struct nf_poll_options options = {.interrupted = at_once};
	struct nf_inventory *inv = make_inventory(hosts, 1);
	struct nf_error err;

	(void)state;
	assert_int_equal(
		nf_inventory_ssh_config(inv, "/dev/null", &options, &err), -1);
	assert_int_equal(err.code, NF_CANCELLED);
	nf_inventory_free(inv);
}

#define IN_PLACE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, make_place, remove_place)

static const struct CMUnitTest tests[] = {
	IN_PLACE(test_ssh_config_is_what_ssh_says),
	IN_PLACE(test_ssh_config_includes_what_ssh_includes),
	IN_PLACE(test_ssh_config_is_asked_in_the_environment_of_its_user),
	IN_PLACE(test_ssh_config_leaves_what_a_device_has),
	IN_PLACE(test_ssh_config_fills_in_the_names_of_files),
	IN_PLACE(test_ssh_config_may_name_a_hundred_key_files),
	IN_PLACE(test_ssh_config_sends_no_jump_host_through_itself),
	IN_PLACE(test_ssh_config_is_asked_for_each_pattern_once),
	IN_PLACE(test_ssh_config_is_not_asked_for_hostile_names),
	IN_PLACE(test_ssh_config_may_not_give_hostile_names),
	IN_PLACE(test_ssh_config_runs_no_command_that_others_may_write),
	IN_PLACE(test_ssh_config_that_ssh_refuses_is_told_once),
	IN_PLACE(test_ssh_config_without_ssh_says_what_is_missing),
	IN_PLACE(test_ssh_config_can_be_interrupted),
};

UNIT_MAIN(tests)
