/*
 * Devices that this machine hears: its ARP/ND table and the forwarding tables of its bridges, by netlink.  A sighting has the
 * time at which the device was last heard, as the kernel keeps it: an entry that has gone stale is told once, at the first look
 * at the table, and never again, so reading the table does not keep a device alive that has left.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "core/line.h"
#include "core/mac.h"

#define BUFFER (64 * 1024)
#define READS 64 /* messages of one collect() */
#define RCVBUF (4 << 20)

static const struct setting_def neighbours_settings[] = {
	{ "interval", SETTING_SPAN, "10m", "How often the whole table is looked through for reachable devices." },
	{ NULL },
};

/* The dumps that are asked for one after the other; AF_UNSPEC leaves the bridges out. */
static const unsigned char families[] = { AF_UNSPEC, AF_BRIDGE };

struct neighbours {
	struct mnl_socket *socket;
	usec_t interval;
	usec_t dump_at; /* monotonic: when the next look is due */
	size_t family;  /* index of the dump that runs; COUNT(families): none */
	unsigned sequence;
	char *buffer;        /* BUFFER, owned */
	size_t held, held_n; /* what the sink did not take: messages at buffer + held */
	struct sink *out;    /* during collect() */
	int error;           /* of the sink */
	const struct nlmsghdr *at;
	bool looked; /* all dumps have been read once */
	struct line line;
	struct collector_stats stats;
};

static int fail(struct diag *diag, const char *what)
{
	int error = errno;

	return diag_set(diag, -error, "neighbours: %s: %s; devices in this machine's network are not seen", what,
			strerror(error));
}

static int neighbours_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	struct neighbours *nb = state;
	int rcvbuf = RCVBUF, group = RTNLGRP_NEIGH;

	nb->interval = setting_span(set, "interval");
	nb->family = COUNT(families);
	nb->sequence = (unsigned)time(NULL);
	nb->buffer = malloc(BUFFER);
	nb->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (!nb->buffer || !nb->socket)
		return fail(diag, "netlink");
	setsockopt(mnl_socket_get_fd(nb->socket), SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (mnl_socket_bind(nb->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nb->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return fail(diag, "netlink group of neighbours");
	return 0;
}

static int neighbours_fd(void *state)
{
	return mnl_socket_get_fd(((struct neighbours *)state)->socket);
}

static int dump_ask(struct neighbours *nb)
{
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(buf);
	struct ndmsg *body;

	message->nlmsg_type = RTM_GETNEIGH;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = ++nb->sequence;
	body = mnl_nlmsg_put_extra_header(message, sizeof(*body));
	body->ndm_family = families[nb->family];
	return mnl_socket_sendto(nb->socket, message, message->nlmsg_len) < 0 ? -errno : 0;
}

static const char *state_name(uint16_t state)
{
	return state & NUD_REACHABLE   ? "reachable"
	       : state & NUD_DELAY     ? "delay"
	       : state & NUD_PROBE     ? "probe"
	       : state & NUD_STALE     ? "stale"
	       : state & NUD_PERMANENT ? "permanent"
				       : "none";
}

/*
 * True when the message shows a device that was heard.  Of what the kernel tells by itself stale entries count too: an answer
 * that nobody asked for is the way most devices are first heard.  In a dump they only count the first time.
 */
static bool is_sighting(const struct neighbours *nb, const struct ndmsg *body, bool dump)
{
	uint16_t heard = NUD_REACHABLE;

	if (body->ndm_state & (NUD_FAILED | NUD_NOARP | NUD_PERMANENT | NUD_INCOMPLETE))
		return false;
	if (!dump || !nb->looked)
		heard |= NUD_STALE | NUD_DELAY | NUD_PROBE;
	/* A forwarding table has no states but old and not old; what is told of it by itself is a frame. */
	return (body->ndm_state & heard) || (body->ndm_family == AF_BRIDGE && !dump);
}

struct neighbour {
	const unsigned char *mac;
	const void *address;
	size_t address_n;
	const struct nda_cacheinfo *cache;
};

static int attribute_take(const struct nlattr *attribute, void *arg)
{
	struct neighbour *found = arg;

	if (mnl_attr_get_type(attribute) == NDA_LLADDR && mnl_attr_get_payload_len(attribute) == 6)
		found->mac = mnl_attr_get_payload(attribute);
	if (mnl_attr_get_type(attribute) == NDA_DST) {
		found->address = mnl_attr_get_payload(attribute);
		found->address_n = mnl_attr_get_payload_len(attribute);
	}
	if (mnl_attr_get_type(attribute) == NDA_CACHEINFO &&
	    mnl_attr_get_payload_len(attribute) >= sizeof(*found->cache))
		found->cache = mnl_attr_get_payload(attribute);
	return MNL_CB_OK;
}

/* When the device was last heard: confirmed for ARP and ND, updated for a forwarding table, both in ticks before now. */
static usec_t heard_at(const struct ndmsg *body, const struct neighbour *found, usec_t now)
{
	long hz = sysconf(_SC_CLK_TCK);
	usec_t ticks;

	if (!found->cache || hz <= 0)
		return now;
	ticks = body->ndm_family == AF_BRIDGE ? found->cache->ndm_updated : found->cache->ndm_confirmed;
	return now - ticks * 1000000 / hz;
}

static int neighbour_put(struct neighbours *nb, const struct ndmsg *body, const struct neighbour *found,
			 const char *mac, const char *ip)
{
	usec_t heard = heard_at(body, found, clock_now());
	char name[IF_NAMESIZE] = "";

	if (!if_indextoname((unsigned)body->ndm_ifindex, name))
		name[0] = '\0'; /* it has gone in the meantime */
	line_reset(&nb->line);
	line_add(&nb->line, "mac", str_of(mac));
	if (ip[0])
		line_add(&nb->line, "ip", str_of(ip));
	line_add(&nb->line, "interface", str_of(name));
	line_add(&nb->line, "state", str_of(state_name(body->ndm_state)));
	if (nb->line.failed)
		return -ENOMEM;
	return sink_put(nb->out, &(struct record){
					 .collector = STR("neighbours"),
					 .at = heard,
					 .received = heard, /* by the kernel, then: no skew of a clock */
					 .program = STR("@neighbours"),
					 .text = line_str(&nb->line),
					 .raw = line_str(&nb->line),
					 .priority = -1,
					 .flags = RECORD_TRUSTED,
				 });
}

static int message_take(const struct nlmsghdr *message, void *arg)
{
	struct neighbours *nb = arg;
	const struct ndmsg *body = mnl_nlmsg_get_payload(message);
	struct neighbour found = { 0 };
	char mac[MAC_LEN + 1], ip[INET6_ADDRSTRLEN] = "";

	nb->at = message;
	if (message->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(message) < sizeof(*body))
		return MNL_CB_OK;
	nb->stats.received++;
	if (!is_sighting(nb, body, message->nlmsg_flags & NLM_F_MULTI))
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*body), attribute_take, &found);
	if (!found.mac)
		return MNL_CB_OK;
	snprintf(mac, sizeof(mac), "%02x%02x%02x%02x%02x%02x", found.mac[0], found.mac[1], found.mac[2], found.mac[3],
		 found.mac[4], found.mac[5]);
	if (mac_group(mac))
		return MNL_CB_OK;
	if (body->ndm_family == AF_INET && found.address_n == 4)
		inet_ntop(AF_INET, found.address, ip, sizeof(ip));
	else if (body->ndm_family == AF_INET6 && found.address_n == 16)
		inet_ntop(AF_INET6, found.address, ip, sizeof(ip));
	nb->error = neighbour_put(nb, body, &found, mac, ip);
	return nb->error < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

/* Asks for the next dump; none is left behind the last. */
static int dump_next(struct neighbours *nb)
{
	nb->family = nb->family < COUNT(families) ? nb->family + 1 : COUNT(families);
	if (nb->family < COUNT(families))
		return dump_ask(nb);
	nb->looked = true;
	return 0;
}

/* The messages at buffer + held.  Negative: the sink took no more, and what is left stays held. */
static int messages_take(struct neighbours *nb)
{
	int r;

	if (nb->held_n == 0)
		return 0;
	nb->error = 0;
	nb->at = NULL;
	r = mnl_cb_run(nb->buffer + nb->held, nb->held_n, 0, 0, message_take, nb);
	if (r == MNL_CB_ERROR && nb->error < 0) {
		size_t done = (size_t)((const char *)nb->at - (nb->buffer + nb->held));

		nb->held += done;
		nb->held_n -= done;
		return nb->error;
	}
	nb->held = nb->held_n = 0;
	/* Stopped by NLMSG_DONE or an error message (a kernel without bridges): in both cases this dump is over. */
	return r == MNL_CB_STOP || r == MNL_CB_ERROR ? dump_next(nb) : 0;
}

static int neighbours_collect(void *state, struct sink *out, struct diag *diag)
{
	struct neighbours *nb = state;
	usec_t now = clock_monotonic();
	int r;

	nb->out = out;
	r = messages_take(nb);
	if (r == 0 && now >= nb->dump_at && nb->family == COUNT(families)) {
		nb->dump_at = now + nb->interval;
		nb->family = 0;
		r = dump_ask(nb);
	}
	for (int i = 0; r == 0 && i < READS; i++) {
		ssize_t n = mnl_socket_recvfrom(nb->socket, nb->buffer, BUFFER);

		if (n < 0 && errno == EAGAIN)
			return -EAGAIN;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == ENOBUFS || errno == ENOSPC)) {
			/* Messages were lost: the table itself still has what they said. */
			nb->stats.dropped++;
			nb->family = COUNT(families);
			nb->dump_at = now + SECONDS(1);
			continue;
		}
		if (n < 0)
			return fail(diag, "reading from netlink");
		nb->held = 0;
		nb->held_n = (size_t)n;
		r = messages_take(nb);
	}
	return r < 0 ? r : 1;
}

static void neighbours_close(void *state)
{
	struct neighbours *nb = state;

	if (nb->socket)
		mnl_socket_close(nb->socket);
	nb->socket = NULL;
	free(nb->buffer);
	nb->buffer = NULL;
	line_free(&nb->line);
}

static void neighbours_stats(void *state, struct collector_stats *ret)
{
	*ret = ((struct neighbours *)state)->stats;
}

const struct collector collector_neighbours = {
	.name = "neighbours",
	.summary = "devices that this machine hears: ARP, ND and bridges",
	.settings = neighbours_settings,
	.state_size = sizeof(struct neighbours),
	.interval = SECONDS(5),
	.open = neighbours_open,
	.fd = neighbours_fd,
	.collect = neighbours_collect,
	.close = neighbours_close,
	.stats = neighbours_stats,
};
