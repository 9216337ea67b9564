#include "collectors/watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

static int add(struct watch *watch, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd < 0 || epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int watch_open(struct watch *watch)
{
	watch->notify = watch->timer = -1;
	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (watch->epoll < 0)
		return -errno;
	watch->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	add(watch, watch->notify);
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return add(watch, watch->timer);
}

void watch_folder(struct watch *watch, const char *folder)
{
	if (watch->notify >= 0)
		inotify_add_watch(watch->notify, folder,
				  IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
					  IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);
}

static bool drain(int fd)
{
	char buf[4096] __attribute__((aligned(8)));
	bool any = false;

	while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
		any = true;
	return any;
}

bool watch_drain(struct watch *watch)
{
	bool notices = drain(watch->notify);

	return drain(watch->timer) || notices;
}

void watch_wake(struct watch *watch, usec_t wait)
{
	/* A microsecond more, since zero would switch the timer off. */
	struct itimerspec at = { .it_value = { wait / 1000000, wait % 1000000 * 1000 + 999 } };

	timerfd_settime(watch->timer, 0, &at, NULL);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void watch_close(struct watch *watch)
{
	shut(&watch->notify);
	shut(&watch->timer);
	shut(&watch->epoll);
}
