/*
 * Inside of the collector of files: what its three files (files.c, files_scan.c, files_place.c) share.  Nobody else includes
 * this.
 */
#pragma once

#include "collectors/collector.h"
#include "collectors/tail.h"
#include "collectors/watch.h"

#define FILES_MAX 1000 /* that are followed at once; of more, one that was taken whole makes room */
#define FILES_OPEN 64
#define PLACES_MAX 32   /* lines of the configuration */
#define FOLDERS_MAX 128 /* folders they stand for */
#define PATH_BYTES 1024
#define NAME_BYTES 256

/* A line of the configuration: "PATH program=X host=Y encoding=Z"; a path that ends in slash and star: each folder in it. */
struct place {
	char path[PATH_BYTES];
	char program[NAME_BYTES], host[NAME_BYTES];
	bool each, programs; /* programs: "program=" was said, also when it is empty */
	enum charset charset;
};

struct folder {
	char path[PATH_BYTES];
	char name[NAME_BYTES]; /* its own: whose lines these are, where nobody says more */
	const struct place *place;
	uint32_t hash;
	/* The newest that had to make room: what changed no later and is not followed was taken (files_scan.c). */
	usec_t mark; /* ctime; 0: none had to */
	uint64_t mark_inode;
};

struct followed {
	struct tail tail;
	struct folder *folder; /* NULL: known from the position only */
	char name[NAME_BYTES];
	usec_t born;    /* ctime */
	usec_t read_at; /* monotonic */
	uint64_t tried; /* size at which no more could be taken */
	bool seen;      /* by the last look */
};

struct files {
	struct watch watch;
	struct tail_reader reader;
	struct place places[PLACES_MAX];
	size_t n_places;
	struct folder *folders[FOLDERS_MAX]; /* owned; one that is gone may come back */
	size_t n_folders;
	struct followed *files[FILES_MAX]; /* owned; in the order of the position */
	size_t n, turn, n_open;
	char *position;             /* FILES_MAX entries of POSITION_ENTRY bytes */
	usec_t scan_at, scanned_at; /* monotonic */
	bool noticed, crowded;      /* crowded: files wait for room */
	bool missing_told, full_told;
	struct collector_stats stats;
};

#define POSITION_ENTRY 79

/* Reads the lines of the setting.  -EINVAL with a sentence. */
int files_places(struct files *files, const char *lines, struct diag *diag);
uint32_t files_hash(struct str s);

/* A mark stands among the files of the position, without a name. */
static inline bool files_is_mark(const struct followed *file)
{
	return file->tail.name == 0;
}

/* What the position said, as files whose folders are not seen yet.  What cannot be read is left out. */
int files_remember(struct files *files, struct str cursor);
/* Writes the entry of @index; the whole position. */
void files_note(struct files *files, size_t index);
struct str files_position(const struct files *files);

/* Looks at all folders: which files there are, how long they are, and which are the same under other names. */
int files_scan(struct files *files, usec_t now, struct diag *diag);
