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

struct credentials {
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
	const struct device *one = inventory_device(inv, i);
	const struct device *two = inventory_device(inv, k);
	int order = strcmp(one->pub.username, two->pub.username);

	if (order == 0 && one->password != two->password)
		order = strcmp(one->password, two->password);
	return order;
}

static int by_value(const void *a, const void *b, void *arg)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = compare(arg, i, k);

	return order != 0 ? order : (i > k) - (i < k);
}

static void add(struct credentials *credentials, const char *username,
		const uint32_t *devices)
{
	credentials->all[credentials->n++] =
		(struct credential){.username = username,
				    .devices = devices,
				    .first = NOBODY,
				    .last = NOBODY};
}

static void find_all(struct credentials *credentials,
		     const struct nf_inventory *inv)
{
	uint32_t *order = credentials->order;
	size_t n = 0;

	for (uint32_t i = 0; i < credentials->ndevices; i++) {
		const struct device *dev = inventory_device(inv, i);

		credentials->seats[i].credential = NOBODY;
		if (dev->password != NULL && dev->pub.username != NULL)
			order[n++] = i;
	}
	qsort_r(order, n, sizeof(*order), by_value, (void *)(uintptr_t)inv);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare(inv, order[i - 1], order[i]) != 0)
			add(credentials,
			    inventory_device(inv, order[i])->pub.username,
			    &order[i]);
		credentials->all[credentials->n - 1].ndevices++;
		credentials->seats[order[i]].credential =
			(uint32_t)credentials->n - 1;
	}
}

int credentials_new(struct credentials **out, const struct nf_inventory *inv,
		    atomic_uchar *permits, unsigned most, struct nf_error *err)
{
	struct credentials *credentials = calloc(1, sizeof(*credentials));
	size_t n = nf_inventory_size(inv);

	if (credentials == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	credentials->ndevices = n;
	credentials->permits = permits;
	credentials->most = most;
	credentials->first = credentials->last = NOBODY;
	credentials->all = calloc(n, sizeof(*credentials->all));
	credentials->seats = calloc(n, sizeof(*credentials->seats));
	credentials->order = calloc(n, sizeof(*credentials->order));
	if (credentials->all == NULL || credentials->seats == NULL ||
	    credentials->order == NULL) {
		credentials_free(credentials);
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	}
	find_all(credentials, inv);
	*out = credentials;
	return 0;
}

void credentials_free(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	free(credentials->order);
	free(credentials->seats);
	free(credentials->all);
	free(credentials);
}

/* ---- permits */

/* NULL: it has none. */
static struct credential *of(const struct credentials *credentials,
			     uint32_t device)
{
	uint32_t place = credentials->seats[device].credential;

	return place != NOBODY ? &credentials->all[place] : NULL;
}

/* For all of its devices; those that wait will see it. */
static void permit_all(struct credentials *credentials,
		       const struct credential *credential, enum permit permit)
{
	for (size_t i = 0; i < credential->ndevices; i++)
		atomic_store(&credentials->permits[credential->devices[i]],
			     (unsigned char)permit);
}

static void list(struct credentials *credentials, uint32_t device)
{
	struct seat *seat = &credentials->seats[device];

	seat->listed = true;
	seat->next = NOBODY;
	if (credentials->first == NOBODY)
		credentials->first = device;
	else
		credentials->seats[credentials->last].next = device;
	credentials->last = device;
}

/* Those that wait, as far as there is room. */
static void grant(struct credentials *credentials,
		  struct credential *credential, int64_t now_us)
{
	while (credential->first != NOBODY && !credential->stopped &&
	       credential->trying + credential->refused < credentials->most) {
		uint32_t device = credential->first;
		struct seat *seat = &credentials->seats[device];

		credential->first = seat->next;
		seat->state = TRYING;
		seat->permit_us = now_us;
		credential->trying++;
		list(credentials, device);
		atomic_store(&credentials->permits[device],
			     (unsigned char)PERMIT_GO);
	}
}

/* Those that wait do so no more: all have a permit of some kind. */
static void settle(struct credentials *credentials,
		   struct credential *credential, enum permit permit)
{
	while (credential->first != NOBODY) {
		struct seat *seat = &credentials->seats[credential->first];

		credential->first = seat->next;
		seat->state = IDLE;
	}
	permit_all(credentials, credential, permit);
}

void credentials_ask(struct credentials *credentials, uint32_t device,
		     int64_t now_us)
{
	struct credential *credential = of(credentials, device);
	struct seat *seat = &credentials->seats[device];

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
		credentials->seats[credential->last].next = device;
	credential->last = device;
	grant(credentials, credential, now_us);
}

/* It tries no more. */
static void end_try(struct credential *credential, struct seat *seat)
{
	if (seat->state != TRYING)
		return;
	seat->state = IDLE;
	credential->trying--;
}

void credentials_accepted(struct credentials *credentials, uint32_t device)
{
	struct credential *credential = of(credentials, device);
	struct seat *seat = &credentials->seats[device];

	/* Who was never asked for its password has proven nothing. */
	if (credential == NULL || (!credential->proven && !seat->asked))
		return;
	end_try(credential, seat);
	credential->refused = 0;
	if (credential->proven || credential->stopped)
		return;
	credential->proven = true;
	settle(credentials, credential, PERMIT_GO);
}

bool credentials_refused(struct credentials *credentials, uint32_t device)
{
	struct credential *credential = of(credentials, device);

	if (credential == NULL)
		return false;
	end_try(credential, &credentials->seats[device]);
	credential->refused++;
	if (credential->stopped || credential->refused < credentials->most)
		return false;
	credential->stopped = true;
	settle(credentials, credential, PERMIT_STOP);
	return true;
}

static void unlink_waiting(struct credentials *credentials,
			   struct credential *credential, uint32_t device)
{
	uint32_t before = NOBODY, at = credential->first;

	while (at != device) {
		before = at;
		at = credentials->seats[at].next;
	}
	if (before == NOBODY)
		credential->first = credentials->seats[device].next;
	else
		credentials->seats[before].next =
			credentials->seats[device].next;
	if (credential->last == device)
		credential->last = before;
	credentials->seats[device].state = IDLE;
}

void credentials_left(struct credentials *credentials, uint32_t device,
		      int64_t now_us)
{
	struct credential *credential = of(credentials, device);
	struct seat *seat = &credentials->seats[device];

	if (credential == NULL)
		return;
	if (seat->state == WAITING)
		unlink_waiting(credentials, credential, device);
	end_try(credential, seat);
	grant(credentials, credential, now_us);
}

int64_t credentials_due_us(const struct credentials *credentials)
{
	return credentials->first != NOBODY
		       ? credentials->seats[credentials->first].permit_us +
				 LAPSE_US
		       : INT64_MAX;
}

void credentials_lapse(struct credentials *credentials, int64_t now_us)
{
	while (credentials_due_us(credentials) <= now_us) {
		uint32_t device = credentials->first;
		struct seat *seat = &credentials->seats[device];
		struct credential *credential = of(credentials, device);

		credentials->first = seat->next;
		seat->listed = false;
		end_try(credential, seat);
		grant(credentials, credential, now_us);
	}
}

/* ---- stopped ones */

bool credentials_stopped(const struct credentials *credentials, uint32_t device)
{
	const struct credential *credential = of(credentials, device);

	return credential != NULL && credential->stopped;
}

/* A worker may say so of one that has none: it is not believed. */
void credentials_skip(struct credentials *credentials, uint32_t device)
{
	struct credential *credential = of(credentials, device);

	if (credential != NULL)
		credential->skipped++;
}

size_t credentials_skipped(const struct credentials *credentials, size_t i,
			   const char **username)
{
	for (size_t k = 0; k < credentials->n; k++) {
		const struct credential *credential = &credentials->all[k];

		if (credential->skipped == 0 || i-- > 0)
			continue;
		*username = credential->username;
		return credential->skipped;
	}
	return 0;
}
