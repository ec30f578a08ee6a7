/* Where connections go out from. */
#include "transport/origin.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum { OWN_IPV4, OWN_IPV6 };

static const struct sockaddr *sockaddr_of(const struct address *address)
{
	return (const struct sockaddr *)&address->sockaddr;
}

/* ---- found out before anything is connected to */

static int wrong_source(const struct origin *origin, const char *what,
			struct nf_error *err)
{
	return error_set(err, NF_INVALID, "the source address %s: %s",
			 origin->source, what);
}

/* The scope of an address has to be there, too. */
static int read_source(struct origin *origin, struct nf_error *err)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
				       .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	int gai_error = getaddrinfo(origin->source, NULL, &hints, &list);

	if (gai_error == EAI_MEMORY)
		return error_set(err, NF_SYSTEM, "no memory for an address");
	if (gai_error != 0)
		return wrong_source(origin,
				    strchr(origin->source, '%') != NULL
					    ? "there is no such interface here"
					    : "it is no address",
				    err);
	memcpy(&origin->address.sockaddr, list->ai_addr, list->ai_addrlen);
	origin->address.len = list->ai_addrlen;
	freeaddrinfo(list);
	return 0;
}

static const struct in6_addr *ipv6_of(const struct address *address)
{
	return &((const struct sockaddr_in6 *)(const void *)&address->sockaddr)
			->sin6_addr;
}

static bool lacks_scope(const struct address *address)
{
	const struct sockaddr_in6 *ipv6 =
		(const struct sockaddr_in6 *)(const void *)&address->sockaddr;

	return ipv6->sin6_family == AF_INET6 && ipv6->sin6_scope_id == 0 &&
	       IN6_IS_ADDR_LINKLOCAL(ipv6_of(address));
}

/* Use the source once: the kernel knows addresses that no interface lists, such
 * as all of 127.0.0.0/8. */
static int try_source(const struct origin *origin, struct nf_error *err)
{
	const struct sockaddr *source = sockaddr_of(&origin->address);
	int fd, rc = 0;

	if (lacks_scope(&origin->address))
		return wrong_source(
			origin, "name its interface, as in fe80::1%eth0", err);
	fd = socket(source->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno == EAFNOSUPPORT
			       ? wrong_source(origin, strerror(errno), err)
			       : error_sys(err, NF_SYSTEM, "no socket");
	if (bind(fd, source, origin->address.len) == -1)
		rc = wrong_source(origin,
				  errno == EADDRNOTAVAIL
					  ? "no interface here has it"
					  : strerror(errno),
				  err);
	(void)close(fd);
	return rc;
}

/* Take the address of an interface, but one of its link only where it has no
 * other: nothing beyond would answer it. */
static void take_own(struct origin *origin, const struct sockaddr *own)
{
	bool ipv6 = own->sa_family == AF_INET6;
	struct address *address = &origin->own[ipv6 ? OWN_IPV6 : OWN_IPV4];

	if (address->len > 0 &&
	    !(ipv6 && IN6_IS_ADDR_LINKLOCAL(ipv6_of(address))))
		return;
	address->len =
		ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	memcpy(&address->sockaddr, own, address->len);
}

static int find_interface(struct origin *origin, struct nf_error *err)
{
	struct ifaddrs *list;

	if (if_nametoindex(origin->interface) == 0)
		return errno == ENODEV
			       ? error_set(err, NF_INVALID,
					   "the interface %s: there is none "
					   "of that name here",
					   origin->interface)
			       : error_sys(err, NF_SYSTEM,
					   "cannot look for interfaces");
	if (getifaddrs(&list) == -1)
		return error_sys(err, NF_SYSTEM,
				 "cannot look for addresses of interfaces");
	for (const struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
		if (at->ifa_addr != NULL &&
		    (at->ifa_addr->sa_family == AF_INET ||
		     at->ifa_addr->sa_family == AF_INET6) &&
		    strcmp(at->ifa_name, origin->interface) == 0)
			take_own(origin, at->ifa_addr);
	}
	freeifaddrs(list);
	return 0;
}

int origin_init(struct origin *origin, const char *source,
		const char *interface, struct nf_error *err)
{
	*origin = (struct origin){.source = source, .interface = interface};
	if (interface != NULL && find_interface(origin, err) == -1)
		return -1;
	if (source == NULL)
		return 0;
	return read_source(origin, err) == -1 ? -1 : try_source(origin, err);
}

/* ---- used when something is connected to */

bool origin_fits(const struct origin *origin, const struct address *address)
{
	return origin == NULL || origin->address.len == 0 ||
	       sockaddr_of(&origin->address)->sa_family ==
		       sockaddr_of(address)->sa_family;
}

const char *origin_family(const struct origin *origin)
{
	return sockaddr_of(&origin->address)->sa_family == AF_INET6 ? "IPv6"
								    : "IPv4";
}

static int bind_source(int fd, const struct address *address)
{
	int on = 1;

	/* Many connections share a port then, if they go to other devices. */
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
			 sizeof(on));
	return bind(fd, sockaddr_of(address), address->len);
}

static int bind_interface(const struct origin *origin, int fd,
			  sa_family_t family)
{
	const struct address *own =
		&origin->own[family == AF_INET6 ? OWN_IPV6 : OWN_IPV4];
	const char *name = origin->interface;

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
		       (socklen_t)strlen(name)) == 0)
		return 0;
	if (errno != EPERM)
		return -1;
	if (origin->address.len > 0)
		return 0;
	errno = EADDRNOTAVAIL;
	return own->len > 0 ? bind_source(fd, own) : -1;
}

int origin_bind(const struct origin *origin, int fd, sa_family_t family,
		struct nf_error *err)
{
	if (origin->interface != NULL &&
	    bind_interface(origin, fd, family) == -1)
		return error_sys(err, NF_UNREACHABLE,
				 "cannot connect from the interface %s",
				 origin->interface);
	if (origin->address.len > 0 && bind_source(fd, &origin->address) == -1)
		return error_sys(err, NF_UNREACHABLE, "cannot connect from %s",
				 origin->source);
	return 0;
}
