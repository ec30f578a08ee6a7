/* A dialogue with a device that follows a script. */
#include "unit/talk.h"

#include <string.h>

#include "platform/catalogue.h"
#include "unit/unit.h"

const struct script_manner plain = {0};

const struct platform *talk_platform(const char *name)
{
	static struct nf_platforms *platforms;
	const struct platform *platform = NULL;
	struct nf_error err = {0};

	if (platforms == NULL)
		assert_int_equal(
			nf_platforms_load(&platforms, NULL, 0, NULL, &err), 0);
	if (catalogue_find(&platform, platforms, name, &err) != 1)
		fail_msg("%s: %s", name, err.message);
	return platform;
}

static int take_piece(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct talk_output *output = arg;
	struct talk *talk = output->talk;

	assert_false(output->ended);
	assert_in_range(len, 1, SINK_PIECE_MAX);
	if (++talk->nemits == talk->refuse_at)
		return -1;
	*waited_ms = talk->wait_ms;
	talk->script.now_ms += talk->wait_ms;
	assert_int_equal(buf_append(&output->bytes, bytes, len), 0);
	return output == &talk->outputs[talk->ncommands % 2]
		       ? buf_append(&talk->out, bytes, len)
		       : 0;
}

static int take_end(void *arg, const struct output_counts *counts, bool whole,
		    int64_t *waited_ms)
{
	struct talk_output *output = arg;

	(void)waited_ms;
	assert_false(output->ended);
	assert_int_equal(counts->bytes, output->bytes.len);
	output->ended = true;
	output->whole = whole;
	output->rejected = counts->rejected;
	return 0;
}

void talk_begin_with(struct talk *talk, const struct platform *platform,
		     const struct script_step *steps,
		     struct script_manner manner)
{
	*talk = (struct talk){.bytes_max = UINT64_MAX};
	script_init(&talk->script, steps, manner);
	buf_init(&talk->out, TALK_MAX);
	for (size_t i = 0; i < LENGTH(talk->outputs); i++)
		buf_init(&talk->outputs[i].bytes, TALK_MAX);
	assert_int_equal(
		patterns_new(&talk->patterns, platform, NULL, &talk->err), 0);
	assert_int_equal(cli_new(&talk->cli, &talk->script.transport,
				 talk->patterns, &talk->err),
			 0);
	assert_string_equal(cli_prompt(talk->cli), "");
}

void talk_end(struct talk *talk)
{
	script_done(&talk->script);
	cli_free(talk->cli);
	patterns_free(talk->patterns);
	buf_release(&talk->out);
	for (size_t i = 0; i < LENGTH(talk->outputs); i++)
		buf_release(&talk->outputs[i].bytes);
	script_release(&talk->script);
}

int64_t patience(const struct talk *talk)
{
	return talk->script.now_ms + PATIENCE_MS;
}

void learn(struct talk *talk, const char *prompt)
{
	if (cli_find_prompt(talk->cli, &(struct login){WITH(0)}, patience(talk),
			    &talk->err) == -1)
		fail_msg("learn: %s", talk->err.message);
	assert_string_equal(cli_prompt(talk->cli), prompt);
}

void enable(struct talk *talk, const char *secret, const char *prompt)
{
	const struct credentials credentials = {.username = "cisco",
						.secret = secret};

	if (cli_enable(talk->cli, &credentials, patience(talk), &talk->err) ==
	    -1)
		fail_msg("enable: %s", talk->err.message);
	assert_string_equal(cli_prompt(talk->cli), prompt);
}

/* The output of the next command. */
static struct talk_output *next_output(struct talk *talk)
{
	struct talk_output *output = &talk->outputs[++talk->ncommands % 2];

	output->talk = talk;
	output->sink = (struct output_sink){.emit = take_piece,
					    .end = take_end,
					    .arg = output,
					    .bytes_max = talk->bytes_max};
	output->bytes.len = 0;
	output->ended = false;
	return output;
}

int run(struct talk *talk, const char *command)
{
	int rc;

	talk->out.len = 0;
	talk->deadline_ms = patience(talk);
	cli_set_command_number(talk->cli, 1);
	rc = cli_command(talk->cli, command, &next_output(talk)->sink,
			 &talk->deadline_ms, &talk->answer, &talk->err);
	assert_int_equal(talk->answer.bytes, talk->out.len);
	return rc;
}

const struct talk_output *ended(const struct talk *talk)
{
	const struct talk_output *output =
		&talk->outputs[(talk->ncommands + 1) % 2];

	assert_true(output->ended);
	return output;
}

int leave(struct talk *talk)
{
	talk->ncommands++;
	return cli_logout(talk->cli, patience(talk), &talk->err);
}

void assert_out(struct talk *talk, const char *text)
{
	assert_int_equal(buf_append(&talk->out, "", 1), 0);
	assert_string_equal((char *)talk->out.data, text);
}

void command(struct talk *talk, const char *command, const char *text)
{
	if (run(talk, command) == -1)
		fail_msg("%s: %s", command, talk->err.message);
	assert_out(talk, text);
	assert_false(talk->answer.rejected);
}

void command_fails(struct talk *talk, const char *command, enum nf_code code,
		   const char *text)
{
	assert_int_equal(run(talk, command), -1);
	assert_int_equal(talk->err.code, code);
	assert_out(talk, text);
}

void assert_prompt(const struct talk *talk, const char *prompt)
{
	const char *result = cli_prompt(talk->cli);
	size_t len = strlen(prompt);

	while (len > 0 && prompt[len - 1] == ' ')
		len--;
	if (strncmp(result, prompt, len) != 0 ||
	    result[len + strspn(result + len, " ")] != '\0')
		fail_msg("the prompt is '%s', not '%s'", result, prompt);
}

void talk_begin(struct talk *talk, const char *platform,
		const struct script_step *steps, struct script_manner manner)
{
	talk_begin_with(talk, talk_platform(platform), steps, manner);
}

void talk_open(struct talk *talk, const char *platform,
	       const struct script_step *steps, const char *prompt)
{
	talk_begin(talk, platform, steps, plain);
	learn(talk, prompt);
}

void play_in_every_manner(void (*play)(void *arg, struct script_manner manner),
			  void *arg, const struct script_step *steps)
{
	static const struct script_manner manners[] = {
		{.busy = true},
		{.piece = 1},
		{.piece = 1, .busy = true},
		{.piece = 1, .busy = true, .send_max = 1},
		{.piece = 7, .busy = true, .send_max = 3},
		{.send_max = 1},
	};

	play(arg, plain);
	for (size_t i = 0; i < LENGTH(manners); i++)
		play(arg, manners[i]);
	for (size_t at = 1; at < script_length(steps); at++)
		play(arg, (struct script_manner){.split_at = at});
}
