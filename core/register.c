/*
 * The registers an institution keeps (domain.md 3.5, 3.6, 4 and 8.2; design.md section 8).  Adding one is adding a line here
 * and its columns.  What is peculiar: headings are compared with case, width and blanks folded, so that a sheet that came out
 * of a spreadsheet is read as it is.
 */

#include "core/register.h"

#include "core/register_duties.def"
#include "core/register_things.def"

#define REGISTER(kind, view, ja, en, key, any)                       \
	{                                                            \
#kind, view, ja, en, kind, COUNT(kind) - 1, key, any \
	}

const struct register_def registers[] = {
	REGISTER(people, NULL, "職員台帳", "people", "person_id", NULL),
	REGISTER(accounts, NULL, "アカウント台帳", "accounts", "system_id account_id", NULL),
	REGISTER(devices, NULL, "機器台帳", "devices", "device_id", "mac ip hostname"),
	REGISTER(vendors, NULL, "事業者台帳", "vendors", "vendor_id", NULL),
	REGISTER(contracts, NULL, "契約台帳", "contracts", "contract_id", NULL),
	REGISTER(contacts, NULL, "連絡先台帳", "contacts", "kind organisation section person vendor_id", NULL),
	REGISTER(roles, NULL, "任命台帳", "appointments", "role person_id appointed_at", NULL),
	REGISTER(systems, NULL, "システム台帳", "systems", "system_id", NULL),
	REGISTER(documents, NULL, "文書台帳", "documents", "kind title vendor_id system_id", NULL),
	REGISTER(calendar, NULL, "休診日カレンダー", "calendar", "date kind", NULL),
	REGISTER(log_sources, NULL, "ログ送信元台帳", "log sources", "source_id", NULL),
	REGISTER(backups, "v_backup", "バックアップ台帳", "backups", "job", NULL),
	REGISTER(backup_results, "v_backup_result", "バックアップ結果", "backup results", "job finished_at", NULL),
	REGISTER(restore_tests, "v_restore_test", "復元試験の記録", "restore tests", "system_id date", NULL),
	REGISTER(disclosures, "v_disclosure", "セキュリティ開示書台帳", "security disclosures",
		 "vendor_id system_id kind received_at", NULL),
	REGISTER(certifications, "v_certification", "認証台帳", "certifications", "vendor_id kind number", NULL),
	REGISTER(remote_maintenance, "v_remote_maintenance", "リモート保守台帳", "remote maintenance", "link_id", NULL),
	REGISTER(work_plans, "v_work_plan", "作業計画", "work plans", "plan_id", NULL),
	REGISTER(approvals, "v_approval", "承認記録", "approvals", "approval_id", NULL),
	REGISTER(rights_matrix, "v_right", "権限表", "rights matrix", "qualification duty information", NULL),
	REGISTER(media, "v_medium", "外部媒体台帳", "media", "media_id", NULL),
	REGISTER(endpoints, "v_endpoint", "端末管理の書き出し", "endpoint reports", "host", NULL),
	REGISTER(software_baseline, "v_software_baseline", "許可ソフトウェア台帳", "software baseline",
		 "host_class name", NULL),
	REGISTER(network_allow, "v_network_allow", "接続許可台帳", "allowed networks", "rule_id", NULL),
	REGISTER(advisories, "v_advisory", "脆弱性情報", "advisories", "advisory_id product", NULL),
	REGISTER(log_reviews, "v_log_review", "ログ確認の記録", "log reviews", "date reviewer_id system_id", NULL),
	REGISTER(regulations, "v_regulation", "規程の対応表", "regulations", "item clause", NULL),
	REGISTER(drills, "v_drill", "訓練の記録", "drills", "date kind", NULL),
	REGISTER(trainings, "v_training", "研修の記録", "trainings", "date title", NULL),
	REGISTER(incidents, "v_incident", "事案の記録", "incidents", "incident_id", NULL),
};

const size_t n_registers = COUNT(registers);

const struct register_def *register_find(struct str kind)
{
	for (size_t i = 0; i < n_registers; i++)
		if (str_eq(str_of(registers[i].kind), kind))
			return &registers[i];
	return NULL;
}

/* Writes @s with case, blanks, '_' and full-width letters folded; returns the bytes written. */
static size_t heading_fold(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < size; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ' || c == '\t' || c == '_' || c == '\n' || c == '\r')
			continue;
		if (c == 0xe3 && i + 2 < s.n && !memcmp(s.p + i, "\xe3\x80\x80", 3)) { /* ideographic space */
			i += 2;
			continue;
		}
		if (c == 0xef && i + 2 < s.n) { /* U+FF01..FF5E are ASCII + 0xfee0 */
			unsigned code = ((c & 15u) << 12) | (((unsigned char)s.p[i + 1] & 63u) << 6) |
					((unsigned char)s.p[i + 2] & 63u);

			if (code >= 0xff01 && code <= 0xff5e) {
				c = (unsigned char)(code - 0xfee0);
				i += 2;
			}
		}
		buf[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return n;
}

static bool heading_is(struct str folded, const char *name)
{
	char buf[128];

	return name && str_eq(folded, (struct str){ buf, heading_fold(str_of(name), buf, sizeof(buf)) });
}

static bool heading_any(struct str folded, const char *aliases)
{
	struct str rest = str_of(aliases);

	while (rest.n > 0) {
		struct str alias = str_cut(&rest, '|');
		char buf[128];

		if (str_eq(folded, (struct str){ buf, heading_fold(alias, buf, sizeof(buf)) }))
			return true;
	}
	return false;
}

int register_column(const struct register_def *def, struct str heading)
{
	char buf[128];
	struct str folded = { buf, heading_fold(heading, buf, sizeof(buf)) };

	if (folded.n == 0)
		return -1;
	for (size_t i = 0; i < def->n_columns; i++)
		if (heading_is(folded, def->columns[i].name) || heading_is(folded, def->columns[i].ja))
			return (int)i;
	for (size_t i = 0; i < def->n_columns; i++)
		if (heading_any(folded, def->columns[i].aliases))
			return (int)i;
	return -1;
}
