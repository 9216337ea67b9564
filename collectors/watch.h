/*
 * Files that people or programs replace: notices of their folders, and a timer to let them settle, behind one descriptor.
 * Notices are only a reason to look: what has changed is for the caller to find out.
 */
#pragma once

#include "core/base.h"

struct watch {
	int epoll, notify, timer;
};

/* -errno when there is no timer; without notices (a limit of the system) looking by time is left. */
int watch_open(struct watch *watch);
/* May be called each time one looks: the folder may have been made anew. */
void watch_folder(struct watch *watch, const char *folder);
/* Takes notices and the timer's ticks, so that the descriptor is quiet again.  True when there were some. */
bool watch_drain(struct watch *watch);
/* Makes the descriptor readable after @wait. */
void watch_wake(struct watch *watch, usec_t wait);
void watch_close(struct watch *watch);
