/* The lockout: which credentials may be offered, and how often at a time. */
#include "throttle/lockout.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define NONE UINT32_MAX /* no device, or no credential */
#define PERMIT_US INT64_C(5000000) /* a login that takes longer hangs */

enum credential_state {
	CREDENTIAL_UNPROVEN, /* a few logins at a time may try it */
	CREDENTIAL_PROVEN, /* some device has accepted it: all may offer it */
	CREDENTIAL_STOPPED, /* refused too often: none may offer it */
};

/* A user and a password, and the devices that have them. */
struct credential {
	const char *username;
	const uint32_t *devices;
	size_t ndevices;
	enum credential_state state;
	unsigned refused; /* with no success between */
	unsigned trying; /* devices that have a permit, unproven */
	size_t skipped; /* devices */
	uint32_t first, last; /* devices that wait for a permit */
};

enum attempt_state {
	ATTEMPT_IDLE,
	ATTEMPT_WAITING, /* for a permit, in its credential's list */
	ATTEMPT_TRYING, /* with a permit */
};

/* A device's attempt to log in. */
struct attempt {
	uint32_t credential; /* index; NONE: the device has no password */
	uint32_t next; /* in the list of those that wait, or of permits */
	int64_t permit_us; /* when the device was given its permit */
	enum attempt_state state;
	bool asked; /* its server has asked for the password */
	bool listed; /* in the list of permits */
};

struct lockout {
	struct credential *credentials; /* by user and password */
	size_t ncredentials;
	struct attempt *attempts; /* by device */
	uint32_t *order; /* devices with a password, by credential */
	size_t ndevices;
	atomic_uchar *permits;
	unsigned most;
	uint32_t first, last; /* devices that were given a permit, by time */
	/* Where lockout_skipped() found the last one: its number and index. */
	size_t skipped_number, skipped_index;
};

/* ---- credentials */

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

static void add_credential(struct lockout *lockout, const char *username,
			   const uint32_t *devices)
{
	lockout->credentials[lockout->ncredentials++] =
		(struct credential){.username = username,
				    .devices = devices,
				    .first = NONE,
				    .last = NONE};
}

/* Sort the devices that have a password by it: how many they are. */
static size_t sort_devices(struct lockout *lockout,
			   const struct nf_inventory *inv, bool asks)
{
	size_t n = 0;

	for (uint32_t i = 0; i < lockout->ndevices; i++) {
		const struct credentials *credentials =
			&inventory_device(inv, i)->credentials;

		lockout->attempts[i].credential = NONE;
		if ((credentials->password != NULL || asks) &&
		    credentials->username != NULL)
			lockout->order[n++] = i;
	}
	qsort_r(lockout->order, n, sizeof(*lockout->order), by_value,
		(void *)(uintptr_t)inv);
	return n;
}

static void find_credentials(struct lockout *lockout,
			     const struct nf_inventory *inv, bool asks)
{
	const uint32_t *order = lockout->order;
	size_t n = sort_devices(lockout, inv, asks);

	for (size_t i = 0; i < n; i++) {
		const struct device *dev = inventory_device(inv, order[i]);

		if (i == 0 || compare(inv, order[i - 1], order[i]) != 0)
			add_credential(lockout, dev->credentials.username,
				       &order[i]);
		lockout->credentials[lockout->ncredentials - 1].ndevices++;
		lockout->attempts[order[i]].credential =
			(uint32_t)lockout->ncredentials - 1;
	}
}

int lockout_new(struct lockout **out, const struct nf_inventory *inv, bool asks,
		atomic_uchar *permits, unsigned most, struct nf_error *err)
{
	struct lockout *lockout = calloc(1, sizeof(*lockout));
	size_t n = nf_inventory_size(inv);

	if (lockout == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	lockout->ndevices = n;
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
	find_credentials(lockout, inv, asks);
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

/* NULL: the device has no password. */
static struct credential *credential_of(const struct lockout *lockout,
					uint32_t device)
{
	uint32_t index = lockout->attempts[device].credential;

	return index != NONE ? &lockout->credentials[index] : NULL;
}

static void set_permit(struct lockout *lockout, uint32_t device,
		       enum permit permit)
{
	atomic_store(&lockout->permits[device], (unsigned char)permit);
}

/* Note when a device was given its permit. */
static void list_permit(struct lockout *lockout, uint32_t device,
			int64_t now_us)
{
	struct attempt *attempt = &lockout->attempts[device];

	attempt->permit_us = now_us;
	attempt->listed = true;
	attempt->next = NONE;
	if (lockout->first == NONE)
		lockout->first = device;
	else
		lockout->attempts[lockout->last].next = device;
	lockout->last = device;
}

static bool has_room(const struct lockout *lockout,
		     const struct credential *credential)
{
	return credential->state != CREDENTIAL_STOPPED &&
	       credential->trying + credential->refused < lockout->most;
}

/* Give permits to devices that wait, in the order of asking. */
static void give_permits(struct lockout *lockout, struct credential *credential,
			 int64_t now_us)
{
	while (credential->first != NONE && has_room(lockout, credential)) {
		uint32_t device = credential->first;
		struct attempt *attempt = &lockout->attempts[device];

		credential->first = attempt->next;
		attempt->state = ATTEMPT_TRYING;
		credential->trying++;
		list_permit(lockout, device, now_us);
		set_permit(lockout, device, PERMIT_GO);
	}
}

/* Give all devices of a credential the same permit, those that wait, too. */
static void decide(struct lockout *lockout, struct credential *credential,
		   enum credential_state state, enum permit permit)
{
	credential->state = state;
	while (credential->first != NONE) {
		struct attempt *attempt = &lockout->attempts[credential->first];

		credential->first = attempt->next;
		attempt->state = ATTEMPT_IDLE;
	}
	for (size_t i = 0; i < credential->ndevices; i++)
		set_permit(lockout, credential->devices[i], permit);
}

void lockout_ask(struct lockout *lockout, uint32_t device, int64_t now_us)
{
	struct credential *credential = credential_of(lockout, device);
	struct attempt *attempt = &lockout->attempts[device];

	/* A device in the list of permits has its permit still. */
	if (credential == NULL || credential->state != CREDENTIAL_UNPROVEN ||
	    attempt->state != ATTEMPT_IDLE || attempt->listed)
		return;
	attempt->asked = true;
	attempt->state = ATTEMPT_WAITING;
	attempt->next = NONE;
	if (credential->first == NONE)
		credential->first = device;
	else
		lockout->attempts[credential->last].next = device;
	credential->last = device;
	give_permits(lockout, credential, now_us);
}

static void end_try(struct credential *credential, struct attempt *attempt)
{
	if (attempt->state != ATTEMPT_TRYING)
		return;
	attempt->state = ATTEMPT_IDLE;
	credential->trying--;
}

void lockout_accepted(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = credential_of(lockout, device);
	struct attempt *attempt = &lockout->attempts[device];

	/* A device that was let in without its password has proven nothing. */
	if (credential == NULL ||
	    (credential->state != CREDENTIAL_PROVEN && !attempt->asked))
		return;
	end_try(credential, attempt);
	credential->refused = 0;
	if (credential->state == CREDENTIAL_UNPROVEN)
		decide(lockout, credential, CREDENTIAL_PROVEN, PERMIT_GO);
}

bool lockout_refused(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = credential_of(lockout, device);

	if (credential == NULL)
		return false;
	end_try(credential, &lockout->attempts[device]);
	credential->refused++;
	if (credential->state == CREDENTIAL_STOPPED ||
	    credential->refused < lockout->most)
		return false;
	decide(lockout, credential, CREDENTIAL_STOPPED, PERMIT_STOP);
	return true;
}

static void stop_waiting(struct lockout *lockout, struct credential *credential,
			 uint32_t device)
{
	uint32_t before = NONE, at = credential->first;

	while (at != device) {
		before = at;
		at = lockout->attempts[at].next;
	}
	if (before == NONE)
		credential->first = lockout->attempts[device].next;
	else
		lockout->attempts[before].next = lockout->attempts[device].next;
	if (credential->last == device)
		credential->last = before;
	lockout->attempts[device].state = ATTEMPT_IDLE;
}

void lockout_left(struct lockout *lockout, uint32_t device, int64_t now_us)
{
	struct credential *credential = credential_of(lockout, device);
	struct attempt *attempt = &lockout->attempts[device];

	if (credential == NULL)
		return;
	if (attempt->state == ATTEMPT_WAITING)
		stop_waiting(lockout, credential, device);
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
		uint32_t device = lockout->first;
		struct attempt *attempt = &lockout->attempts[device];
		struct credential *credential = credential_of(lockout, device);

		lockout->first = attempt->next;
		attempt->listed = false;
		end_try(credential, attempt);
		give_permits(lockout, credential, now_us);
	}
}

/* ---- skipped devices */

bool lockout_stopped(const struct lockout *lockout, uint32_t device)
{
	const struct credential *credential = credential_of(lockout, device);

	return credential != NULL && credential->state == CREDENTIAL_STOPPED;
}

/* A worker may lie, and say so of a device without a password. */
void lockout_skip(struct lockout *lockout, uint32_t device)
{
	struct credential *credential = credential_of(lockout, device);

	if (credential == NULL)
		return;
	if (credential->skipped++ == 0)
		lockout->skipped_number = lockout->skipped_index = 0;
}

size_t lockout_skipped(struct lockout *lockout, size_t i, const char **username)
{
	size_t number = lockout->skipped_number, at = lockout->skipped_index;

	if (i < number)
		number = at = 0;
	while (at < lockout->ncredentials) {
		const struct credential *credential = &lockout->credentials[at];

		if (credential->skipped > 0 && number++ == i) {
			lockout->skipped_number = i;
			lockout->skipped_index = at;
			*username = credential->username;
			return credential->skipped;
		}
		at++;
	}
	return 0;
}
