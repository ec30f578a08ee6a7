/*
 * A dialogue (lib/dialogue/cli.c) with a device that follows a script, and what
 * tests say of it in short words; all of them fail the test when it is not so.
 */
#ifndef NETFAN_TEST_TALK_H
#define NETFAN_TEST_TALK_H

#include "dialogue/cli.h"
#include "unit/script.h"

#define PATIENCE_MS 30000 /* for every step */
#define TALK_MAX ((size_t)4 * 1024 * 1024)

struct talk;

/* The output of a command, of which the end may come with the next one. */
struct talk_output {
	struct talk *talk;
	struct output_sink sink;
	struct buf bytes;
	bool ended, whole, rejected;
};

struct talk {
	struct script script;
	struct patterns *patterns;
	struct cli *cli;
	struct nf_error err;
	struct output_counts answer;
	int64_t deadline_ms; /* of the last command */
	struct buf out; /* of the last command */
	struct talk_output
		outputs[2]; /* the last command's is [ncommands % 2] */
	unsigned ncommands;
	uint64_t bytes_max;
	int64_t wait_ms; /* that the sink takes for a piece */
	unsigned nemits;
	unsigned refuse_at; /* the piece at which the sink gives up; 0: none */
};

/* The platform of that name, of those compiled in; it stays. */
const struct platform *talk_platform(const char *name);

void talk_begin(struct talk *talk, const char *platform,
		const struct script_step *steps, struct script_manner manner);
void talk_begin_with(struct talk *talk, const struct platform *platform,
		     const struct script_step *steps,
		     struct script_manner manner);
void talk_end(struct talk *talk);

/* Begin, as the script says, and find this prompt. */
void talk_open(struct talk *talk, const char *platform,
	       const struct script_step *steps, const char *prompt);

/* When a step that begins now has taken too long. */
int64_t patience(const struct talk *talk);

void learn(struct talk *talk, const char *prompt);
void enable(struct talk *talk, const char *secret, const char *prompt);

/* Run a command: what cli_command() returns. */
int run(struct talk *talk, const char *command);

/* Of the last command. */
void assert_out(struct talk *talk, const char *text);

/* The output of the command before the last one, or, after talk_leave(), of the
 * last: it has ended. */
const struct talk_output *ended(const struct talk *talk);

/* Say goodbye: what cli_logout() returns. */
int leave(struct talk *talk);

void command(struct talk *talk, const char *command, const char *text);
void command_fails(struct talk *talk, const char *command, enum nf_code code,
		   const char *text);

/* The prompt, but for a blank at its end, which may come too late. */
void assert_prompt(const struct talk *talk, const char *prompt);

/* Credentials in the braces of a struct login, for the block they stand in. */
#define WITH(...)                                                              \
	.credentials = &(const struct credentials)                             \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

/* As the script says. */
extern const struct script_manner plain;

/* Play it whole, in pieces, with pauses, and cut at every byte. */
void play_in_every_manner(void (*play)(void *arg, struct script_manner manner),
			  void *arg, const struct script_step *steps);

#endif
