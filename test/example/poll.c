/*
 * Ask every device of an inventory for the time, and print what it says as soon
 * as it has said it.
 *
 *   poll [INVENTORY]
 */
#include <netfan.h>
#include <stdio.h>

static void print_result(const struct nf_inventory *inv,
			 struct nf_result *result)
{
	const struct nf_device *dev = nf_inventory_device(inv, result->device);
	struct nf_part part;
	struct nf_error err;

	(void)printf("%s: %s\n", dev->name, nf_code_name(result->error.code));
	while (nf_result_read(result, &part, &err) == 1) {
		if (part.kind == NF_PART_OUTPUT) /* as it came: hostile */
			(void)fwrite(part.bytes, 1, part.len, stdout);
	}
}

static int poll_all(struct nf_inventory *inv, struct nf_error *err)
{
	const char *const commands[] = {"show clock"};
	struct nf_poll_options options = {.commands = commands, .ncommands = 1};
	struct nf_poll *poll = NULL;
	struct nf_result *result;
	int rc = nf_poll_open(&poll, inv, &options, err);

	while (rc == 0 && nf_poll_pending(poll) > 0) {
		rc = nf_poll_step(poll, -1, err);
		while ((result = nf_poll_take(poll)) != NULL)
			print_result(inv, result);
	}
	nf_poll_free(poll);
	return rc;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "inventory.yaml";
	struct nf_inventory *inv = NULL;
	struct nf_error err;
	int rc = nf_inventory_load(&inv, path, NULL, NULL, &err);

	if (rc == 0)
		rc = poll_all(inv, &err);
	if (rc == -1)
		(void)fprintf(stderr, "poll: %s\n", err.message);
	nf_inventory_free(inv);
	return rc == 0 ? 0 : 1;
}
