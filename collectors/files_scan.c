/*
 * A look at the folders.  A file is known by its inode; one that was replaced under its name (a copy of a log that has grown, a
 * rotation) by what it says, see tail_same().  No link is followed, nothing but ordinary files is opened.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "collectors/files_parts.h"

#define FRESH_MAX FILES_MAX

struct sight {
	char name[NAME_BYTES];
	uint64_t inode, size;
	usec_t born;
};

/* What other programs write beside a file before it is whole, and what is no text. */
static bool ignored(struct str name)
{
	static const char *const ends[] = { "~",    ".tmp",  ".part", ".partial", ".filepart", ".crdownload",
					    ".swp", ".gz",   ".xz",   ".bz2",     ".zst",      ".zip",
					    ".7z",  ".evtx", ".xls",  ".xlsx",    ".db" };

	if (name.n == 0 || name.p[0] == '.' || str_starts(name, STR("~$")) || name.n >= NAME_BYTES)
		return true;
	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t n = strlen(ends[i]);

		if (name.n > n && str_ieq(str_from(name, name.n - n), str_of(ends[i])))
			return true;
	}
	return false;
}

static bool is_table(struct str name)
{
	struct str end = str_from(name, name.n > 4 ? name.n - 4 : 0);

	return str_ieq(end, STR(".csv")) || str_ieq(end, STR(".tsv"));
}

static void attach(struct followed *file, struct folder *folder, const struct sight *sight, usec_t now)
{
	struct tail *tail = &file->tail;

	if (tail->size != sight->size)
		tail->changed = now;
	tail->size = sight->size;
	tail->inode = sight->inode;
	tail->name = files_hash(str_of(sight->name));
	tail->folder = folder->hash;
	tail->table = is_table(str_of(sight->name));
	file->folder = folder;
	file->born = sight->born;
	file->seen = true;
	str_copy(file->name, sizeof(file->name), str_of(sight->name));
}

static struct followed *by_inode(struct files *files, const struct folder *folder, uint64_t inode)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct tail *tail = &files->files[i]->tail;

		if (tail->inode == inode && tail->folder == folder->hash && !files_is_mark(files->files[i]))
			return files->files[i];
	}
	return NULL;
}

/* One whose name this is and which is not there any more; all of it was taken, or it cannot be read any more. */
static struct followed *by_name(struct files *files, const struct folder *folder, const char *name)
{
	uint32_t hash = files_hash(str_of(name));

	for (size_t i = 0; i < files->n; i++) {
		const struct followed *file = files->files[i];

		if (file->tail.name == hash && file->tail.folder == folder->hash && !file->seen && file->tail.timed &&
		    (file->tail.fd < 0 || file->tail.size == file->tail.at))
			return files->files[i];
	}
	return NULL;
}

/* The one that can be spared first: gone, else the oldest that was taken whole.  NULL: none. */
static struct followed *spare(struct files *files)
{
	struct followed *found = NULL;

	for (size_t i = 0; i < files->n; i++) {
		struct followed *file = files->files[i];

		if (files_is_mark(file) || (file->tail.fd >= 0 && file->tail.size != file->tail.at))
			continue;
		if (!file->seen && (!file->folder || file->tried == file->tail.size))
			return file;
		if (file->seen && file->tried == file->tail.size && (!found || file->born < found->born))
			found = file;
	}
	return found;
}

static bool later(usec_t born, uint64_t inode, const struct folder *folder)
{
	return born > folder->mark || (born == folder->mark && inode > folder->mark_inode);
}

/* Its folder remembers how far files were taken; the entry of the mark takes the place of the file's, or of the last mark. */
static void mark_set(struct files *files, struct followed *file)
{
	struct folder *folder = file->folder;
	struct followed *mark = file;

	for (size_t i = 0; i < files->n; i++)
		if (files_is_mark(files->files[i]) && files->files[i]->tail.folder == folder->hash)
			mark = files->files[i];
	if (later(file->born, file->tail.inode, folder)) {
		folder->mark = file->born;
		folder->mark_inode = file->tail.inode;
	}
	if (mark == file)
		tail_close(&file->tail);
	mark->folder = NULL;
	mark->seen = false;
	mark->tail = (struct tail){
		.folder = folder->hash, .inode = folder->mark_inode, .at = (uint64_t)folder->mark, .fd = -1
	};
	for (size_t i = 0; i < files->n; i++)
		if (files->files[i] == mark)
			files_note(files, i);
}

/* Of the folder, as the position said it. */
static void mark_get(struct files *files, struct folder *folder)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct tail *tail = &files->files[i]->tail;

		if (files_is_mark(files->files[i]) && tail->folder == folder->hash) {
			folder->mark = (usec_t)tail->at;
			folder->mark_inode = tail->inode;
		}
	}
}

/* Room for one more, NULL when there is none now. */
static struct followed *newcomer(struct files *files)
{
	struct followed *file = files->n < FILES_MAX ? calloc(1, sizeof(*file)) : spare(files);

	if (!file)
		return NULL;
	if (files->n < FILES_MAX) {
		files->files[files->n++] = file;
	} else {
		files->n_open -= file->tail.fd >= 0;
		if (file->seen) {
			mark_set(files, file);
			if (files_is_mark(file)) /* the first of its folder: the next one makes room */
				return newcomer(files);
		}
		tail_close(&file->tail);
		*file = (struct followed){ 0 };
	}
	file->tail.fd = -1;
	file->tried = UINT64_MAX;
	return file;
}

static int sight_read(int dir, const char *name, struct sight *ret)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return -ENOENT;
	*ret = (struct sight){ .inode = st.st_ino,
			       .size = (uint64_t)st.st_size,
			       .born = SECONDS(st.st_ctim.tv_sec) + st.st_ctim.tv_nsec / 1000 };
	str_copy(ret->name, sizeof(ret->name), str_of(name));
	return 0;
}

static void admit(struct files *files, struct folder *folder, const struct sight *sight, usec_t now)
{
	struct followed *file = by_name(files, folder, sight->name);

	if (!file && !later(sight->born, sight->inode, folder))
		return;
	if (file) { /* tail_same() will tell; the same length is a new file that says the same */
		if (file->tail.fd >= 0)
			files->n_open--;
		tail_close(&file->tail);
		if (sight->size == file->tail.at)
			tail_rewind(&file->tail);
		file->tried = UINT64_MAX;
	} else {
		file = newcomer(files);
	}
	files->crowded |= !file;
	if (!file)
		return;
	attach(file, folder, sight, now);
	file->tail.changed = now;
	for (size_t i = 0; i < files->n; i++)
		if (files->files[i] == file)
			files_note(files, i);
}

static int by_age(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	return x->born != y->born ? (x->born > y->born) - (x->born < y->born)
				  : (x->inode > y->inode) - (x->inode < y->inode);
}

struct fresh {
	struct sight *sights; /* owned */
	size_t n, size;
};

/* Of very many the oldest are kept: files are taken in the order in which they changed, and the mark rests on that. */
static int fresh_add(struct files *files, struct fresh *fresh, const struct sight *sight)
{
	if (fresh->n == fresh->size && fresh->size < 2 * FRESH_MAX) {
		size_t size = fresh->size ? 2 * fresh->size : 16;
		struct sight *grown;

		size = size < 2 * FRESH_MAX ? size : 2 * FRESH_MAX;
		grown = realloc(fresh->sights, size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		fresh->sights = grown;
		fresh->size = size;
	}
	if (fresh->n == 2 * FRESH_MAX) {
		qsort(fresh->sights, fresh->n, sizeof(*fresh->sights), by_age);
		fresh->n = FRESH_MAX;
		files->crowded = true;
	}
	fresh->sights[fresh->n++] = *sight;
	return 0;
}

/* Known files first, since a new one may bear the name of one that was renamed. */
static int folder_scan(struct files *files, struct folder *folder, DIR *dir, usec_t now)
{
	struct fresh fresh = { 0 };
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (entry = readdir(dir))) {
		struct sight sight;
		struct followed *file;

		if (ignored(str_of(entry->d_name)) || sight_read(dirfd(dir), entry->d_name, &sight) < 0)
			continue;
		file = by_inode(files, folder, sight.inode);
		if (!file)
			r = fresh_add(files, &fresh, &sight);
		else if (!file->seen) /* else one more name of it */
			attach(file, folder, &sight, now);
	}
	if (fresh.n > 0)
		qsort(fresh.sights, fresh.n, sizeof(*fresh.sights), by_age);
	for (size_t i = 0; r == 0 && i < fresh.n && !(files->crowded && i >= FRESH_MAX); i++)
		admit(files, folder, &fresh.sights[i], now);
	free(fresh.sights);
	return r;
}

static struct folder *folder_of(struct files *files, const struct place *place, const char *path)
{
	struct folder *folder;

	for (size_t i = 0; i < files->n_folders; i++)
		if (!strcmp(files->folders[i]->path, path))
			return files->folders[i];
	folder = files->n_folders < FOLDERS_MAX ? calloc(1, sizeof(*folder)) : NULL;
	if (!folder)
		return NULL;
	str_copy(folder->path, sizeof(folder->path), str_of(path));
	str_copy(folder->name, sizeof(folder->name), str_of(strrchr(path, '/') + 1));
	folder->place = place;
	folder->hash = files_hash(str_of(path));
	mark_get(files, folder);
	files->folders[files->n_folders++] = folder;
	return folder;
}

static int path_scan(struct files *files, const struct place *place, const char *path, usec_t now, struct diag *diag)
{
	_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct folder *folder = fd < 0 ? NULL : folder_of(files, place, path);
	DIR *dir;
	int r;

	if (fd < 0)
		return -errno;
	if (!folder) {
		if (!files->full_told)
			diag_set(diag, 0, "files: more than %d folders: %s and others are not read", FOLDERS_MAX, path);
		files->full_told = true;
		return 0;
	}
	watch_folder(&files->watch, path);
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	fd = -1;
	r = folder_scan(files, folder, dir, now);
	closedir(dir);
	return r;
}

static int each_scan(struct files *files, const struct place *place, usec_t now, struct diag *diag)
{
	DIR *dir = opendir(place->path);
	char path[PATH_BYTES + NAME_BYTES];
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	watch_folder(&files->watch, place->path);
	while (r != -ENOMEM && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || entry->d_name[0] == '@')
			continue;
		snprintf(path, sizeof(path), "%s/%s", place->path, entry->d_name);
		r = path_scan(files, place, path, now, diag); /* what is no folder, or a link to one, is left alone */
	}
	closedir(dir);
	return r == -ENOMEM ? r : 0;
}

int files_scan(struct files *files, usec_t now, struct diag *diag)
{
	int r = 0;

	files->crowded = false;
	for (size_t i = 0; i < files->n; i++)
		files->files[i]->seen = false;
	for (size_t i = 0; r != -ENOMEM && i < files->n_places; i++) {
		const struct place *place = &files->places[i];

		r = place->each ? each_scan(files, place, now, diag) : path_scan(files, place, place->path, now, diag);
		if (r < 0 && r != -ENOMEM && !files->missing_told) {
			files->missing_told = true;
			diag_set(diag, 0, "files: %s cannot be read: %s; nothing is taken from there", place->path,
				 strerror(-r));
		}
	}
	return r == -ENOMEM ? r : 0;
}
