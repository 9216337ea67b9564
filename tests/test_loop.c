/* The loop: descriptors, timers, signals, wake-ups from another thread. */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include "core/clock.h"
#include "daemon/loop.h"
#include "tests/table.h"

struct scene {
	struct loop *loop;
	struct loop_source *source, *other, *limit;
	int calls, other_calls, want;
	int pipe[2];
};

static void too_late(void *arg)
{
	fail_msg("the loop was not called in time");
}

static void count(void *arg)
{
	struct scene *scene = arg;

	if (++scene->calls >= scene->want)
		loop_stop(scene->loop);
}

static void count_other(void *arg)
{
	struct scene *scene = arg;

	scene->other_calls++;
}

static void begin(struct scene *scene, int want)
{
	*scene = (struct scene){ .want = want, .pipe = { -1, -1 } };
	assert_int_equal(loop_new(&scene->loop), 0);
	assert_int_equal(loop_timer(scene->loop, SECONDS(20), false, too_late, scene, &scene->limit), 0);
}

static void end(struct scene *scene)
{
	loop_drop(scene->source);
	loop_drop(scene->other);
	loop_drop(scene->limit);
	loop_free(scene->loop);
}

static void repeats(void **state)
{
	struct scene scene;

	begin(&scene, 3);
	assert_int_equal(loop_timer(scene.loop, MSEC(1), true, count, &scene, &scene.source), 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(scene.calls, 3);
	end(&scene);
}

static void rearm_self(void *arg)
{
	struct scene *scene = arg;

	count(scene);
	loop_rearm(scene->source, MSEC(1));
}

static void once_and_rearmed(void **state)
{
	struct scene scene;

	begin(&scene, 4);
	assert_int_equal(loop_timer(scene.loop, HOURS(1), false, rearm_self, &scene, &scene.source), 0);
	loop_rearm(scene.source, 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(scene.calls, 4);
	end(&scene);
}

static void drop_self(void *arg)
{
	struct scene *scene = arg;

	loop_drop(TAKE(scene->source));
	count(scene);
}

static void dropped_from_inside(void **state)
{
	struct scene scene;

	begin(&scene, 1);
	assert_int_equal(loop_timer(scene.loop, 0, true, drop_self, &scene, &scene.source), 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(scene.calls, 1);
	end(&scene);
}

static void read_one(void *arg)
{
	struct scene *scene = arg;
	char byte;

	assert_int_equal(read(scene->pipe[0], &byte, 1), 1);
	count(scene);
}

static void resume(void *arg)
{
	struct scene *scene = arg;

	assert_int_equal(scene->calls, 0);
	loop_resume(scene->source);
}

static void descriptors_pause(void **state)
{
	struct scene scene;

	begin(&scene, 2);
	assert_int_equal(pipe2(scene.pipe, O_CLOEXEC), 0);
	assert_int_equal(write(scene.pipe[1], "ab", 2), 2);
	assert_int_equal(loop_fd(scene.loop, scene.pipe[0], read_one, &scene, &scene.source), 0);
	loop_pause(scene.source);
	assert_int_equal(loop_timer(scene.loop, MSEC(5), false, resume, &scene, &scene.other), 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(scene.calls, 2);
	end(&scene);
	close(scene.pipe[0]);
	close(scene.pipe[1]);
}

static void signals(void **state)
{
	struct scene scene;

	begin(&scene, 1);
	assert_int_equal(loop_signal(scene.loop, SIGUSR2, count, &scene, &scene.source), 0);
	assert_int_equal(kill(getpid(), SIGUSR2), 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(scene.calls, 1);
	end(&scene);
}

static void *wakes(void *arg)
{
	struct scene *scene = arg;

	for (int i = 0; i < 10000; i++)
		loop_wake(scene->other);
	loop_wake(scene->source);
	return NULL;
}

static void wakes_from_a_thread(void **state)
{
	struct scene scene;
	pthread_t thread;

	begin(&scene, 1);
	assert_int_equal(loop_waker(scene.loop, count, &scene, &scene.source), 0);
	assert_int_equal(loop_waker(scene.loop, count_other, &scene, &scene.other), 0);
	assert_int_equal(pthread_create(&thread, NULL, wakes, &scene), 0);
	assert_int_equal(loop_run(scene.loop), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(scene.calls, 1);
	assert_true(scene.other_calls <= 10000);
	end(&scene);
}

static void stopped_before_it_runs(void **state)
{
	struct scene scene;

	begin(&scene, 1);
	loop_stop(scene.loop);
	assert_int_equal(loop_run(scene.loop), 0);
	end(&scene);
}

static void nothing_to_drop(void **state)
{
	loop_drop(NULL);
	loop_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats),
		cmocka_unit_test(once_and_rearmed),
		cmocka_unit_test(dropped_from_inside),
		cmocka_unit_test(descriptors_pause),
		cmocka_unit_test(signals),
		cmocka_unit_test(wakes_from_a_thread),
		cmocka_unit_test(stopped_before_it_runs),
		cmocka_unit_test(nothing_to_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
