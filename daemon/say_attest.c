/*
 * Attestations (domain.md 8.13): a named person vouches for one resource of a check, where the check allows it and for as long
 * as it allows.  They turn "unknown" into "attested" and nothing else, so a row that is measured as bad takes none.
 */

#include <errno.h>

#include "core/when.h"
#include "daemon/say.h"
#include "daemon/statement.h"

static const struct check *check_of(struct say *say, const struct say_attestation *attestation)
{
	const struct check *check = NULL;

	if (say_text(say, "check", attestation->check, 200, true) < 0)
		return NULL;
	check = rules_check(say->rules, str_of(attestation->check));
	if (!check)
		COMPLAIN(say->complaints, "check", TEXT_say_check, "value", attestation->check);
	else if (check->attest_days == 0)
		complain(say->complaints, "check", TEXT_say_no_attest, NULL);
	return check && check->attest_days > 0 ? check : NULL;
}

/* The resource is a row that the check has now, and none that is measured as bad. */
static int row_check(struct say *say, const struct say_attestation *attestation)
{
	const char *key[] = { attestation->check, attestation->resource };
	int64_t n = 0, bad = 0;
	int r;

	if (say_text(say, "resource", attestation->resource, 500, true) < 0)
		return 0;
	r = say_number(say, "SELECT count(*) FROM verdict WHERE check_id = ?1 AND resource = ?2", key, 2, &n);
	if (r == 0)
		r = say_number(say,
			       "SELECT CASE status WHEN 'fail' THEN 2 WHEN 'warn' THEN 1 END FROM verdict"
			       " WHERE check_id = ?1 AND resource = ?2",
			       key, 2, &bad);
	if (r < 0)
		return r;
	if (n == 0)
		COMPLAIN(say->complaints, "resource", TEXT_say_no_row, "value", attestation->resource, "check",
			 attestation->check);
	else if (bad > 0)
		COMPLAIN(say->complaints, "resource", TEXT_say_row_bad, "status", bad == 2 ? "fail" : "warn");
	return 0;
}

static void until_check(struct say *say, const struct say_attestation *attestation, const struct check *check,
			char until[static WHEN_MAX])
{
	int64_t today = when_day_of(say->now), last = today + check->attest_days, day = last;
	char days[16];

	when_format_day(until, last);
	if (!attestation->until || !attestation->until[0] || say_date(say, "until", attestation->until, &day) < 0)
		return;
	snprintf(days, sizeof(days), "%d", check->attest_days);
	if (day < today)
		complain(say->complaints, "until", TEXT_say_past, NULL);
	else if (day > last)
		COMPLAIN(say->complaints, "until", TEXT_say_attest_long, "days", days, "last", until);
	when_format_day(until, day);
}

static void evidence_check(struct say *say, const struct say_attestation *attestation)
{
	struct str name = str_of(attestation->evidence_name), hash = str_of(attestation->evidence_sha256);

	if (name.n == 0 && hash.n == 0)
		return;
	say_text(say, "evidence_name", attestation->evidence_name, 255, true);
	if (str_index(name, '/') >= 0 || str_index(name, '\\') >= 0)
		complain(say->complaints, "evidence_name", TEXT_say_evidence_name, NULL);
	if (name.n == 0 || hash.n != 64 || strspn(attestation->evidence_sha256, "0123456789abcdef") != 64)
		complain(say->complaints, "evidence_sha256", TEXT_say_evidence, NULL);
}

int say_attestation(struct say *say, const struct say_attestation *attestation)
{
	const struct check *check = check_of(say, attestation);
	char until[WHEN_MAX] = "";
	const char *key[] = { attestation->check, attestation->resource, until };
	int r;

	r = check ? row_check(say, attestation) : 0;
	if (r < 0)
		return r;
	say_text(say, "who", attestation->who, 200, true);
	say_text(say, "role", attestation->role, 200, false);
	say_text(say, "why", attestation->why, 2000, true);
	if (check)
		until_check(say, attestation, check, until);
	evidence_check(say, attestation);
	if (say->complaints->n > 0)
		return -EINVAL;
	r = say_number(say,
		       "SELECT id FROM attestation WHERE check_id = ?1 AND resource = ?2 AND revoked_at IS NULL"
		       " ORDER BY id DESC LIMIT 1",
		       key, 2, &say->replaces);
	if (r < 0)
		return r;

	say->tables |= store_table("attestation");
	return say_insert(
		say,
		"INSERT INTO attestation (at, check_id, resource, who, role, why, until, evidence_name, evidence_sha256)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, ''), nullif(?9, ''))",
		(const char *[]){ attestation->check, attestation->resource, attestation->who,
				  attestation->role ? attestation->role : "", attestation->why, until,
				  attestation->evidence_name, attestation->evidence_sha256 },
		8);
}
