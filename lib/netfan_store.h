/*
 * netfan: a store, which keeps what every device says from run to run. Included
 * by netfan.h, which has the manners of all parts.
 *
 * A run is a poll between nf_store_prepare() and nf_store_commit():
 *
 *   nf_store_open        the folder is checked and locked, leftovers are mended
 *   nf_store_prepare     the poll is told what is known
 *   nf_store_take        each result is judged, and written aside
 *   nf_store_commit      files are put into their places, and recorded
 *   nf_store_device ...  what became of each device
 *   nf_store_diff        what changed
 *   nf_store_push, nf_store_tidy
 *   nf_store_free
 *
 * An archive looks back at what a store has, while a run may be under way.
 */
#ifndef NETFAN_STORE_H
#define NETFAN_STORE_H

#ifndef NETFAN_H
#error "include netfan.h"
#endif

struct nf_store;

enum nf_store_kind {
	NF_STORE_GIT, /* the folder is the work tree of a git repository */
	NF_STORE_PLAIN, /* dated files, and a link "latest" */
};

/* Are secrets kept, or marks in their place? */
enum nf_store_masks {
	NF_MASKS_AS_BEFORE, /* as the last run had it; of a new store: secrets */
	NF_MASKS_ON,
	NF_MASKS_OFF,
};

struct nf_store_options {
	const char *dir; /* made when it is not there */
	enum nf_store_kind kind;
	/* Of NF_STORE_PLAIN: versions of an output that are kept, the latest
	 * among them, and days for which the others are; 0: all. */
	unsigned keep;
	unsigned keep_days;
	const char *author; /* of commits, "NAME <MAIL>"; NULL: netfan */
	enum nf_store_masks masks;
	/* Devices that the inventory does not have are gone (it is the whole
	 * inventory), and their files removed. */
	bool whole;
	bool remove_gone;
	/* An output of which less than this part of the bytes before counts,
	 * is shrunk; 0: one half; negative: none is. */
	double min_size_ratio;
	const char *const *volatile_lines; /* PCRE2, of lines that change */
	size_t nvolatile_lines;
	const char *const
		*accept; /* devices of which shrunk outputs are taken */
	size_t naccept;
	/* How long another run that has the folder is waited for; 0: not at
	 * all, -1: without limit. */
	int64_t wait_ms;
	bool (*interrupted)(void *arg); /* true ends that; may be NULL */
	void *interrupted_arg;
	/* Notes: what was mended, what is left out. */
	struct nf_log log;
};

/*
 * Open a store, and lock it. The strings of the options are borrowed until
 * nf_store_free(). NF_BUSY when another run has it: the message says
 * which, and since when; NF_CANCELLED when interrupted; NF_INVALID for a folder
 * of another owner, or that others may write to, for a link in its place, for
 * the other kind of store, for a state of a later netfan, and for options that
 * are wrong; NF_SYSTEM for what the system refuses, and for a folder without git
 * where there is no git (sys_errno ENOENT).
 */
NF_API int nf_store_open(struct nf_store **out,
			 const struct nf_store_options *options,
			 struct nf_error *err);

/*
 * Prepare a run: the fields platform_commands and content of *poll are set.
 * The inventory is borrowed until nf_store_free(). NF_INVALID for a pattern
 * that PCRE2 does not take, and for a device of accept that there is not;
 * NF_SYSTEM without memory.
 */
NF_API int nf_store_prepare(struct nf_store *store,
			    const struct nf_inventory *inv,
			    struct nf_poll_options *poll, struct nf_error *err);

/* Take a result, body and all. NF_SYSTEM when an output could not be written
 * aside (a full disk): the device has failed then, others may follow. */
NF_API int nf_store_take(struct nf_store *store, struct nf_result *result,
			 struct nf_error *err);

/*
 * End the run: put the files in place, record them, and keep the state. To be
 * called also after a run that was cut short: what came counts. NF_SYSTEM when
 * not all of that could be done: the message says what, and how to mend it. The
 * files that are in place stay.
 */
NF_API int nf_store_commit(struct nf_store *store, struct nf_error *err);

/* Check a remote before a run, that nf_store_push() is to have behind it: a name
 * or an address, no option and no command of git's ("ext::"). NF_INVALID says
 * why it is none, and what to give. */
NF_API int nf_remote_check(const char *remote, struct nf_error *err);

/* Push the record to a remote of the user's, for 60 s at most. NF_INVALID as
 * nf_remote_check(), and for a store without git; NF_TIMEOUT; NF_SYSTEM with the
 * words of git. */
NF_API int nf_store_push(struct nf_store *store, const char *remote,
			 struct nf_error *err);

/* Keep the record small: pack it now and then; remove versions that are not to
 * be kept. NF_SYSTEM. */
NF_API int nf_store_tidy(struct nf_store *store, struct nf_error *err);
NF_API void nf_store_free(struct nf_store *store);

/* What became of an output. */
#define NF_OUTPUT_FATES(X)                                                     \
	X(NF_OUTPUT_SAME, "same")                                              \
	X(NF_OUTPUT_ADDED, "added")                                            \
	X(NF_OUTPUT_CHANGED, "changed")                                        \
	X(NF_OUTPUT_SHRUNK, "shrunk") /* much shorter: kept aside */           \
	X(NF_OUTPUT_LEFT_OUT, "left_out") /* of the platform's, refused */     \
	X(NF_OUTPUT_FAILED, "failed") /* cut, refused, blank */

/* What became of a device. */
#define NF_DEVICE_FATES(X)                                                     \
	X(NF_DEVICE_SAME, "same")                                              \
	X(NF_DEVICE_ADDED, "added") /* the first outputs of it */              \
	X(NF_DEVICE_CHANGED, "changed")                                        \
	X(NF_DEVICE_FAILED,                                                    \
	  "failed") /* outputs may have changed all the same */                \
	X(NF_DEVICE_SKIPPED, "skipped") /* nothing was tried */                \
	X(NF_DEVICE_GONE, "gone") /* from the inventory, since the last run */

#define NF_ENUM(id, name) id,
enum nf_output_fate { NF_OUTPUT_FATES(NF_ENUM) NF_NOUTPUT_FATES };
enum nf_device_fate { NF_DEVICE_FATES(NF_ENUM) NF_NDEVICE_FATES };
#undef NF_ENUM

/* The name of a fate as the reports spell it. */
NF_API const char *nf_output_fate_name(enum nf_output_fate fate);
NF_API const char *nf_device_fate_name(enum nf_device_fate fate);

struct nf_store_output {
	const char *command;
	const char *path; /* below the folder; "" when there is none */
	enum nf_output_fate fate;
	bool told; /* LEFT_OUT: it was told in an earlier run */
	uint64_t bytes; /* that count */
	uint64_t bytes_before; /* 0: there was none */
	unsigned shrunk; /* SHRUNK: runs in a row with the same output */
	char why[128]; /* FAILED, SHRUNK and LEFT_OUT: in words */
};

struct nf_store_device {
	const char *name;
	const char *host; /* "" of one that is gone */
	const char *platform;
	enum nf_device_fate fate;
	struct nf_error error; /* of FAILED and SKIPPED */
	int64_t tried_us; /* microseconds since 1970; 0: never; so below */
	int64_t succeeded_us; /* the last time */
	int64_t failing_us; /* since when; 0: it is not failing */
	int64_t us; /* the session's time */
	uint64_t bytes; /* of all its outputs, kept or received */
	uint64_t changes; /* runs in which an output changed, over all time; a
			   * first one is no change */
	const struct nf_store_output *outputs;
	size_t noutputs;
};

/* Devices of this run, in the order of the inventory, and those that are gone
 * behind them; after nf_store_commit(). Borrowed until nf_store_free(). */
NF_API size_t nf_store_size(const struct nf_store *store);
NF_API const struct nf_store_device *
nf_store_device(const struct nf_store *store, size_t i);

/* The commit of this run, "" for none. */
NF_API const char *nf_store_head(const struct nf_store *store);

/* Takes a line without its end, as a device wrote it: it may have control
 * sequences. 0, or -1 to give up. */
typedef int nf_take_line(void *arg, const char *line, size_t len);

/* Show secrets as they are, not marks; show lines that change by themselves. */
#define NF_SHOW_SECRETS 1u
#define NF_SHOW_VOLATILE 2u

/*
 * What changed in an output of this run, as a unified diff without its two
 * header lines: hunks, "@@ -1,2 +1,3 @@" and lines that begin with " ", "+", "-"
 * or "\". flags: NF_SHOW_SECRETS. NF_CANCELLED when take gave up; NF_SYSTEM.
 */
NF_API int nf_store_diff(struct nf_store *store, size_t device, size_t output,
			 unsigned flags, nf_take_line *take, void *arg,
			 struct nf_error *err);

/* ---- looking back */

struct nf_archive;

struct nf_archive_options {
	const char *dir; /* of a store */
	/* They tell what counts; borrowed. NULL: those compiled in. */
	struct nf_platforms *platforms;
	/* PCRE2, beside the platforms', and those that the last run had. */
	const char *const *volatile_lines;
	size_t nvolatile_lines;
	struct nf_log log; /* notes: a platform that is known no more */
};

/*
 * Open what a store has kept, to read it, also while a run is under way.
 * NF_INVALID for a folder that is no store, or not to be trusted, for a state
 * that cannot be read, and for a pattern that PCRE2 does not take; NF_SYSTEM
 * for what the system refuses, and for a record in git where there is no git
 * (sys_errno ENOENT).
 */
NF_API int nf_archive_open(struct nf_archive **out,
			   const struct nf_archive_options *options,
			   struct nf_error *err);
NF_API void nf_archive_free(struct nf_archive *archive);

/* A version that is asked for: one of git's ("HEAD~2", a hash), or the last one
 * not after a time. Zeroed, it is the files as they are. */
struct nf_version {
	const char *rev;
	int64_t at_us; /* microseconds since 1970 */
};

/* A change of an output. */
struct nf_archive_entry {
	const char *commit;
	int64_t when_us; /* microseconds since 1970 */
	const char *device;
	const char *command;
	char status; /* 'A' added, 'M' changed, 'D' removed */
};

/* Takes a change: 0, or -1 to give up. */
typedef int nf_take_entry(void *arg, const struct nf_archive_entry *entry);

/*
 * List changes, newest first, of a device (NULL: of all) and a command (NULL:
 * of all). NF_INVALID for a device (sys_errno ENODEV when none is called nearly
 * so) or command that was never kept, and for a store without git; NF_CANCELLED
 * when take gave up; NF_TIMEOUT and NF_SYSTEM when git or the system failed.
 *
 * A command may be abbreviated, word by word ("sh run"), if only one of those
 * that are kept of the device is meant so.
 */
NF_API int nf_archive_history(struct nf_archive *archive, const char *device,
			      const char *command, nf_take_entry *take,
			      void *arg, struct nf_error *err);

/* The output of a command in a version, line by line, with the lines that
 * change by themselves. flags: NF_SHOW_SECRETS. NF_INVALID also for a version
 * that there is not (sys_errno ENOENT); else the codes of nf_archive_history(). */
NF_API int nf_archive_show(struct nf_archive *archive, const char *device,
			   const char *command,
			   const struct nf_version *version, unsigned flags,
			   nf_take_line *take, void *arg, struct nf_error *err);

/* A version of an output that was found. */
struct nf_archive_version {
	const char *commit; /* "": the files as they are */
	int64_t when_us; /* of that commit; 0: the output was not there */
};

/* What takes a diff: each output that differs, then lines as those of
 * nf_store_diff(). Either returns 0, or -1 to give up. */
struct nf_archive_diff {
	int (*output)(void *arg, const char *command,
		      const struct nf_archive_version *before,
		      const struct nf_archive_version *after);
	nf_take_line *line;
	void *arg;
};

/*
 * Compare the outputs of a device in two versions; NULL for both: what changed
 * the last time that anything of it did that is shown. flags: both. Codes as of
 * nf_archive_show().
 */
NF_API int nf_archive_diff(struct nf_archive *archive, const char *device,
			   const struct nf_version *from,
			   const struct nf_version *to, unsigned flags,
			   const struct nf_archive_diff *take,
			   struct nf_error *err);

/* What is known of each device: NULL behind the last one. Its outputs have the
 * fate NF_OUTPUT_SAME, its fate is SAME, FAILED or GONE as of its last run. */
NF_API const struct nf_store_device *
nf_archive_device(const struct nf_archive *archive, size_t i);

#endif
