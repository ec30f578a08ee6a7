/* Admission: when the next task may start. */
#include "pool/admission.h"

/*
 * The cost of a start is not known before the first is over: FIRST tasks may
 * start, and twice as many after each DOUBLING_US, up to what would be too much
 * work if each cost LEAST_US. So all tasks of far devices are begun before near
 * devices would have answered; with near devices the first sample is there by
 * then.
 */
#define FIRST 64
#define DOUBLING_US 100000
#define DOUBLINGS_MAX 20
#define LEAST_US 1000

#define SAMPLE_MAX_US                                                          \
	250000 /* dearer is no login, but a machine that stood                 \
		*/
#define WEIGHT 8 /* a new sample counts one in so many */

/*
 * SAMPLES_FEW times of starts tell something. Until then two tasks may start
 * for each that is ready, beside the FIRST. CROWD_MIN may start however long
 * they take.
 */
#define SAMPLES_FEW 16
#define SAMPLES_MANY 64 /* from then on a new sample counts a 64th */
#define CROWD_MIN 4
#define BURST_S 0.1 /* tokens kept for this long */

void admission_init(struct admission *admission,
		    const struct admission_rules *rules, int64_t now_us)
{
	*admission = (struct admission){
		.rules = *rules, .filled_us = now_us, .tokens = 1};
}

static double burst(const struct admission *admission)
{
	double tokens = admission->rules.rate * BURST_S;

	return tokens > 1 ? tokens : 1;
}

static void fill(struct admission *admission, int64_t now_us)
{
	double most = burst(admission);

	admission->tokens += (double)(now_us - admission->filled_us) *
			     admission->rules.rate / 1e6;
	if (admission->tokens > most)
		admission->tokens = most;
	admission->filled_us = now_us;
}

/* Count the doublings since the first start. */
static int doublings(const struct admission *admission, int64_t now_us)
{
	int64_t n = admission->first_us == 0
			    ? 0
			    : (now_us - admission->first_us) / DOUBLING_US;

	return n < DOUBLINGS_MAX ? (int)n : DOUBLINGS_MAX;
}

/* Is there less work ahead than there may be, if a start costs so much? */
static bool bears(const struct admission_rules *rules, size_t starting,
		  int64_t cost_us)
{
	return (int64_t)starting * cost_us < rules->ahead_us * rules->cores;
}

/* Would a further task have to wait too long for those that start? */
static bool is_crowded(const struct admission *admission, size_t starting)
{
	const struct admission_rules *rules = &admission->rules;

	if (admission->nsamples < SAMPLES_FEW)
		return starting >= FIRST + 2 * (size_t)admission->nsamples;
	return starting >= CROWD_MIN &&
	       (double)starting * admission->wait_s * 1e6 >=
		       (double)rules->ahead_us;
}

static bool paced(const struct admission *admission, size_t starting,
		  int64_t now_us)
{
	const struct admission_rules *rules = &admission->rules;

	if (rules->ahead_us == 0)
		return true;
	if (admission->nsamples > 0 && is_crowded(admission, starting))
		return false;
	if (admission->cost_us != 0)
		return bears(rules, starting, admission->cost_us);
	return starting < FIRST ||
	       (starting < (size_t)FIRST << doublings(admission, now_us) &&
		bears(rules, starting, LEAST_US));
}

bool admission_open(struct admission *admission, size_t starting,
		    int64_t now_us)
{
	const struct admission_rules *rules = &admission->rules;

	if ((rules->starting_max > 0 && starting >= rules->starting_max) ||
	    !paced(admission, starting, now_us))
		return false;
	if (rules->rate <= 0)
		return true;
	fill(admission, now_us);
	return admission->tokens >= 1;
}

/* The time at which the doublings let a further task start. */
static int64_t doubled_us(const struct admission *admission, size_t starting)
{
	int n = 0;

	while ((size_t)FIRST << n <= starting && n < DOUBLINGS_MAX)
		n++;
	return admission->first_us + n * (int64_t)DOUBLING_US;
}

int64_t admission_due_us(const struct admission *admission, size_t starting,
			 int64_t now_us)
{
	const struct admission_rules *rules = &admission->rules;
	int64_t due_us = INT64_MAX;

	if (rules->starting_max > 0 && starting >= rules->starting_max)
		return INT64_MAX;
	if (!paced(admission, starting, now_us)) {
		if (admission->cost_us != 0 || admission->nsamples > 0 ||
		    !bears(rules, starting, LEAST_US))
			return INT64_MAX;
		due_us = doubled_us(admission, starting);
	}
	if (rules->rate > 0 && admission->tokens < 1) {
		int64_t token_us =
			admission->filled_us + 1 +
			(int64_t)((1 - admission->tokens) * 1e6 / rules->rate);

		if (due_us == INT64_MAX || token_us > due_us)
			due_us = token_us;
	}
	return due_us;
}

void admission_started(struct admission *admission, int64_t now_us)
{
	if (admission->first_us == 0)
		admission->first_us = now_us;
	if (admission->rules.rate > 0)
		admission->tokens -= 1;
}

void admission_sample(struct admission *admission, uint32_t cost_us)
{
	int64_t sample = cost_us < SAMPLE_MAX_US ? cost_us : SAMPLE_MAX_US;

	if (sample < 1)
		sample = 1;
	admission->cost_us =
		admission->cost_us == 0
			? sample
			: (admission->cost_us * (WEIGHT - 1) + sample + WEIGHT -
			   1) / WEIGHT;
}

/*
 * Fit a line through the samples, older ones counting less: its slope is the
 * time that each further task adds. The slope stays as it was while the samples
 * were all taken with about as many tasks starting.
 */
void admission_took(struct admission *admission, size_t starting,
		    int64_t took_us)
{
	double weight, more, longer;

	if (admission->nsamples < SAMPLES_MANY)
		admission->nsamples++;
	weight = 1.0 / admission->nsamples;
	more = (double)starting - admission->starting;
	longer = (double)took_us / 1e6 - admission->took_s;
	admission->starting += weight * more;
	admission->took_s += weight * longer;
	admission->variance =
		(1 - weight) * (admission->variance + weight * more * more);
	admission->covariance =
		(1 - weight) * (admission->covariance + weight * more * longer);
	if (admission->variance < 1 + admission->starting)
		return;
	admission->wait_s = admission->covariance / admission->variance;
	if (admission->wait_s < 0)
		admission->wait_s = 0;
}

bool admission_crowded(const struct admission *admission, size_t starting)
{
	return admission->nsamples >= SAMPLES_FEW &&
	       (double)starting * admission->wait_s * 1e6 >=
		       2 * (double)admission->rules.ahead_us;
}
