/*
 * A run: the devices of an inventory are asked, and a format takes each result
 * as it comes. poll and check have run_devices(), which prints them; who does
 * more with them takes the steps that it is made of.
 */
#ifndef NETFAN_CMD_RUN_H
#define NETFAN_CMD_RUN_H

#include "format/format.h"
#include "format/writer.h"
#include "options/options.h"
#include "report.h"
#include "stop.h"
#include "typing.h"

enum run_stage {
	RUN_GOING, /* devices are begun and asked */
	RUN_STOPPING, /* none is begun any more, as the run was stopped */
	RUN_KILLED, /* and none is waited for */
};

struct run {
	const struct options *options; /* borrowed */
	struct nf_platforms *platforms;
	struct nf_inventory *inv;
	struct nf_poll *poll;
	struct report report;
	struct stop stop;
	struct output out; /* standard output */
	struct writer writer;
	struct typing typing;
	enum run_stage stage;
	bool lost; /* results, for another reason than the output's */
};

/* Ask all devices, or those whose names are given, and write the results to
 * standard output in a format. Returns the exit status. */
int run_devices(const struct options *options, char *const *names,
		size_t nnames, const struct format *format);

/* ---- its steps, each of which tells what goes wrong */

/* NULL without memory. */
struct run *run_new(const struct options *options);

/* Read the inventory, all of it or the devices of some names, then take signals
 * over. 0 or -1. */
int run_open(struct run *run, const char *const *names, size_t nnames);

/* Has the run been stopped? As interrupted of struct nf_poll_options, with the
 * run's stop. */
bool run_interrupted(void *stop);

/* Complete the devices from ssh_config(5), if that is asked for, for a poll with
 * these options; run_ask() does. 0, or -1 with err->message. */
int run_complete(struct run *run, const struct nf_poll_options *poll,
		 struct nf_error *err);

/*
 * Ask the devices, by the options as they are in the end; of *poll, the events,
 * the log and the interruption are set here. The format gets *into. Returns 0
 * when each device has its result, also after a signal; -1, with err->message,
 * when nothing was asked (run->poll is NULL, or there is no output) or the poll
 * broke off.
 */
int run_ask(struct run *run, struct nf_poll_options poll,
	    const struct format *format, void *into, struct nf_error *err);

/* The exit status of a run that could not go on; of one whose output could not
 * be written. */
int run_status_broken(const struct run *run);
int run_status_output(const struct run *run);
void run_free(struct run *run);

#endif
