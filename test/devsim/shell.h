/*
 * The command line of a device, over any stream: prompts, modes, enable and
 * configuration, and the faults that show in there.
 */
#ifndef NETFAN_DEVSIM_SHELL_H
#define NETFAN_DEVSIM_SHELL_H

struct client;
struct device;
struct stream;

/*
 * Serve a client that logged in from an address, as text. Returns 0 when it
 * logged out, -1 when it is gone or the device broke off.
 */
int shell_run(struct device *dev, const struct stream *stream,
	      const char *from);

/* As shell_run(), for a client that has yet to say who it is. */
int shell_login(struct client *client, const struct stream *stream);

/* Answer one command, without echo, prompt or pager. Returns as shell_run(). */
int shell_exec(struct device *dev, const struct stream *stream,
	       const char *from, const char *line);

#endif
