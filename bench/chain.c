/* Snapshots for bench/judge: of the large hospital, twice, and a chain of many small ones that is verified. */
#include "bench/chain.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>

#include "core/clock.h"
#include "daemon/snapshots/insert.h"
#include "daemon/snapshots/verify.h"

static double cpu_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}

static int take(const struct config *config, struct judge *judge, struct store *store, sqlite3 *reader,
		const struct chain_key *key, struct snapshot_result *ret)
{
	_cleanup_(picture_freep) struct picture *picture = NULL;
	struct diag diag = { "" };
	int r = picture_rules(config, judge, &picture);

	while (r == 0 && (r = picture_events(picture, reader)) > 0)
		r = 0;
	if (r == 0)
		r = picture_read(picture, reader);
	return r < 0 ? r : insert_snapshot(store, picture, key, "asked", "bench", "bench", clock_now(), ret, &diag);
}

static int key_make(const char *dir, struct store *store, struct chain_key **ret)
{
	struct diag diag = { "" };
	char path[4200];
	int r;

	snprintf(path, sizeof(path), "%s/snapshot.key", dir);
	r = chain_key_make(path, NULL, ret, &diag);
	unlink(path);
	return r == 0 ? insert_key(store, *ret, NULL, clock_now()) : r;
}

int chain_measure(const char *dir, const struct config *site, struct judge *judge, struct store *store, sqlite3 *reader,
		  int links)
{
	_cleanup_(chain_key_freep) struct chain_key *key = NULL;
	struct config config = *site;
	struct snapshot_result result = { .error = 0 };
	struct verify *verify = malloc(sizeof(*verify));
	struct verify_run *run = NULL;
	double begin, longest = 0, step;
	int r = verify ? key_make(dir, store, &key) : -ENOMEM, steps = 0;

	config.site_name = (char *)"bench";
	config.guideline = (char *)"6.0";
	config.timezone = (char *)"Asia/Tokyo";
	for (int i = 0; r == 0 && i < links; i++) {
		begin = cpu_ms();
		r = take(&config, judge, store, reader, key, &result);
		if (i < 2)
			printf("snapshot %d: %.0f ms of CPU, %llu bytes, %llu of them new\n", i + 1, cpu_ms() - begin,
			       (unsigned long long)result.bytes, (unsigned long long)result.new_bytes);
	}
	begin = cpu_ms();
	if (r == 0) {
		verify_init(verify, NULL, 0);
		r = verify_begin(verify, clock_now(), &run);
	}
	if (r == 0)
		do {
			step = cpu_ms();
			r = verify_step(run, reader, MSEC(250), NULL, NULL);
			longest = cpu_ms() - step > longest ? cpu_ms() - step : longest;
			steps++;
		} while (r > 0);
	if (r == 0)
		printf("verify of %lld links: %.0f ms of CPU, %d steps, the longest %.0f ms%s\n",
		       (long long)verify->links, cpu_ms() - begin, steps, longest, verify->failed ? ": FAILED" : "");
	verify_run_free(run);
	free(verify);
	return r;
}
