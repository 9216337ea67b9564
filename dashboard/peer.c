/* Who is at the other end: by the kernel's word on the UNIX socket, by address over TCP. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "dashboard/server_parts.h"

#define GROUPS_MAX 1024

static bool in_group(int fd, gid_t primary, gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (wanted == (gid_t)-1)
		return false;
	if (primary == wanted)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

/* As a Host field has it: "192.0.2.7", "[2001:db8::7]"; an IPv4 address within IPv6 is what it is.  True: this machine. */
static bool address_text(const struct sockaddr_storage *address, char *buf, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	char text[INET6_ADDRSTRLEN] = "";
	uint32_t v4 = 0;

	buf[0] = '\0';
	if (address->ss_family == AF_INET)
		v4 = ntohl(in->sin_addr.s_addr);
	else if (address->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		v4 = (uint32_t)in6->sin6_addr.s6_addr[12] << 24 | (uint32_t)in6->sin6_addr.s6_addr[13] << 16 |
		     (uint32_t)in6->sin6_addr.s6_addr[14] << 8 | in6->sin6_addr.s6_addr[15];
	else if (address->ss_family == AF_INET6 && inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)))
		snprintf(buf, size, "[%s]", text);
	if (v4 == 0)
		return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	snprintf(buf, size, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
	return v4 >> 24 == 127;
}

static void tcp_read(struct exchange *exchange, int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);

	exchange->role = ROLE_VIEWER;
	snprintf(exchange->who, sizeof(exchange->who), "loopback");
	if (getpeername(fd, (struct sockaddr *)&address, &size) == 0)
		exchange->loopback = address_text(&address, exchange->peer, sizeof(exchange->peer));
	size = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &size) == 0)
		address_text(&address, exchange->local, sizeof(exchange->local));
}

void peer_read(struct connection *connection, int fd)
{
	struct exchange *exchange = &connection->exchange;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	exchange->role = ROLE_NONE;
	if (exchange->kind == SERVER_TCP) {
		tcp_read(exchange, fd);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return;
	snprintf(exchange->who, sizeof(exchange->who), "uid %u", (unsigned)peer.uid);
	if (peer.uid == 0 || peer.uid == geteuid())
		exchange->role = ROLE_ADMIN;
	else if (in_group(fd, peer.gid, connection->listener->server->operators))
		exchange->role = ROLE_OPERATOR;
}
