/*
 * Puts a register's file into its folder, where the collector sees the old one or the new one and never half of it.  What one
 * would get wrong: a symbolic link there is refused, not followed and not replaced.
 */
#pragma once

#include "core/base.h"
#include "core/register.h"

#define REGISTERS_BACKUPS 30 /* former files kept of each name; the oldest go */

struct registers_folder {
	const struct register_def *def;
	int dir;
	size_t files;             /* that are there of the kind */
	char names[2][64];        /* of the first two */
	bool foreign;             /* one of them is a link, or no file at all */
	char draft[96], name[64]; /* what is being put; "" when nothing is */
	char backup[128];         /* the former file, once it was put */
	bool landed;
};

/* Looks what is there.  Negative errno: there is no such folder, or it cannot be read. */
int registers_folder_open(struct registers_folder *folder, const char *path, const struct register_def *def);
/* The one that is there is an Excel workbook. */
bool registers_folder_workbook(const struct registers_folder *folder);
/* All bytes of the one file that is there, owned by the caller; -ENOENT none, -ELOOP a link. */
int registers_folder_read(const struct registers_folder *folder, char **ret, size_t *ret_n);
/* Writes @bytes beside, to the disk, under a name that nobody reads. */
int registers_folder_draft(struct registers_folder *folder, struct str bytes);
/* Gives the draft its name, and the former file that of a backup with the time @now. */
int registers_folder_land(struct registers_folder *folder, usec_t now);
/* Puts the former file back. */
void registers_folder_undo(struct registers_folder *folder);
void registers_folder_close(struct registers_folder *folder);
