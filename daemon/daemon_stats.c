/* What the endpoint asks of the daemon; apart from daemon.c, so that its tests need no whole daemon. */

#include "collectors/collector.h"
#include "daemon/daemon.h"
#include "daemon/ingest.h"

const struct pipeline_stats *daemon_ingest_stats(const struct daemon *daemon)
{
	return ingest_stats(daemon->ingest);
}

void daemon_collector_stats(const struct daemon *daemon, size_t i, struct collector_stats *ret)
{
	ingest_collector_stats(daemon->ingest, i, ret);
}
