/*
 * Alerts as the daemon sees them: the plan (who is told what and when) and the post (how it gets there), driven by the service
 * loop.  Neither waits for a network here.
 */
#pragma once

#include "daemon/alerts/post.h"

struct alerts;
struct judge;

int alerts_start(const struct config *config, struct judge *judge, struct store *store, struct loop *loop,
		 struct alerts **ret, struct diag *diag);
void alerts_stop(struct alerts *alerts);
/* Before and after config_take(): channels are ended, and started as the new configuration says. */
void alerts_pause(struct alerts *alerts);
int alerts_resume(struct alerts *alerts, const struct config *config);

size_t alerts_channels(const struct alerts *alerts, const struct post_channel **ret);
/* What was not told, by reason: calls @fn for each. */
void alerts_counts(const struct alerts *alerts, void (*fn)(void *arg, const char *reason, int64_t n), void *arg);
/* A test message for one channel, within the caller's transaction.  -ENOENT: there is none of this name. */
int alerts_test(struct alerts *alerts, const char *channel, int64_t *ret_delivery);
/* Something was said (an acknowledgement, a silence): look soon. */
void alerts_look(struct alerts *alerts);
