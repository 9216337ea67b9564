/*
 * Patients by keyed hash (HMAC-SHA-256): the same patient is the same word, and nobody without the key can tell who.  The key
 * is a file beside the database, made at the first start, and goes into no backup of ours: who has both could try all ids.
 */
#pragma once

#include "core/diag.h"
#include "core/str.h"

#define PATIENT_HASH 32 /* hex digits: half of the digest */

struct patients;

/*
 * @db_path: "...tenken.db", the key is patient.key in its folder (0600).  -EPERM: others may read the key; -EBADMSG: it is none;
 * @diag says what to do.  Without a file (a database in memory) the key lives as long as this.
 */
int patients_open(const char *db_path, struct patients **ret, struct diag *diag);
void patients_free(struct patients *patients);
DEFINE_CLEANUP(struct patients, patients_free)

/* The word for @id in @buf; empty when it cannot be made: then nothing is kept.  Blanks around an id do not count. */
struct str patients_hash(struct patients *patients, struct str id, char buf[static PATIENT_HASH + 1]);
