/*
 * The filter of contents by itself: the CPU time that a configuration takes, in
 * MB/s, beside the digest alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "content/filter.h"
#include "platform/catalogue.h"

#define CONFIG_SIZE ((size_t)200 * 1024)
#define COMMAND "show running-config"

struct bench {
	struct content_rules *rules;
	struct buf config;
	double seconds; /* for each figure, at least */
};

/* What is measured: one pass over the configuration. */
typedef int pass(const struct bench *bench);

static double cpu_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- a configuration as a large switch has it */

static int add_interface(struct buf *config, unsigned i)
{
	return buf_print(config,
			 "interface GigabitEthernet%u/0/%u\n"
			 " description to host %u, floor %u\n"
			 " switchport access vlan %u\n"
			 " switchport mode access\n"
			 " spanning-tree portfast\n"
			 " service-policy input MARK-%u\n"
			 "!\n",
			 i / 48 + 1, i % 48 + 1, i, i % 7, 100 + i % 40, i % 5);
}

static int add_filter(struct buf *config, unsigned i)
{
	return buf_print(config,
			 "access-list 101 permit tcp 10.%u.%u.0 0.0.0.255 host "
			 "192.0.2.%u eq 443\n",
			 i % 200, i % 250, i % 254);
}

static int add_user(struct buf *config, unsigned i)
{
	return buf_print(config,
			 "username user%u privilege 15 secret 5 $1$ab%02u$"
			 "0123456789abcdefghij%u\n",
			 i, i % 100, i);
}

static int make_config(struct buf *config)
{
	static const char head[] =
		"Building configuration...\n\n"
		"Current configuration : 204800 bytes\n!\n"
		"! Last configuration change at 10:11:12 UTC Mon Nov 30 2026\n"
		"version 15.2\nhostname R1\n!\n";

	buf_init(config, 2 * CONFIG_SIZE);
	if (buf_append(config, head, sizeof(head) - 1) == -1)
		return -1;
	for (unsigned i = 0; config->len < CONFIG_SIZE; i++) {
		if (add_interface(config, i) == -1 ||
		    add_filter(config, i) == -1 ||
		    (i % 32 == 0 && add_user(config, i) == -1))
			return -1;
	}
	return buf_append(config, "end\n", 4);
}

/* ---- what is measured */

static int pass_digest(const struct bench *bench)
{
	uint8_t digest[NF_DIGEST];

	return EVP_Digest(bench->config.data, bench->config.len, digest, NULL,
			  rules_sha256(bench->rules), NULL) == 1
		       ? 0
		       : -1;
}

static int take(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	(void)arg;
	(void)bytes;
	(void)len;
	(void)waited_ms;
	return 0;
}

static int pass_filter(const struct bench *bench, enum content_use use)
{
	static const uint8_t key[CONTENT_KEY];
	struct content_filter *filter;
	struct content_end end;
	struct nf_error err;
	int64_t waited_ms = 0;
	int rc;

	if (filter_new(&filter, bench->rules, key, COMMAND, use, take, NULL,
		       &err) == -1)
		return -1;
	rc = filter_feed(filter, bench->config.data, bench->config.len,
			 &waited_ms);
	if (rc == 0)
		rc = filter_end(filter, &end, &waited_ms);
	filter_free(filter);
	return rc;
}

static int pass_volatile(const struct bench *bench)
{
	return pass_filter(bench, CONTENT_AS_IT_CAME);
}

static int pass_masked(const struct bench *bench)
{
	return pass_filter(bench, CONTENT_MASKED);
}

static const struct {
	const char *name;
	pass *pass;
} figures[] = {
	{"sha256", pass_digest},
	{"volatile", pass_volatile},
	{"masked", pass_masked},
};

#define NFIGURES (sizeof(figures) / sizeof(figures[0]))

/* MB/s; negative: it failed. */
static double measure(const struct bench *bench, pass *run)
{
	double start = cpu_s(), took;
	size_t n = 0;

	do {
		if (run(bench) == -1)
			return -1;
		n++;
		took = cpu_s() - start;
	} while (took < bench->seconds);
	return (double)n * (double)bench->config.len / 1e6 / took;
}

static int prepare(struct bench *bench, const char *type)
{
	struct nf_platforms *platforms = NULL;
	const struct platform *platform;
	struct nf_error err;

	if (nf_platforms_load(&platforms, NULL, 0, NULL, &err) == -1 ||
	    catalogue_find(&platform, platforms, type, &err) != 1)
		return -1;
	return rules_new(&bench->rules, platform, NULL, 0, &err) == -1
		       ? -1
		       : make_config(&bench->config);
}

int main(int argc, char **argv)
{
	struct bench bench = {.seconds = argc == 3 ? atof(argv[2]) : 0};

	if (bench.seconds <= 0 || prepare(&bench, argv[1]) == -1) {
		(void)fputs("usage: bench-content PLATFORM SECONDS\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < NFIGURES; i++) {
		double rate = measure(&bench, figures[i].pass);

		if (rate < 0) {
			(void)fprintf(stderr, "bench-content: %s failed\n",
				      figures[i].name);
			return 1;
		}
		(void)printf("%s\"%s\": %.0f", i > 0 ? ", " : "{",
			     figures[i].name, rate);
	}
	(void)puts("}");
	return 0;
}
