/* The lockout: which credentials may be offered, and how often at a time. */
#include "throttle/lockout.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define NONE UINT32_MAX /* no place, or no credential */
#define PERMIT_US INT64_C(5000000) /* a login that takes longer hangs */

enum credential_state {
	CREDENTIAL_UNPROVEN, /* a few logins at a time may try it */
	CREDENTIAL_PROVEN, /* it was accepted: all may offer it */
	CREDENTIAL_STOPPED, /* refused too often: none may offer it */
};

/* A user and a password, and the places that have them. */
struct credential {
	const uint32_t *places;
	size_t nplaces;
	enum credential_state state;
	unsigned refused; /* with no success between */
	unsigned trying; /* places that have a permit, unproven */
	size_t skipped; /* devices */
	uint32_t first, last; /* places that wait for a permit */
};

enum attempt_state {
	ATTEMPT_IDLE,
	ATTEMPT_WAITING, /* for a permit, in its credential's list */
	ATTEMPT_TRYING, /* with a permit */
};

/* A place's attempt to log in. */
struct attempt {
	uint32_t credential; /* index; NONE: the place has no password */
	uint32_t next; /* in the list of those that wait, or of permits */
	int64_t permit_us; /* when the place was given its permit */
	enum attempt_state state;
	bool asked; /* its server has asked for the password */
	bool listed; /* in the list of permits */
};

struct lockout {
	struct credential *credentials; /* by user and password */
	size_t ncredentials;
	struct attempt *attempts; /* by place */
	uint32_t *order; /* places with a password, by credential */
	size_t nplaces;
	atomic_uchar *permits;
	unsigned most;
	uint32_t first, last; /* places that were given a permit, by time */
	/* Where lockout_skipped() found the last one: its number and index. */
	size_t skipped_number, skipped_index;
};

/* ---- credentials */

static int compare(const struct credentials *const *all, uint32_t i, uint32_t k)
{
	return credentials_compare_login(all[i], all[k]);
}

static int by_value(const void *a, const void *b, void *arg)
{
	const struct credentials *const *all = arg;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = compare(all, i, k);

	return order != 0 ? order : (i > k) - (i < k);
}

static void add_credential(struct lockout *lockout, const uint32_t *places)
{
	lockout->credentials[lockout->ncredentials++] = (struct credential){
		.places = places, .first = NONE, .last = NONE};
}

/* Sort the places that have a password by it: how many they are. */
static size_t sort_places(struct lockout *lockout,
			  const struct credentials *const *all)
{
	size_t n = 0;

	for (uint32_t i = 0; i < lockout->nplaces; i++) {
		lockout->attempts[i].credential = NONE;
		if (all[i] != NULL && all[i]->username != NULL)
			lockout->order[n++] = i;
	}
	qsort_r(lockout->order, n, sizeof(*lockout->order), by_value,
		(void *)(uintptr_t)all);
	return n;
}

static void find_credentials(struct lockout *lockout,
			     const struct credentials *const *all)
{
	const uint32_t *order = lockout->order;
	size_t n = sort_places(lockout, all);

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare(all, order[i - 1], order[i]) != 0)
			add_credential(lockout, &order[i]);
		lockout->credentials[lockout->ncredentials - 1].nplaces++;
		lockout->attempts[order[i]].credential =
			(uint32_t)lockout->ncredentials - 1;
	}
}

int lockout_new(struct lockout **out,
		const struct credentials *const *credentials, size_t n,
		atomic_uchar *permits, unsigned most, struct nf_error *err)
{
	struct lockout *lockout = calloc(1, sizeof(*lockout));

	if (lockout == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	lockout->nplaces = n;
	lockout->permits = permits;
	lockout->most = most;
	lockout->first = lockout->last = NONE;
	lockout->credentials = calloc(n, sizeof(*lockout->credentials));
	lockout->attempts = calloc(n, sizeof(*lockout->attempts));
	lockout->order = calloc(n, sizeof(*lockout->order));
	if (lockout->credentials == NULL || lockout->attempts == NULL ||
	    lockout->order == NULL) {
		lockout_free(lockout);
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	}
	find_credentials(lockout, credentials);
	*out = lockout;
	return 0;
}

void lockout_free(struct lockout *lockout)
{
	if (lockout == NULL)
		return;
	free(lockout->order);
	free(lockout->attempts);
	free(lockout->credentials);
	free(lockout);
}

/* ---- permits */

/* NULL: the place has no password. */
static struct credential *credential_of(const struct lockout *lockout,
					uint32_t place)
{
	uint32_t index = lockout->attempts[place].credential;

	return index != NONE ? &lockout->credentials[index] : NULL;
}

static void set_permit(struct lockout *lockout, uint32_t place,
		       enum permit permit)
{
	atomic_store(&lockout->permits[place], (unsigned char)permit);
}

/* Note when a place was given its permit. */
static void list_permit(struct lockout *lockout, uint32_t place, int64_t now_us)
{
	struct attempt *attempt = &lockout->attempts[place];

	attempt->permit_us = now_us;
	attempt->listed = true;
	attempt->next = NONE;
	if (lockout->first == NONE)
		lockout->first = place;
	else
		lockout->attempts[lockout->last].next = place;
	lockout->last = place;
}

static bool has_room(const struct lockout *lockout,
		     const struct credential *credential)
{
	return credential->state != CREDENTIAL_STOPPED &&
	       credential->trying + credential->refused < lockout->most;
}

/* Give permits to places that wait, in the order of asking. */
static void give_permits(struct lockout *lockout, struct credential *credential,
			 int64_t now_us)
{
	while (credential->first != NONE && has_room(lockout, credential)) {
		uint32_t place = credential->first;
		struct attempt *attempt = &lockout->attempts[place];

		credential->first = attempt->next;
		attempt->state = ATTEMPT_TRYING;
		credential->trying++;
		list_permit(lockout, place, now_us);
		set_permit(lockout, place, PERMIT_GO);
	}
}

/* Give all places of a credential the same permit, those that wait, too. */
static void decide(struct lockout *lockout, struct credential *credential,
		   enum credential_state state, enum permit permit)
{
	credential->state = state;
	while (credential->first != NONE) {
		struct attempt *attempt = &lockout->attempts[credential->first];

		credential->first = attempt->next;
		attempt->state = ATTEMPT_IDLE;
	}
	for (size_t i = 0; i < credential->nplaces; i++)
		set_permit(lockout, credential->places[i], permit);
}

void lockout_ask(struct lockout *lockout, uint32_t place, int64_t now_us)
{
	struct credential *credential = credential_of(lockout, place);
	struct attempt *attempt = &lockout->attempts[place];

	/* A place in the list of permits has its permit still. */
	if (credential == NULL || credential->state != CREDENTIAL_UNPROVEN ||
	    attempt->state != ATTEMPT_IDLE || attempt->listed)
		return;
	attempt->asked = true;
	attempt->state = ATTEMPT_WAITING;
	attempt->next = NONE;
	if (credential->first == NONE)
		credential->first = place;
	else
		lockout->attempts[credential->last].next = place;
	credential->last = place;
	give_permits(lockout, credential, now_us);
}

static void end_try(struct credential *credential, struct attempt *attempt)
{
	if (attempt->state != ATTEMPT_TRYING)
		return;
	attempt->state = ATTEMPT_IDLE;
	credential->trying--;
}

void lockout_accepted(struct lockout *lockout, uint32_t place)
{
	struct credential *credential = credential_of(lockout, place);
	struct attempt *attempt = &lockout->attempts[place];

	/* Who was let in without the password has proven nothing. */
	if (credential == NULL ||
	    (credential->state != CREDENTIAL_PROVEN && !attempt->asked))
		return;
	end_try(credential, attempt);
	credential->refused = 0;
	if (credential->state == CREDENTIAL_UNPROVEN)
		decide(lockout, credential, CREDENTIAL_PROVEN, PERMIT_GO);
}

bool lockout_refused(struct lockout *lockout, uint32_t place)
{
	struct credential *credential = credential_of(lockout, place);

	if (credential == NULL)
		return false;
	end_try(credential, &lockout->attempts[place]);
	credential->refused++;
	if (credential->state == CREDENTIAL_STOPPED ||
	    credential->refused < lockout->most)
		return false;
	decide(lockout, credential, CREDENTIAL_STOPPED, PERMIT_STOP);
	return true;
}

static void stop_waiting(struct lockout *lockout, struct credential *credential,
			 uint32_t place)
{
	uint32_t before = NONE, at = credential->first;

	while (at != place) {
		before = at;
		at = lockout->attempts[at].next;
	}
	if (before == NONE)
		credential->first = lockout->attempts[place].next;
	else
		lockout->attempts[before].next = lockout->attempts[place].next;
	if (credential->last == place)
		credential->last = before;
	lockout->attempts[place].state = ATTEMPT_IDLE;
}

void lockout_left(struct lockout *lockout, uint32_t place, int64_t now_us)
{
	struct credential *credential = credential_of(lockout, place);
	struct attempt *attempt = &lockout->attempts[place];

	if (credential == NULL)
		return;
	if (attempt->state == ATTEMPT_WAITING)
		stop_waiting(lockout, credential, place);
	end_try(credential, attempt);
	give_permits(lockout, credential, now_us);
}

int64_t lockout_due_us(const struct lockout *lockout)
{
	return lockout->first != NONE
		       ? lockout->attempts[lockout->first].permit_us + PERMIT_US
		       : INT64_MAX;
}

void lockout_lapse(struct lockout *lockout, int64_t now_us)
{
	while (lockout_due_us(lockout) <= now_us) {
		uint32_t place = lockout->first;
		struct attempt *attempt = &lockout->attempts[place];
		struct credential *credential = credential_of(lockout, place);

		lockout->first = attempt->next;
		attempt->listed = false;
		end_try(credential, attempt);
		give_permits(lockout, credential, now_us);
	}
}

/* ---- skipped devices */

bool lockout_stopped(const struct lockout *lockout, uint32_t place)
{
	const struct credential *credential = credential_of(lockout, place);

	return credential != NULL && credential->state == CREDENTIAL_STOPPED;
}

/* A worker may lie, and say so of a place without a password. */
void lockout_skip(struct lockout *lockout, uint32_t place)
{
	struct credential *credential = credential_of(lockout, place);

	if (credential == NULL)
		return;
	if (credential->skipped++ == 0)
		lockout->skipped_number = lockout->skipped_index = 0;
}

size_t lockout_skipped(struct lockout *lockout, size_t i, uint32_t *place)
{
	size_t number = lockout->skipped_number, at = lockout->skipped_index;

	if (i < number)
		number = at = 0;
	while (at < lockout->ncredentials) {
		const struct credential *credential = &lockout->credentials[at];

		if (credential->skipped > 0 && number++ == i) {
			lockout->skipped_number = i;
			lockout->skipped_index = at;
			*place = credential->places[0];
			return credential->skipped;
		}
		at++;
	}
	return 0;
}
