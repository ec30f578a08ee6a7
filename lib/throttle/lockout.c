/* Users with their passwords. */
#include "throttle/lockout.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define NOBODY UINT32_MAX
#define LAPSE_US INT64_C(5000000) /* a login that takes longer hangs */

/* A user and a password. */
struct credential {
	const char *username;
	unsigned refused; /* with no success between */
	unsigned trying; /* unproven, and devices were given a permit */
	bool proven;
	bool stopped;
	size_t skipped; /* devices */
	const uint32_t *devices; /* that have it */
	size_t ndevices;
	uint32_t first, last; /* devices that wait for a permit */
};

struct seat {
	uint32_t credential; /* NOBODY: it has no password */
	uint32_t next; /* that waits, or that was given a permit */
	int64_t permit_us; /* when it was given its permit */
	enum { IDLE, WAITING, TRYING } state;
	bool asked;
	bool listed; /* among those that were given one */
};

struct lockout {
	struct credential *all;
	size_t n;
	struct seat *seats;
	uint32_t *order; /* devices with a password, by credential */
	size_t ndevices;
	atomic_uchar *permits;
	unsigned most;
	uint32_t first, last; /* devices that were given a permit, by time */
};

/* ---- each once */

static int compare(const struct nf_inventory *inv, uint32_t i, uint32_t k)
{
	return credentials_compare_login(
		&inventory_device(inv, i)->credentials,
		&inventory_device(inv, k)->credentials);
}

static int by_value(const void *a, const void *b, void *arg)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = compare(arg, i, k);

	return order != 0 ? order : (i > k) - (i < k);
}

static void add(struct lockout *lockout, const char *username,
		const uint32_t *devices)
{
	lockout->all[lockout->n++] = (struct credential){.username = username,
							 .devices = devices,
							 .first = NOBODY,
							 .last = NOBODY};
}

static void find_all(struct lockout *lockout, const struct nf_inventory *inv)
{
	uint32_t *order = lockout->order;
	size_t n = 0;

	for (uint32_t i = 0; i < lockout->ndevices; i++) {
		const struct credentials *credentials =
			&inventory_device(inv, i)->credentials;

		lockout->seats[i].credential = NOBODY;
		if (credentials->password != NULL &&
		    credentials->username != NULL)
			order[n++] = i;
	}
	qsort_r(order, n, sizeof(*order), by_value, (void *)(uintptr_t)inv);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare(inv, order[i - 1], order[i]) != 0)
			add(lockout,
			    inventory_device(inv, order[i])
				    ->credentials.username,
			    &order[i]);
		lockout->all[lockout->n - 1].ndevices++;
		lockout->seats[order[i]].credential = (uint32_t)lockout->n - 1;
	}
}

int lockout_new(struct lockout **out, const struct nf_inventory *inv,
		atomic_uchar *permits, unsigned most, struct nf_error *err)
{
	struct lockout *lockout = calloc(1, sizeof(*lockout));
	size_t n = nf_inventory_size(inv);

	if (lockout == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	lockout->ndevices = n;
	lockout->permits = permits;
	lockout->most = most;
	lockout->first = lockout->last = NOBODY;
	lockout->all = calloc(n, sizeof(*lockout->all));
	lockout->seats = calloc(n, sizeof(*lockout->seats));
	lockout->order = calloc(n, sizeof(*lockout->order));
	if (lockout->all == NULL || lockout->seats == NULL ||
	    lockout->order == NULL) {
		lockout_free(lockout);
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	}
	find_all(lockout, inv);
	*out = lockout;
	return 0;
}

void lockout_free(struct lockout *lockout)
{
	if (lockout == NULL)
		return;
	free(lockout->order);
	free(lockout->seats);
	free(lockout->all);
	free(lockout);
}

/* ---- permits */

/* NULL: it has none. */
static struct credential *of(const struct lockout *lockout, uint32_t device)
{
	uint32_t place = lockout->seats[device].credential;

	return place != NOBODY ? &lockout->all[place] : NULL;
}

/* For all of its devices; those that wait will see it. */
static void permit_all(struct lockout *lockout,
		       const struct credential *credential, enum permit permit)
{
	for (size_t i = 0; i < credential->ndevices; i++)
		atomic_store(&lockout->permits[credential->devices[i]],
			     (unsigned char)permit);
}

static void list(struct lockout *lockout, uint32_t device)
{
	struct seat *seat = &lockout->seats[device];

	seat->listed = true;
	seat->next = NOBODY;
	if (lockout->first == NOBODY)
		lockout->first = device;
	else
		lockout->seats[lockout->last].next = device;
	lockout->last = device;
}

/* Those that wait, as far as there is room. */
static void grant(struct lockout *lockout, struct credential *credential,
		  int64_t now_us)
{
	while (credential->first != NOBODY && !credential->stopped &&
	       credential->trying + credential->refused < lockout->most) {
		uint32_t device = credential->first;
		struct seat *seat = &lockout->seats[device];

		credential->first = seat->next;
		seat->state = TRYING;
		seat->permit_us = now_us;
		credential->trying++;
		list(lockout, device);
		atomic_store(&lockout->permits[device],
			     (unsigned char)PERMIT_GO);
	}
}

/* Those that wait do so no more: all have a permit of some kind. */
static void settle(struct lockout *lockout, struct credential *credential,
		   enum permit permit)
{
	while (credential->first != NOBODY) {
		struct seat *seat = &lockout->seats[credential->first];

		credential->first = seat->next;
		seat->state = IDLE;
	}
	permit_all(lockout, credential, permit);
}

void lockout_ask(struct lockout *lockout, uint32_t device, int64_t now_us)
{
	struct credential *credential = of(lockout, device);
	struct seat *seat = &lockout->seats[device];

	/* One that was given a permit once has it still, as it is listed. */
	if (credential == NULL || credential->proven || credential->stopped ||
	    seat->state != IDLE || seat->listed)
		return;
	seat->asked = true;
	seat->state = WAITING;
	seat->next = NOBODY;
	if (credential->first == NOBODY)
		credential->first = device;
	else
		lockout->seats[credential->last].next = device;
	credential->last = device;
	grant(lockout, credential, now_us);
}

/* It tries no more. */
static void end_try(struct credential *credential, struct seat *seat)
{
	if (seat->state != TRYING)
		return;
	seat->state = IDLE;
	credential->trying--;
}

void lockout_accepted(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = of(lockout, device);
	struct seat *seat = &lockout->seats[device];

	/* Who was never asked for its password has proven nothing. */
	if (credential == NULL || (!credential->proven && !seat->asked))
		return;
	end_try(credential, seat);
	credential->refused = 0;
	if (credential->proven || credential->stopped)
		return;
	credential->proven = true;
	settle(lockout, credential, PERMIT_GO);
}

bool lockout_refused(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = of(lockout, device);

	if (credential == NULL)
		return false;
	end_try(credential, &lockout->seats[device]);
	credential->refused++;
	if (credential->stopped || credential->refused < lockout->most)
		return false;
	credential->stopped = true;
	settle(lockout, credential, PERMIT_STOP);
	return true;
}

static void unlink_waiting(struct lockout *lockout,
			   struct credential *credential, uint32_t device)
{
	uint32_t before = NOBODY, at = credential->first;

	while (at != device) {
		before = at;
		at = lockout->seats[at].next;
	}
	if (before == NOBODY)
		credential->first = lockout->seats[device].next;
	else
		lockout->seats[before].next = lockout->seats[device].next;
	if (credential->last == device)
		credential->last = before;
	lockout->seats[device].state = IDLE;
}

void lockout_left(struct lockout *lockout, uint32_t device, int64_t now_us)
{
	struct credential *credential = of(lockout, device);
	struct seat *seat = &lockout->seats[device];

	if (credential == NULL)
		return;
	if (seat->state == WAITING)
		unlink_waiting(lockout, credential, device);
	end_try(credential, seat);
	grant(lockout, credential, now_us);
}

int64_t lockout_due_us(const struct lockout *lockout)
{
	return lockout->first != NOBODY
		       ? lockout->seats[lockout->first].permit_us + LAPSE_US
		       : INT64_MAX;
}

void lockout_lapse(struct lockout *lockout, int64_t now_us)
{
	while (lockout_due_us(lockout) <= now_us) {
		uint32_t device = lockout->first;
		struct seat *seat = &lockout->seats[device];
		struct credential *credential = of(lockout, device);

		lockout->first = seat->next;
		seat->listed = false;
		end_try(credential, seat);
		grant(lockout, credential, now_us);
	}
}

/* ---- stopped ones */

bool lockout_stopped(const struct lockout *lockout, uint32_t device)
{
	const struct credential *credential = of(lockout, device);

	return credential != NULL && credential->stopped;
}

/* A worker may say so of one that has none: it is not believed. */
void lockout_skip(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = of(lockout, device);

	if (credential != NULL)
		credential->skipped++;
}

size_t lockout_skipped(const struct lockout *lockout, size_t i,
		       const char **username)
{
	for (size_t k = 0; k < lockout->n; k++) {
		const struct credential *credential = &lockout->all[k];

		if (credential->skipped == 0 || i-- > 0)
			continue;
		*username = credential->username;
		return credential->skipped;
	}
	return 0;
}
