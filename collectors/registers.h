/*
 * Reading a register's file without a daemon (`tenken register import` shows what it would do) and the template that an
 * institution starts from.  The collector of the folder is in registers.c.
 */
#pragma once

#include "collectors/refusal.h"
#include "core/diag.h"
#include "core/register.h"

struct register_report {
	size_t rows;         /* rows given */
	size_t equal;        /* rows that say the same as an earlier one; left out */
	int equal_line;      /* the first of them */
	char unknown[256];   /* headings we do not know, separated by ", "; their cells are kept */
	struct refusal why;  /* filled when the file is refused */
	char digest[65];     /* SHA-256 of the file in hex */
	usec_t updated_at;   /* of the file */
	char updated_by[64]; /* its owner */
};

/*
 * Reads all of the file at @path (.csv or .xlsx) as the register @def.  @row, unless NULL, gets each row as key=value|... text
 * in the order of the file, but not before the whole file was found good.  0; -EBADMSG when the file is refused, with @ret->why;
 * any other negative errno is @row's.
 */
int registers_read(const struct register_def *def, const char *path, int (*row)(void *arg, struct str line), void *arg,
		   struct register_report *ret);

/* The same of @bytes that were not put anywhere yet; @name ("devices.csv") is said where something is wrong with them. */
int registers_read_bytes(const struct register_def *def, const char *name, struct str bytes,
			 int (*row)(void *arg, struct str line), void *arg, struct register_report *ret);

/* "KIND.csv" in UTF-8 with a byte order mark: Japanese headings and an example row.  0 or -EIO. */
int registers_template(const struct register_def *def, FILE *out);

enum registers_form { REGISTERS_PLAIN, REGISTERS_MARKDOWN, REGISTERS_MANUAL };

/* The columns of one register, or of all with an introduction: REGISTERS_PLAIN in one language, the others in both.  0 or -EIO. */
int registers_columns(const struct register_def *def, FILE *out, enum registers_form form, bool ja);
int registers_columns_all(FILE *out, enum registers_form form, bool ja);

/* Writes KIND.csv.example beside where KIND.csv belongs, for every kind; what is there and the same is left alone. */
int registers_templates(const char *directory, struct diag *diag);
