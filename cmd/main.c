/* netfan: the subcommands and what they share with the system. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "commands/commands.h"
#include "format/output.h"
#include "status.h"
#include "tell.h"
#include "version.h"

#define SUBCOMMAND_ROW(name) &subcommand_##name,
static const struct subcommand *const subcommands[] = {
	SUBCOMMANDS(SUBCOMMAND_ROW)};
#undef SUBCOMMAND_ROW

#define NSUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static void print_help(FILE *out)
{
	(void)fputs("usage: netfan SUBCOMMAND [OPTION]... ARGUMENT...\n"
		    "       netfan help [SUBCOMMAND]\n"
		    "       netfan --help | --version\n\n"
		    "subcommands (SUBCOMMAND --help tells more):\n",
		    out);
	for (size_t i = 0; i < NSUBCOMMANDS; i++)
		(void)fprintf(out, "  %-9s %s\n", subcommands[i]->name,
			      subcommands[i]->summary);
}

static int wrong_subcommand(const char *name)
{
	const char *names[NSUBCOMMANDS + 2] = {"help"};
	const char *meant;

	if (name[0] == '-') {
		tell("netfan: '%s': a subcommand comes first; try netfan "
		     "--help",
		     name);
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < NSUBCOMMANDS; i++)
		names[i + 1] = subcommands[i]->name;
	meant = nf_nearest(name, names);
	if (meant != NULL)
		tell("netfan: there is no subcommand '%s': did you mean "
		     "'%s'? Try netfan --help",
		     name, meant);
	else
		tell("netfan: there is no subcommand '%s'; try netfan --help",
		     name);
	return STATUS_USAGE;
}

static const struct subcommand *find_subcommand(const char *name)
{
	for (size_t i = 0; i < NSUBCOMMANDS; i++) {
		if (strcmp(name, subcommands[i]->name) == 0)
			return subcommands[i];
	}
	return NULL;
}

/* Print the help of netfan, or of a subcommand. */
static int run_help(const char *name)
{
	const struct subcommand *sub;

	if (name == NULL || strcmp(name, "help") == 0) {
		print_help(stdout);
		return STATUS_OK;
	}
	sub = find_subcommand(name);
	if (sub == NULL)
		return wrong_subcommand(name);
	subcommand_help(sub);
	return STATUS_OK;
}

/*
 * Open stdin, stdout and stderr where they are closed, so that no pipe comes to
 * lie there. They are opened the wrong way round: reading from stdin or writing
 * to the others still fails.
 */
static int open_standard(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", modes[fd]) != fd)
			return -1;
	}
	return 0;
}

static bool is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

/* Flush stdout: returns the exit status, another if something is not out. */
static int end_output(int status)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !failed)
		return status;
	if (errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	tell("netfan: standard output: %s",
	     errno != 0 ? strerror(errno) : "it could not be written");
	return status < STATUS_SIGNAL ? STATUS_OUTPUT : status;
}

/*
 * Allow no core file and no tracing by other programs of the user, as passwords
 * are in memory. The leak checker traces, so a build with it may be traced.
 */
static void guard_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	(void)prctl(PR_SET_DUMPABLE, 0);
#endif
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

/* Raise the limit of descriptors as far as the system lets us: every session
 * takes one. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int run(int argc, char **argv)
{
	const char *name = argv[1];
	const struct subcommand *sub;

	if (name == NULL) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	sub = find_subcommand(name);
	/* Results that nobody can have are not asked for. */
	if ((sub == NULL || !sub->keeps) && !is_writable(STDOUT_FILENO)) {
		tell("netfan: standard output is closed: nothing was asked");
		return STATUS_OUTPUT;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return run_help(NULL);
	if (strcmp(name, "help") == 0)
		return run_help(argv[2]);
	if (strcmp(name, "--version") == 0) {
		version_print();
		return STATUS_OK;
	}
	return sub != NULL ? sub->run(argc - 1, argv + 1)
			   : wrong_subcommand(name);
}

int main(int argc, char **argv)
{
	static char buffer[OUTPUT_BUFFER]; /* of stdout, to the very end */

	if (open_standard() == -1)
		return STATUS_USAGE;
	guard_memory();
	raise_descriptors();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* writes say EFBIG */
	/* Ignored by who starts us, it takes away how git and workers end. */
	(void)signal(SIGCHLD, SIG_DFL);
	/* The buffer holds any table, so that end_output() sees the errno. */
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	return end_output(run(argc, argv));
}
