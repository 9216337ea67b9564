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

static void attach(struct followed *file, const struct folder *folder, const struct sight *sight, usec_t now)
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

		if (tail->inode == inode && tail->folder == folder->hash)
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

/* The one that can be spared first: gone, else the oldest that was taken whole and is older than @born.  NULL: none. */
static struct followed *spare(struct files *files, usec_t born)
{
	struct followed *found = NULL;

	for (size_t i = 0; i < files->n; i++) {
		struct followed *file = files->files[i];

		if (file->tail.fd >= 0 && file->tail.size != file->tail.at)
			continue;
		if (!file->seen && (!file->folder || file->tried == file->tail.size))
			return file;
		if (file->seen && file->tried == file->tail.size && file->born < born &&
		    (!found || file->born < found->born))
			found = file;
	}
	return found;
}

static struct followed *newcomer(struct files *files, usec_t born)
{
	struct followed *file;

	if (files->n < FILES_MAX) {
		file = calloc(1, sizeof(*file));
		if (!file)
			return NULL;
		files->files[files->n++] = file;
	} else {
		file = spare(files, born);
		if (!file)
			return NULL;
		if (file->tail.fd >= 0)
			files->n_open--;
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

	if (file) { /* tail_same() will tell; the same length is a new file that says the same */
		if (file->tail.fd >= 0)
			files->n_open--;
		tail_close(&file->tail);
		if (sight->size == file->tail.at)
			tail_rewind(&file->tail);
		file->tried = UINT64_MAX;
	} else {
		file = newcomer(files, sight->born);
	}
	if (!file) {
		folder->beyond++;
		return;
	}
	attach(file, folder, sight, now);
	file->tail.changed = now;
	for (size_t i = 0; i < files->n; i++)
		if (files->files[i] == file)
			files_note(files, i);
}

/* Known files first, since a new one may bear the name of one that was renamed. */
static int folder_scan(struct files *files, struct folder *folder, DIR *dir, usec_t now)
{
	_free_ struct sight *fresh = NULL;
	struct dirent *entry;
	size_t n = 0, size = 0;

	folder->beyond = 0;
	while ((entry = readdir(dir))) {
		struct sight sight;
		struct followed *file;

		if (ignored(str_of(entry->d_name)) || sight_read(dirfd(dir), entry->d_name, &sight) < 0)
			continue;
		file = by_inode(files, folder, sight.inode);
		if (file) {
			if (!file->seen) /* else one more name of it */
				attach(file, folder, &sight, now);
			continue;
		}
		if (n == FRESH_MAX) {
			folder->beyond++;
			continue;
		}
		if (n == size) {
			struct sight *grown = realloc(fresh, (size ? size * 2 : 16) * sizeof(*fresh));

			if (!grown)
				return -ENOMEM;
			fresh = grown;
			size = size ? size * 2 : 16;
		}
		fresh[n++] = sight;
	}
	for (size_t i = 0; i < n; i++)
		admit(files, folder, &fresh[i], now);
	return 0;
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
