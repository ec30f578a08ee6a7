/* devsim: simulate a network of devices on loopback. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "devsim/options.h"
#include "devsim/server.h"

/* Parent is who it was at the start: it may be gone by the time we ask. */
static int die_with(pid_t parent, struct nf_error *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)
		return error_sys(err, NF_SYSTEM, "prctl");
	if (getppid() != parent)
		return error_set(err, NF_SYSTEM, "the parent is gone");
	return 0;
}

static void print_ready(const struct server *server, const struct options *opts)
{
	(void)printf("devsim: %" PRIu64 " devices at %s-%s port %" PRIu64,
		     opts->devices, server_first(server), server_last(server),
		     opts->port);
	if (opts->telnet_port != 0)
		(void)printf(", telnet %" PRIu64, opts->telnet_port);
	(void)printf("\n");
	(void)fflush(stdout);
}

static void print_counts(const struct server *server)
{
	uint64_t commands;
	struct counts counts = server_counts(server, &commands);

	(void)printf("devsim: %" PRIu64 " connections, %" PRIu64
		     " logins, %" PRIu64 " refused logins, %" PRIu64
		     " commands, %" PRIu64 " turned away, peak %" PRIu64
		     " at once\n",
		     counts.connections, counts.logins, counts.refused,
		     commands, counts.turned_away, counts.peak);
	(void)fflush(stdout);
}

static int serve(const struct options *opts, pid_t parent, struct nf_error *err)
{
	struct server *server = NULL;
	int rc = -1;

	if ((opts->die_with_parent && die_with(parent, err) == -1) ||
	    server_open(&server, opts, err) == -1)
		return -1;
	print_ready(server, opts);
	if (server_run(server, err) == 0) {
		print_counts(server);
		rc = 0;
	}
	server_free(server);
	return rc;
}

int main(int argc, char *argv[])
{
	pid_t parent = getppid();
	struct nf_error err = {0};
	struct options opts;
	int rc;

	(void)signal(SIGPIPE, SIG_IGN);
	tzset(); /* reads a file: not later, on a fiber */
	rc = options_parse(&opts, argc, argv, &err);
	if (rc == 1)
		rc = serve(&opts, parent, &err);
	if (rc == -1)
		(void)fprintf(stderr, "devsim: %s\n", err.message);
	options_release(&opts);
	return rc == -1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
