/*
 * What people say, taken in (design.md section 4, domain.md 2.2, 8.13): answers to the form, attestations, waivers, what does
 * not apply.  Checked against rules and registers, then written in the caller's transaction; what was said is never changed,
 * only followed by something newer or revoked.  words.c reads it.
 */
#pragma once

#include "daemon/complaint.h"
#include "rules/rules.h"

struct sqlite3;

/* The call: in, what it works on; out, what came of it. */
struct say {
	struct sqlite3 *db;
	const struct rules *rules;
	usec_t now;
	struct complaints *complaints;

	int64_t id;       /* of the new row, or of the revoked one */
	int64_t replaces; /* the row that stood until now; 0: none */
	uint64_t tables;  /* what changed, for judge_changed() */
};

/* All texts may be NULL, which is empty.  Dates as when_parse_date() reads them. */
struct say_answer {
	const char *pack; /* NULL: the first in force */
	const char *item;
	const char *vendor_id, *system_id;
	const char *answer;      /* "yes" or "no" */
	const char *answered_on; /* NULL: today */
	const char *target_on;   /* with "no": by when it will be yes */
	const char *who, *note;
};

/* Somebody vouches for one resource of a check. */
struct say_attestation {
	const char *check, *resource;
	const char *who, *role, *why;
	const char *until;                           /* NULL: as long as the check allows */
	const char *evidence_name, *evidence_sha256; /* a file that is kept elsewhere; both or none */
};

/* A finding is put up with until a day.  Who asks for it and who approves it are two people. */
struct say_waiver {
	const char *check, *resource; /* the latter a pattern: * ? [a-z] */
	const char *who, *approver, *why, *measure;
	const char *start, *until; /* start NULL: today; at most a year */
};

struct say_na {
	const char *what; /* ITEM, PACK/ITEM or CHECK */
	const char *who, *why, *until;
};

enum say_kind { SAY_ANSWER, SAY_ATTESTATION, SAY_WAIVER, SAY_NA, SAY_KINDS };

/* Each: 0, or -EINVAL with complaints by field; -EIO and others when SQLite fails. */
int say_answer(struct say *say, const struct say_answer *answer);
int say_attestation(struct say *say, const struct say_attestation *attestation);
int say_waiver(struct say *say, const struct say_waiver *waiver);
int say_na(struct say *say, const struct say_na *na);
/* Takes row @id back.  -ENOENT: there is none; -EEXIST with a complaint: it was taken back before. */
int say_revoke(struct say *say, enum say_kind kind, int64_t id, const char *who, const char *why);

/* A vendor's sheet, row by row as answers. */
enum say_sheet_change {
	SAY_SHEET_NEW,
	SAY_SHEET_CHANGED,
	SAY_SHEET_SAME,     /* it stands already, and makes no entry */
	SAY_SHEET_REVERSED, /* it was yes, and is no */
	SAY_SHEET_CHANGES,
};

struct say_sheet_row {
	const char *item; /* borrowed from the sheet */
	int line;
	enum say_sheet_change change;
	int64_t id, before; /* of the answer that stands now, and of the one that stood; 0: none */
};

struct say_sheet {
	struct say_sheet_row *rows; /* owned by the caller, also on failure */
	size_t n;
	unsigned counts[SAY_SHEET_CHANGES], blank;
	const char *pack;
	int year;
};

/* @vendor and @system, unless NULL, are those it must be of.  As say_answer(); nothing is to be kept unless it is 0. */
struct sheet;
int say_sheet(struct say *say, const struct sheet *sheet, const char *vendor, const char *system,
	      struct say_sheet *ret);

/* What they share, for say_*.c. */
int say_text(struct say *say, const char *field, const char *text, size_t max, bool required);
/* A date; -EINVAL: complained. */
int say_date(struct say *say, const char *field, const char *text, int64_t *ret_day);
/* Binds ?1 the time, ?2 ... the texts (NULL as NULL) and runs @sql; the new row is say->id. */
int say_insert(struct say *say, const char *sql, const char *const *values, size_t n);
/* The number that @sql gives for @values (?1 ...); 0 where there is no row. */
int say_number(struct say *say, const char *sql, const char *const *values, size_t n, int64_t *ret);
/* The last day of a year that begins on @day, as text. */
const char *say_year(char buf[48], int64_t day, int64_t *ret_last);
const struct item *say_item(const struct checklist *list, const char *id);
