/* Where files are looked for, and the position: one entry of fixed length a file, so that it is changed in place. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "collectors/files_parts.h"

uint32_t files_hash(struct str s)
{
	uint64_t value = str_hash(s, false);
	uint32_t hash = (uint32_t)(value ^ value >> 32);

	return hash ? hash : 1; /* 0 is no name */
}

/* '@' in front of a name is ours alone. */
static void name_copy(char *buf, struct str s)
{
	while (s.n > 0 && s.p[0] == '@')
		s = str_from(s, 1);
	str_copy(buf, NAME_BYTES, s);
}

static bool option_read(struct place *place, struct str option)
{
	struct str value = option, name = str_cut(&value, '=');

	if (name.n == option.n)
		return false;
	if (str_eq(name, STR("program"))) {
		name_copy(place->program, value);
		place->programs = true;
		return true;
	}
	if (str_eq(name, STR("host"))) {
		str_copy(place->host, sizeof(place->host), value);
		return value.n > 0;
	}
	return str_eq(name, STR("encoding")) && charset_parse(value, &place->charset);
}

static bool place_read(struct place *place, struct str line)
{
	struct str rest = str_trim(line), path = str_cut(&rest, ' ');

	place->each = str_ends(path, STR("/*"));
	if (place->each)
		path.n -= 2;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n == 0 || path.p[0] != '/' || path.n >= sizeof(place->path) - NAME_BYTES - 1)
		return false;
	str_copy(place->path, sizeof(place->path), path);
	while (rest.n > 0) {
		struct str option = str_cut(&rest, ' ');

		if (option.n > 0 && !option_read(place, option))
			return false;
	}
	return true;
}

int files_places(struct files *files, const char *lines, struct diag *diag)
{
	struct str rest = str_of(lines);

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		if (str_trim(line).n == 0)
			continue;
		if (files->n_places == PLACES_MAX || !place_read(&files->places[files->n_places], line))
			return diag_set(
				diag, -EINVAL,
				"collectors.files.directories: \"" STR_FMT
				"\": expected \"/PATH program=NAME host=NAME encoding=auto\", %d of them at most",
				STR_ARG(str_first(line, 120)), PLACES_MAX);
		files->n_places++;
	}
	return 0;
}

/* Entries have one length each, whatever is in them. */
#define ENTRY_FORMAT "%08x %08x %016llx %016llx %08x %02x %08x %03x %c\n"

void files_note(struct files *files, size_t index)
{
	const struct tail *tail = &files->files[index]->tail;
	char entry[POSITION_ENTRY + 1], state = tail->inside ? (tail->timed ? 'T' : 'I') : tail->timed ? 't' : '-';

	snprintf(entry, sizeof(entry), ENTRY_FORMAT, tail->folder, tail->name, (unsigned long long)tail->inode,
		 (unsigned long long)tail->at, tail->head, tail->head_n & 0xffu, tail->last, tail->last_n & 0xfffu,
		 state);
	memcpy(files->position + index * POSITION_ENTRY, entry, POSITION_ENTRY);
}

struct str files_position(const struct files *files)
{
	return (struct str){ files->position, files->n * POSITION_ENTRY };
}

static bool entry_read(struct str line, struct tail *ret)
{
	unsigned folder, name, head, head_n, last, last_n;
	unsigned long long inode, at;
	char buf[POSITION_ENTRY + 1], state;

	str_copy(buf, sizeof(buf), line);
	if (line.n != POSITION_ENTRY - 1 || sscanf(buf, "%8x %8x %16llx %16llx %8x %2x %8x %3x %c", &folder, &name,
						   &inode, &at, &head, &head_n, &last, &last_n, &state) != 9)
		return false;
	if (head_n > TAIL_HEAD || last_n > TAIL_LAST || last_n > at)
		return false;
	*ret = (struct tail){ .folder = folder,
			      .name = name,
			      .inode = inode,
			      .at = at,
			      .head = head,
			      .head_n = (uint16_t)head_n,
			      .last = last,
			      .last_n = (uint16_t)last_n,
			      .timed = state == 't' || state == 'T',
			      .inside = state == 'I' || state == 'T',
			      .fd = -1 };
	return true;
}

int files_remember(struct files *files, struct str cursor)
{
	while (cursor.n > 0 && files->n < FILES_MAX) {
		struct tail tail;

		if (!entry_read(str_cut(&cursor, '\n'), &tail))
			continue;
		files->files[files->n] = calloc(1, sizeof(**files->files));
		if (!files->files[files->n])
			return -ENOMEM;
		files->files[files->n]->tail = tail;
		files->files[files->n]->tried = UINT64_MAX;
		files_note(files, files->n++);
	}
	return 0;
}
