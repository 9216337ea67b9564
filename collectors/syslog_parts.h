/*
 * Inside of the syslog collector: what its three files (syslog.c, syslog_tcp.c, syslog_udp.c) share.  Nobody else includes
 * this.
 */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "collectors/charset.h"
#include "collectors/collector.h"
#include "collectors/frame.h"
#include "core/syslog.h"

#define SYSLOG_READ (256 * 1024) /* one read of a connection */
#define SYSLOG_BATCH 128         /* datagrams of one recvmmsg() */
#define SYSLOG_DATAGRAM 65536    /* 65,507 is the most that UDP carries */
#define SYSLOG_TAKE 4096         /* records of one collect() */
#define SYSLOG_HELD (128u << 20) /* bytes that all connections together may leave unfinished */
#define PEER_MAX 64

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage any;
};

struct conn {
	int fd;
	struct frame frame;
	char *held; /* the beginning of a message that is not whole yet; owned */
	size_t n, size;
	usec_t read_at; /* monotonic */
	bool ended;     /* the peer has closed; what is held must still be taken */
	bool stalled;   /* the sink did not take what is held */
	char peer[PEER_MAX];
};

struct peer_name {
	union address address;
	char text[PEER_MAX];
};

struct syslog {
	int epoll, tcp, udp;
	enum charset encoding;
	struct charset_conv conv;
	struct collector_stats stats;
	usec_t tick_at; /* monotonic: when the last tick was */
	char *where_udp;

	struct conn **conns; /* owned, in no order */
	size_t n_conns, max_conns, max_per_peer;
	size_t held;
	usec_t idle;         /* how long half a message may wait */
	usec_t accept_at;    /* monotonic: until when accepting rests; 0 when it does not */
	usec_t refused_told; /* monotonic */
	uint64_t refused_since;
	struct conn *stalled;
	char *block; /* SYSLOG_LINE_MAX + headroom for what was held, then SYSLOG_READ */

	struct mmsghdr *batch;
	struct iovec *iov;
	union address *from;
	char *datagrams;
	unsigned batch_n, batch_at; /* datagrams received, and the next to hand on */
	usec_t batch_time;
	uint32_t kernel_drops;
	uint64_t drops_told;
	struct peer_name names[64];
};

/* One message to the sink. */
int syslog_speak(struct syslog *sys, struct sink *out, struct str line, struct str peer, usec_t received, bool cut);
/* Address without port; an IPv4 address in IPv6 clothes is an IPv4 address. */
void syslog_peer(const union address *address, char ret[static PEER_MAX]);
/* Opens a socket of @type at @where and adds it to epoll with @data. */
int syslog_listen(struct syslog *sys, const char *where, int type, void *data, struct diag *diag);

int syslog_tcp_open(struct syslog *sys, const char *where, struct diag *diag);
int syslog_tcp_accept(struct syslog *sys, struct diag *diag);
/* Reads once.  1 and more: records taken; 0: nothing; negative: the sink took no more. */
int syslog_tcp_read(struct syslog *sys, struct conn *conn, struct sink *out, struct diag *diag);
/* Gives the sink again what it did not take. */
int syslog_tcp_retry(struct syslog *sys, struct sink *out, struct diag *diag);
int syslog_tcp_tick(struct syslog *sys, struct sink *out, usec_t now, struct diag *diag);
void syslog_tcp_close(struct syslog *sys);

int syslog_udp_open(struct syslog *sys, const char *where, struct diag *diag);
/* Drains the socket, @budget records at most.  Records taken; negative: the sink took no more. */
int syslog_udp_read(struct syslog *sys, struct sink *out, int budget);
/* A "dropped" fact when the kernel has thrown datagrams away. */
int syslog_udp_tick(struct syslog *sys, struct sink *out);
void syslog_udp_close(struct syslog *sys);
