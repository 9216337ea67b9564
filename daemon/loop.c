/*
 * Two loops run, each in its own thread, and only wakers and loop_stop() cross between them.  libevent calls a source back
 * with the source itself, which loop_drop() may free from inside that very call: nothing is touched after it returns.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>

#include <event2/event.h>
#include <event2/thread.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/loop.h"

struct loop {
	struct event_base *base;
	struct loop_source *stopper;
};

struct loop_source {
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
	int fd; /* of a waker, owned; -1 for all others */
};

/* A descriptor that cannot be accepted makes libevent say so every time round: more than a few lines help nobody. */
static void library_says(int severity, const char *text)
{
	static _Atomic int64_t window;
	static _Atomic unsigned said;
	usec_t now = clock_monotonic();

	if (severity == EVENT_LOG_DEBUG)
		return;

	if (now - window > SECONDS(60)) {
		window = now;
		said = 0;
	}
	if (said++ < 5)
		log_warn("loop", "libevent: %s", text);
}

static void library_start(void)
{
	event_set_log_callback(library_says);
	evthread_use_pthreads();
}

static struct timeval timeval_of(usec_t t)
{
	if (t < 0)
		t = 0;
	return (struct timeval){ .tv_sec = (time_t)(t / 1000000), .tv_usec = (suseconds_t)(t % 1000000) };
}

static void source_called(evutil_socket_t fd, short what, void *arg)
{
	struct loop_source *source = arg;

	source->fn(source->arg);
}

static void waker_called(evutil_socket_t fd, short what, void *arg)
{
	struct loop_source *source = arg;
	uint64_t wakes;

	/* Emptied before the call: a wake that comes during it asks for one more. */
	while (read(source->fd, &wakes, sizeof(wakes)) > 0)
		;
	source->fn(source->arg);
}

static int source_new(struct loop *loop, int fd, short what, event_callback_fn called, void (*fn)(void *arg), void *arg,
		      struct loop_source **ret)
{
	_free_ struct loop_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;

	source->fn = fn;
	source->arg = arg;
	source->fd = -1;
	source->event = event_new(loop->base, fd, what, called, source);
	if (!source->event)
		return -ENOMEM;

	*ret = TAKE(source);
	return 0;
}

static int source_start(struct loop_source *source, const struct timeval *delay, struct loop_source **ret)
{
	if (event_add(source->event, delay) < 0) {
		loop_drop(source);
		return -ENOMEM;
	}

	*ret = source;
	return 0;
}

int loop_fd(struct loop *loop, int fd, void (*fn)(void *arg), void *arg, struct loop_source **ret)
{
	struct loop_source *source;
	int r;

	r = source_new(loop, fd, EV_READ | EV_PERSIST, source_called, fn, arg, &source);
	if (r < 0)
		return r;

	return source_start(source, NULL, ret);
}

int loop_timer(struct loop *loop, usec_t delay, bool repeat, void (*fn)(void *arg), void *arg, struct loop_source **ret)
{
	struct timeval tv = timeval_of(delay);
	struct loop_source *source;
	int r;

	r = source_new(loop, -1, repeat ? EV_PERSIST : 0, source_called, fn, arg, &source);
	if (r < 0)
		return r;

	return source_start(source, &tv, ret);
}

void loop_rearm(struct loop_source *source, usec_t delay)
{
	struct timeval tv = timeval_of(delay);

	event_add(source->event, &tv);
}

void loop_pause(struct loop_source *source)
{
	event_del(source->event);
}

void loop_resume(struct loop_source *source)
{
	event_add(source->event, NULL);
}

int loop_signal(struct loop *loop, int signo, void (*fn)(void *arg), void *arg, struct loop_source **ret)
{
	struct loop_source *source;
	int r;

	r = source_new(loop, signo, EV_SIGNAL | EV_PERSIST, source_called, fn, arg, &source);
	if (r < 0)
		return r;

	return source_start(source, NULL, ret);
}

int loop_waker(struct loop *loop, void (*fn)(void *arg), void *arg, struct loop_source **ret)
{
	struct loop_source *source;
	int fd, r;

	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -errno;

	r = source_new(loop, fd, EV_READ | EV_PERSIST, waker_called, fn, arg, &source);
	if (r < 0) {
		close(fd);
		return r;
	}

	source->fd = fd;
	return source_start(source, NULL, ret);
}

void loop_wake(struct loop_source *waker)
{
	uint64_t one = 1;

	/* A full counter (EAGAIN) is a wake that nobody has seen yet. */
	while (write(waker->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void loop_drop(struct loop_source *source)
{
	if (!source)
		return;

	if (source->event)
		event_free(source->event);
	if (source->fd >= 0)
		close(source->fd);
	free(source);
}

static void loop_stopped(void *arg)
{
	struct loop *loop = arg;

	event_base_loopbreak(loop->base);
}

int loop_new(struct loop **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	_cleanup_(loop_freep) struct loop *loop = calloc(1, sizeof(*loop));
	int r;

	pthread_once(&once, library_start);
	if (!loop)
		return -ENOMEM;

	loop->base = event_base_new();
	if (!loop->base)
		return -ENOMEM;

	/* Through a waker, because a loopbreak before the loop runs would be forgotten. */
	r = loop_waker(loop, loop_stopped, loop, &loop->stopper);
	if (r < 0)
		return r;

	*ret = TAKE(loop);
	return 0;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;

	loop_drop(loop->stopper);
	if (loop->base)
		event_base_free(loop->base);
	free(loop);
}

int loop_run(struct loop *loop)
{
	return event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0 ? -EIO : 0;
}

void loop_stop(struct loop *loop)
{
	loop_wake(loop->stopper);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}
