/*
 * Datagrams: one message each (RFC 5426), read by recvmmsg() until the socket is empty.  What the kernel threw away, because
 * nobody read in time, is asked for once a second and becomes a fact of its own: silence is not proof.
 */

#include <errno.h>
#include <linux/sock_diag.h>

#include "collectors/syslog_parts.h"
#include "core/clock.h"
#include "core/line.h"

int syslog_udp_open(struct syslog *sys, const char *where, struct diag *diag)
{
	sys->batch = calloc(SYSLOG_BATCH, sizeof(*sys->batch));
	sys->iov = calloc(SYSLOG_BATCH, sizeof(*sys->iov));
	sys->from = calloc(SYSLOG_BATCH, sizeof(*sys->from));
	sys->datagrams = malloc((size_t)SYSLOG_BATCH * SYSLOG_DATAGRAM);
	sys->where_udp = strdup(where);
	if (!sys->batch || !sys->iov || !sys->from || !sys->datagrams || !sys->where_udp)
		return diag_set(diag, -ENOMEM, "syslog: no memory for datagrams");
	for (size_t i = 0; i < SYSLOG_BATCH; i++) {
		sys->iov[i].iov_base = sys->datagrams + i * SYSLOG_DATAGRAM;
		sys->iov[i].iov_len = SYSLOG_DATAGRAM;
		sys->batch[i].msg_hdr.msg_iov = &sys->iov[i];
		sys->batch[i].msg_hdr.msg_iovlen = 1;
		sys->batch[i].msg_hdr.msg_name = &sys->from[i];
	}
	sys->udp = syslog_listen(sys, where, SOCK_DGRAM, &sys->udp, diag);
	return sys->udp < 0 ? sys->udp : 0;
}

/* The text of @address; the last ones are remembered, since a sender seldom comes alone. */
static struct str peer_name(struct syslog *sys, const union address *address)
{
	bool v4 = address->sa.sa_family == AF_INET;
	struct str key = v4 ? (struct str){ (const char *)&address->v4.sin_addr, 4 }
			    : (struct str){ (const char *)&address->v6.sin6_addr, 16 };
	struct peer_name *name = &sys->names[str_hash(key, false) % COUNT(sys->names)];
	const char *known = v4 ? (const char *)&name->address.v4.sin_addr : (const char *)&name->address.v6.sin6_addr;

	if (name->address.sa.sa_family != address->sa.sa_family || memcmp(known, key.p, key.n) != 0) {
		name->address = *address;
		syslog_peer(address, name->text);
	}
	return str_of(name->text);
}

/* Hands on what was received and not yet taken. */
static int batch_take(struct syslog *sys, struct sink *out)
{
	int taken = 0;

	for (; sys->batch_at < sys->batch_n; sys->batch_at++) {
		unsigned i = sys->batch_at;
		struct str text = { sys->iov[i].iov_base, sys->batch[i].msg_len };
		int r;

		while (text.n > 0 && strchr("\r\n", text.p[text.n - 1])) /* NUL, too */
			text.n--;
		if (text.n == 0) {
			sys->stats.malformed++;
			continue;
		}
		r = syslog_speak(sys, out, text, peer_name(sys, &sys->from[i]), sys->batch_time, false);
		if (r < 0)
			return r;
		taken++;
	}
	return taken;
}

int syslog_udp_read(struct syslog *sys, struct sink *out, int budget)
{
	int taken = 0;

	for (;;) {
		int r = batch_take(sys, out), n;

		if (r < 0)
			return r;
		taken += r;
		if (taken >= budget)
			return taken;
		for (size_t i = 0; i < SYSLOG_BATCH; i++)
			sys->batch[i].msg_hdr.msg_namelen = sizeof(*sys->from);
		n = recvmmsg(sys->udp, sys->batch, SYSLOG_BATCH, MSG_DONTWAIT, NULL);
		if (n <= 0)
			return taken;
		sys->batch_n = (unsigned)n;
		sys->batch_at = 0;
		sys->batch_time = clock_now();
	}
}

int syslog_udp_tick(struct syslog *sys, struct sink *out)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	_cleanup_(line_free) struct line line = { 0 };
	socklen_t size = sizeof(info);
	uint64_t lost;
	int r;

	if (sys->udp < 0)
		return 0;
	if (getsockopt(sys->udp, SOL_SOCKET, SO_MEMINFO, info, &size) == 0) {
		sys->stats.dropped += (uint32_t)(info[SK_MEMINFO_DROPS] - sys->kernel_drops);
		sys->kernel_drops = info[SK_MEMINFO_DROPS];
	}
	lost = sys->stats.dropped - sys->drops_told;
	if (lost == 0)
		return 0;
	line_addf(&line, "dropped", "%llu", (unsigned long long)lost);
	line_add(&line, "transport", STR("udp"));
	line_add(&line, "listen", str_of(sys->where_udp));
	if (line.failed)
		return -ENOMEM;
	r = sink_put(out, &(struct record){
				  .collector = STR("syslog"),
				  .program = STR("@syslog"),
				  .received = clock_now(),
				  .text = line_str(&line),
				  .raw = line_str(&line),
				  .priority = -1,
			  });
	if (r >= 0)
		sys->drops_told = sys->stats.dropped;
	return r;
}

void syslog_udp_close(struct syslog *sys)
{
	if (sys->udp >= 0)
		close(sys->udp);
	sys->udp = -1;
	free(sys->batch);
	free(sys->iov);
	free(sys->from);
	free(sys->datagrams);
	free(sys->where_udp);
	sys->batch = NULL;
	sys->iov = NULL;
	sys->from = NULL;
	sys->datagrams = NULL;
	sys->where_udp = NULL;
}
