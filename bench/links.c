/*
 * links DIR [N]: what it costs to verify a chain of N (10,000) links, on a site without anything else.  DIR is made and left empty
 * again.
 */
#include <sqlite3.h>
#include <sys/stat.h>

#include "bench/chain.h"
#include "core/when.h"
#include "daemon/store.h"

static int run(const char *dir, const char *path, int n)
{
	const char *const dirs[] = { dir, NULL };
	struct config config = { .file = (char *)"bench", .site_id = (char *)"bench", .profile = (char *)"hospital" };
	_cleanup_(store_closep) struct store *ingest = NULL, *service = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	_cleanup_(judge_freep) struct judge *judge = NULL;
	struct diag diag = { { 0 } };
	sqlite3 *reader = NULL;
	int r = rules_load(dirs, NULL, &rules, &diag);

	if (r == 0)
		r = store_open(path, STORE_INGEST, &ingest, &diag);
	if (r == 0)
		r = store_open(path, STORE_SERVICE, &service, &diag);
	if (r == 0)
		r = store_reader(path, &reader, &diag);
	if (r == 0)
		r = judge_new(&config, rules, service, NULL, NULL, &judge, &diag);
	if (r < 0)
		fprintf(stderr, "%s\n", diag.text);
	else {
		/* The disk is not what is measured. */
		sqlite3_exec(store_sqlite(service), "PRAGMA synchronous = OFF", NULL, NULL, NULL);
		r = chain_measure(dir, &config, judge, service, reader, n);
	}
	sqlite3_close_v2(reader);
	return r;
}

int main(int argc, char **argv)
{
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
	char path[4096], name[4200];
	int r;

	if (argc < 2) {
		fprintf(stderr, "usage: links DIR [N]\n");
		return 64;
	}
	when_zone("Asia/Tokyo");
	mkdir(argv[1], 0700);
	snprintf(path, sizeof(path), "%s/tenken.db", argv[1]);
	r = run(argv[1], path, argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10000);
	for (size_t i = 0; i < COUNT(endings); i++) {
		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		unlink(name);
	}
	rmdir(argv[1]);
	return r < 0 ? 1 : 0;
}
