/*
 * The keys of a device: netmiko's ConnectHandler arguments (netmiko 4,
 * base_connection.py), and ours.
 */
#ifndef NETFAN_DRAFT_KEY_H
#define NETFAN_DRAFT_KEY_H

/* Keys with a meaning here; an entry holds their values. */
#define KEYS_READ(X)                                                           \
	X(KEY_NAME, "name")                                                    \
	X(KEY_DEVICE_TYPE, "device_type")                                      \
	X(KEY_HOST, "host")                                                    \
	X(KEY_IP, "ip")                                                        \
	X(KEY_PORT, "port")                                                    \
	X(KEY_USERNAME, "username")                                            \
	X(KEY_PASSWORD, "password")                                            \
	X(KEY_SECRET, "secret")                                                \
	X(KEY_ENABLE, "enable")                                                \
	X(KEY_TRANSPORT, "transport")                                          \
	X(KEY_LEGACY, "legacy")                                                \
	X(KEY_LOGIN_ANSWERS, "login_answers")                                  \
	X(KEY_AUTH, "auth")                                                    \
	X(KEY_USE_KEYS, "use_keys")                                            \
	X(KEY_KEY_FILE, "key_file")                                            \
	X(KEY_PASSPHRASE, "passphrase")                                        \
	X(KEY_ALLOW_AGENT, "allow_agent")                                      \
	X(KEY_HOSTKEY_FINGERPRINT, "hostkey_fingerprint")                      \
	X(KEY_PROXY_JUMP, "proxy_jump")                                        \
	X(KEY_PROXY_COMMAND, "proxy_command")                                  \
	X(KEY_PROXY, "proxy")                                                  \
	X(KEY_SOURCE_ADDRESS, "source_address")                                \
	X(KEY_INTERFACE, "interface")                                          \
	X(KEY_KEX_ALGORITHMS, "kex_algorithms")                                \
	X(KEY_HOSTKEY_ALGORITHMS, "hostkey_algorithms")                        \
	X(KEY_CIPHERS, "ciphers")                                              \
	X(KEY_MACS, "macs")                                                    \
	X(KEY_CONN_TIMEOUT, "conn_timeout")                                    \
	X(KEY_BANNER_TIMEOUT, "banner_timeout")                                \
	X(KEY_AUTH_TIMEOUT, "auth_timeout")                                    \
	X(KEY_PROMPT_TIMEOUT, "prompt_timeout")                                \
	X(KEY_READ_TIMEOUT_OVERRIDE, "read_timeout_override")                  \
	X(KEY_KEEPALIVE, "keepalive")

/* Keys that netmiko knows and that have no meaning here: noted, not read. */
#define KEYS_IGNORED(X)                                                        \
	X(KEY_PKEY, "pkey")                                                    \
	X(KEY_DISABLED_ALGORITHMS, "disabled_algorithms")                      \
	X(KEY_DISABLE_SHA2_FIX, "disable_sha2_fix")                            \
	X(KEY_SSH_STRICT, "ssh_strict")                                        \
	X(KEY_SYSTEM_HOST_KEYS, "system_host_keys")                            \
	X(KEY_ALT_HOST_KEYS, "alt_host_keys")                                  \
	X(KEY_ALT_KEY_FILE, "alt_key_file")                                    \
	X(KEY_SSH_CONFIG_FILE, "ssh_config_file")                              \
	X(KEY_BLOCKING_TIMEOUT, "blocking_timeout")                            \
	X(KEY_TIMEOUT, "timeout")                                              \
	X(KEY_SESSION_TIMEOUT, "session_timeout")                              \
	X(KEY_FAST_CLI, "fast_cli")                                            \
	X(KEY_GLOBAL_DELAY_FACTOR, "global_delay_factor")                      \
	X(KEY_DELAY_FACTOR_COMPAT, "delay_factor_compat")                      \
	X(KEY_GLOBAL_CMD_VERIFY, "global_cmd_verify")                          \
	X(KEY_AUTO_CONNECT, "auto_connect")                                    \
	X(KEY_ALLOW_AUTO_CHANGE, "allow_auto_change")                          \
	X(KEY_DEFAULT_ENTER, "default_enter")                                  \
	X(KEY_RESPONSE_RETURN, "response_return")                              \
	X(KEY_DISABLE_LF_NORMALIZATION, "disable_lf_normalization")            \
	X(KEY_ENCODING, "encoding")                                            \
	X(KEY_VERBOSE, "verbose")                                              \
	X(KEY_LEGACY_MODE, "_legacy_mode")                                     \
	X(KEY_SESSION_LOG, "session_log")                                      \
	X(KEY_SESSION_LOG_RECORD_WRITES, "session_log_record_writes")          \
	X(KEY_SESSION_LOG_FILE_MODE, "session_log_file_mode")                  \
	X(KEY_SOCK, "sock")                                                    \
	X(KEY_SOCK_TELNET, "sock_telnet")                                      \
	X(KEY_SERIAL_SETTINGS, "serial_settings")

#define KEY_ID(id, name) id,
enum key { KEYS_READ(KEY_ID) KEYS_IGNORED(KEY_ID) NKEYS };
#undef KEY_ID

#define KEY_COUNT(id, name) +1
#define NKEYS_READ (0 KEYS_READ(KEY_COUNT)) /* keys below it are read */

/* The key of that name, NKEYS when there is none. */
enum key key_find(const char *name);

const char *key_name(enum key key);

/* What to use in place of a key that has no meaning here, as words behind a
 * note: "; ...". "" where there is nothing. */
const char *key_instead(enum key key);

/* The key that a name means that other tools have for it ("user", "platform",
 * "enable_secret"); NKEYS when there is none. */
enum key key_alias(const char *name);

/*
 * What an unknown key was probably meant to be, or NULL: one slip away, two in
 * long names. Words that people have for data are none ("mac", "enabled").
 */
const char *key_near_miss(const char *name);

#endif
