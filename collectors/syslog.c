/*
 * Syslog by UDP and TCP (domain.md section 6; RFC 3164, 5424, 5426, 6587).  One epoll descriptor holds everything; a tick a
 * second does what no descriptor tells.  Nothing is allocated per line, and what the sink does not take is kept and given
 * again: then nothing else is read, so that the kernel's buffers push back.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sys/epoll.h>

#include "collectors/syslog_parts.h"
#include "core/clock.h"
#include "core/line.h"

#define RCVBUF (32 << 20)
#define EVENTS 16

static const struct setting_def syslog_settings[] = {
	{ "udp", SETTING_ADDRESS, "0.0.0.0:5514", "Address for datagrams, HOST:PORT or [IPV6]:PORT; empty is off." },
	{ "tcp", SETTING_ADDRESS, "0.0.0.0:5514", "Address for connections, HOST:PORT or [IPV6]:PORT; empty is off." },
	{ "encoding", SETTING_TEXT, "auto", "What lines are that are no UTF-8: auto, utf-8, cp932 or euc-jp." },
	{ "connections", SETTING_NUMBER, "10000", "How many connections at once." },
	{ "per_peer", SETTING_NUMBER, "2000", "How many of them from one address." },
	{ "idle", SETTING_SPAN, "5m", "How long half a message may wait for its end." },
	{ NULL },
};

void syslog_peer(const union address *address, char ret[static PEER_MAX])
{
	const struct in6_addr *v6 = &address->v6.sin6_addr;
	const char *text;

	if (address->sa.sa_family == AF_INET)
		text = inet_ntop(AF_INET, &address->v4.sin_addr, ret, PEER_MAX);
	else if (IN6_IS_ADDR_V4MAPPED(v6))
		text = inet_ntop(AF_INET, v6->s6_addr + 12, ret, PEER_MAX);
	else
		text = inet_ntop(AF_INET6, v6, ret, PEER_MAX);
	if (!text)
		ret[0] = '\0';
}

int syslog_speak(struct syslog *sys, struct sink *out, struct str line, struct str peer, usec_t received, bool cut)
{
	struct record rec = { .collector = STR("syslog"), .peer = peer, .received = received };
	struct str text = line;
	int r;

	if (!str_utf8(line) && charset_convert(&sys->conv, sys->encoding, line, &text, NULL) < 0)
		text = line; /* of no charset we know: the bytes stay as they are */
	syslog_parse(text, received, &rec);
	rec.received = received;
	rec.raw = line;
	rec.flags = cut ? RECORD_CUT : 0;
	r = sink_put(out, &rec);
	if (r < 0)
		return r;
	sys->stats.received++;
	sys->stats.cut += cut;
	return 0;
}

/* "HOST:PORT" or "[HOST]:PORT", numbers only: a name would have to be looked up. */
static int address_parse(struct str where, union address *ret, socklen_t *ret_size)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	char host[PEER_MAX], port[8];
	size_t colon = where.n;
	struct str name;

	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	if (colon == 0 || where.n - colon == 0 || where.n - colon >= sizeof(port))
		return -EINVAL;
	name = str_first(where, colon - 1);
	if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
		name = str_first(str_from(name, 1), name.n - 2);
	if (name.n == 0 || name.n >= sizeof(host))
		return -EINVAL;
	str_copy(host, sizeof(host), name);
	str_copy(port, sizeof(port), str_from(where, colon));
	if (getaddrinfo(host, port, &hints, &found) != 0 || !found)
		return -EINVAL;
	memcpy(&ret->any, found->ai_addr, found->ai_addrlen);
	*ret_size = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int bind_to(int fd, int type, const union address *address, socklen_t size)
{
	int on = 1, off = 0, rcvbuf = RCVBUF;

	if (address->sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (bind(fd, &address->sa, size) < 0)
		return -errno;
	if (type == SOCK_STREAM && listen(fd, 1024) < 0)
		return -errno;
	return 0;
}

int syslog_listen(struct syslog *sys, const char *where, int type, void *data, struct diag *diag)
{
	const char *transport = type == SOCK_STREAM ? "tcp" : "udp";
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };
	union address address;
	_close_ int fd = -1;
	socklen_t size = 0;
	int r;

	memset(&address, 0, sizeof(address));
	r = address_parse(str_of(where), &address, &size);
	if (r < 0)
		return diag_set(diag, r,
				"collectors.syslog.%s: \"%s\" is no address; write HOST:PORT with numbers, such as "
				"0.0.0.0:5514 or [::]:5514",
				transport, where);
	fd = socket(address.sa.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	r = fd < 0 ? -errno : bind_to(fd, type, &address, size);
	if (r == 0 && epoll_ctl(sys->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		r = -errno;
	if (r < 0)
		return diag_set(diag, r, "syslog: cannot listen on %s %s: %s; %s", transport, where, strerror(-r),
				r == -EADDRINUSE
					? "stop the other receiver (ss -lpntu shows it) or change collectors.syslog"
				: r == -EACCES ? "ports below 1024 need CAP_NET_BIND_SERVICE"
					       : "change collectors.syslog");
	r = fd;
	fd = -1;
	return r;
}

static int syslog_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct syslog *sys = state;
	const char *udp = setting(set, "udp"), *tcp = setting(set, "tcp");
	int64_t connections = setting_number(set, "connections"), per_peer = setting_number(set, "per_peer");
	int r = 0;

	sys->tcp = sys->udp = -1;
	sys->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (sys->epoll < 0)
		return diag_set(diag, -errno, "syslog: epoll_create1: %s", strerror(errno));
	if (!charset_parse(str_of(setting(set, "encoding")), &sys->encoding))
		return diag_set(diag, -EINVAL,
				"collectors.syslog.encoding: \"%s\" is not one of auto, utf-8, cp932, euc-jp",
				setting(set, "encoding"));
	sys->max_conns = connections > 0 ? (size_t)connections : 1;
	sys->max_per_peer = per_peer > 0 ? (size_t)per_peer : 1;
	sys->idle = setting_span(set, "idle");
	sys->tick_at = clock_monotonic();
	if (*udp)
		r = syslog_udp_open(sys, udp, diag);
	if (r == 0 && *tcp)
		r = syslog_tcp_open(sys, tcp, diag);
	return r;
}

static int syslog_fd(void *state)
{
	return ((struct syslog *)state)->epoll;
}

static int handle(struct syslog *sys, void *what, struct sink *out, struct diag *diag)
{
	if (what == &sys->udp)
		return syslog_udp_read(sys, out, SYSLOG_TAKE);
	if (what == &sys->tcp)
		return syslog_tcp_accept(sys, diag);
	return syslog_tcp_read(sys, what, out, diag);
}

/* What the sink did not take before comes first, then what no descriptor tells. */
static int before_reading(struct syslog *sys, struct sink *out, struct diag *diag)
{
	usec_t now = clock_monotonic();
	int r = syslog_tcp_retry(sys, out, diag);

	if (r >= 0 && sys->batch_at < sys->batch_n)
		r = syslog_udp_read(sys, out, SYSLOG_TAKE);
	if (r < 0 || now - sys->tick_at < SECONDS(1))
		return r;
	sys->tick_at = now;
	r = syslog_udp_tick(sys, out);
	return r < 0 ? r : syslog_tcp_tick(sys, out, now, diag);
}

static int syslog_collect(void *state, struct sink *out, struct diag *diag)
{
	struct syslog *sys = state;
	struct epoll_event events[EVENTS];
	int r, n;

	r = before_reading(sys, out, diag);
	if (r < 0)
		return r;
	n = epoll_wait(sys->epoll, events, EVENTS, 0);
	if (n < 0)
		return errno == EINTR ? 1 : -errno;
	/* All of them: who is left out once would be left out again, epoll hands them out in the same order. */
	for (int i = 0; i < n; i++) {
		r = handle(sys, events[i].data.ptr, out, diag);
		if (r < 0)
			return r;
	}
	return n == 0 ? -EAGAIN : n == EVENTS ? 1 : 0;
}

static void syslog_close(void *state)
{
	struct syslog *sys = state;

	syslog_tcp_close(sys);
	syslog_udp_close(sys);
	charset_close(&sys->conv);
	if (sys->epoll >= 0)
		close(sys->epoll);
	sys->epoll = -1;
}

static void syslog_stats(void *state, struct collector_stats *ret)
{
	*ret = ((struct syslog *)state)->stats;
}

const struct collector collector_syslog = {
	.name = "syslog",
	.summary = "lines by syslog, UDP and TCP",
	.settings = syslog_settings,
	.state_size = sizeof(struct syslog),
	.interval = SECONDS(1),
	.open = syslog_open,
	.fd = syslog_fd,
	.collect = syslog_collect,
	.close = syslog_close,
	.stats = syslog_stats,
};
