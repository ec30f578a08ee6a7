/*
 * A farm of simulated devices, devsim in a process of its own, and polls of it:
 * what netfan.h does, from end to end.
 */
#ifndef NETFAN_TEST_FARM_H
#define NETFAN_TEST_FARM_H

#include <sys/types.h>

#include "base/buf.h"
#include "netfan.h"

#define FARM_ANSWERS 8
#define FARM_TELNET "2323" /* the port of telnet, where args ask for it */

struct farm {
	pid_t pid;
	int out; /* what it says */
	char base[32]; /* the first three octets of its addresses */
	char dir[128]; /* of its own: keys/, says/, platforms/ */
	struct nf_platforms *platforms; /* with those of platforms/ */
	struct nf_inventory *inv;
};

/* Begin, with an inventory that is empty; skips the test where there is no
 * devsim. */
void farm_init(struct farm *farm);

/* Write DIR/NAME, a folder of the farm's and a file in it. */
void farm_put(const struct farm *farm, const char *dir, const char *name,
	      const char *text);

/* Add a device, numbered from 1 on, in the inventory. transport NULL: ssh. */
void farm_add(struct farm *farm, unsigned number, const char *device_type,
	      const char *transport);

/* Let devices run; args (NULL at the end) are devsim's. */
void farm_start(struct farm *farm, const char *const *args);
void farm_stop(struct farm *farm); /* and release */
void farm_release(struct farm *farm); /* that was never started */

/* What a device said to a command. */
struct farm_answer {
	char command[80];
	struct buf output;
	struct buf errors; /* of STDERR */
	unsigned ends;
	struct nf_part end;
};

struct farm_told {
	struct nf_error error;
	unsigned attempts;
	char platform[64];
	enum nf_key key;
	char fingerprint[64];
	int64_t us[NF_NTIMES];
	unsigned results;
	unsigned nanswers;
	struct farm_answer answers[FARM_ANSWERS];
};

/* Poll all devices: told has one for each of the inventory, zeroed. */
void farm_poll(const struct farm *farm, const struct nf_poll_options *options,
	       struct farm_told *told);
void farm_forget(struct farm_told *told, size_t n);

/* The answer has this text, and is whole. */
void farm_answered(const struct farm_answer *answer, const char *command,
		   const char *output);

#endif
