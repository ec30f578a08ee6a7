/* What the steps of a device's session may take. */
#include "poll/plan/times.h"

#include "base/error.h"

static int64_t first_of(int64_t device_ms, int64_t options_ms)
{
	int64_t ms = device_ms > 0 ? device_ms : options_ms;

	return ms < PLAN_TIMEOUT_MAX_MS ? ms : PLAN_TIMEOUT_MAX_MS;
}

static int64_t keepalive_of(int64_t device_ms, int64_t options_ms)
{
	return device_ms == KEEPALIVE_NONE ? 0
					   : first_of(device_ms, options_ms);
}

int times_check(const struct nf_poll_options *options, struct nf_error *err)
{
	const struct nf_times *times = &options->times;

	if (times->connect_ms < 0 || times->handshake_ms < 0 ||
	    times->auth_ms < 0 || times->prompt_ms < 0 ||
	    times->command_ms < 0 || times->keepalive_ms < 0)
		return error_set(err, NF_INVALID,
				 "the time of a step is negative");
	return 0;
}

struct nf_times times_of(const struct plan *plan, size_t device)
{
	const struct nf_times *options = &plan->options->times;
	const struct access *access =
		inventory_device(plan->inv, device)->access;

	return (struct nf_times){
		first_of(access->connect_ms, options->connect_ms),
		first_of(access->handshake_ms, options->handshake_ms),
		first_of(access->auth_ms, options->auth_ms),
		first_of(access->prompt_ms, options->prompt_ms),
		first_of(access->command_ms, options->command_ms),
		keepalive_of(access->keepalive_ms, options->keepalive_ms)};
}

/* The most commands that a device may be asked. */
static int64_t most_commands(const struct plan *plan)
{
	size_t most = 0;

	for (size_t i = 0; i < plan->npatterns; i++) {
		size_t n = plan_ncommands(plan, i);

		most = n > most ? n : most;
	}
	return (int64_t)most;
}

/* By how much the time of a step is longer than its default. */
static int64_t beyond(int64_t ms, int64_t default_ms)
{
	return ms > default_ms ? ms - default_ms : 0;
}

static int64_t session_ms(const struct plan *plan, size_t device, int64_t most)
{
	const struct nf_times times = times_of(plan, device);
	int64_t ms = PLAN_TIMEOUT_MS;

	if (plan->options->timeout_ms > 0)
		return first_of(plan->options->timeout_ms, 0);
	ms += beyond(times.connect_ms, SESSION_CONNECT_MS);
	ms += beyond(times.handshake_ms, SESSION_HANDSHAKE_MS);
	ms += beyond(times.auth_ms, SESSION_AUTH_MS);
	ms += beyond(times.prompt_ms, SESSION_PROMPT_MS);
	if (times.command_ms > 0 &&
	    most > PLAN_TIMEOUT_MAX_MS / times.command_ms)
		return PLAN_TIMEOUT_MAX_MS;
	return first_of(ms + most * times.command_ms, 0);
}

int64_t times_session_ms(const struct plan *plan, size_t device)
{
	return session_ms(plan, device, most_commands(plan));
}

int64_t times_longest_ms(const struct plan *plan)
{
	int64_t longest = 0, most = most_commands(plan);

	for (size_t i = 0; i < plan->ndevices; i++) {
		int64_t ms = session_ms(plan, i, most);

		longest = ms > longest ? ms : longest;
	}
	return longest;
}

int64_t times_handshake_ms(const struct plan *plan)
{
	int64_t shortest = plan->timeout_ms;

	for (size_t i = 0; i < plan->ndevices; i++) {
		int64_t ms = times_of(plan, i).handshake_ms;

		if (inventory_device(plan->inv, i)->telnet)
			continue;
		ms = ms > 0 ? ms : SESSION_HANDSHAKE_MS;
		shortest = ms < shortest ? ms : shortest;
	}
	return shortest;
}

bool times_exceed(const struct plan *plan)
{
	int64_t most = plan->options->timeout_ms;

	for (size_t i = 0; most > 0 && i < plan->ndevices; i++) {
		const struct nf_times times = times_of(plan, i);

		if (times.connect_ms > most || times.handshake_ms > most ||
		    times.auth_ms > most || times.prompt_ms > most ||
		    times.command_ms > most)
			return true;
	}
	return false;
}
