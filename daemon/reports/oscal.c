/*
 * OSCAL assessment results (NIST, model 1.1): each row of the form is an observation and a finding, a "no" with its target a
 * risk with a deadline, a waiver a deviation that was approved.  Ids are UUIDs of version 5 from stable names, so that two
 * exports differ where the facts do.
 */
#include <errno.h>
#include <openssl/evp.h>

#include "daemon/reports/report.h"

#define OSCAL_VERSION "1.1.2"
#define PLAN \
	"チェックリストの各項目を、tenkend が記録と台帳から測定した。 / Each row of the checklist, measured by tenkend."
#define NS "https://tenken.invalid/ns/oscal"

/* RFC 4122 4.3 over the namespace of URLs. */
static const char *uuid(const struct report *report, const char *kind, const char *name, char buf[static 37])
{
	static const unsigned char space[] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
					       0x80, 0xb4, 0,    0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	unsigned char md[EVP_MAX_MD_SIZE] = { 0 };
	const char *const parts[] = { NS, "/", report->code, "/", report->pack, "/", kind, "/", name };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
		  EVP_DigestUpdate(ctx, space, sizeof(space)) == 1;

	for (size_t i = 0; ok && i < COUNT(parts); i++)
		ok = EVP_DigestUpdate(ctx, parts[i], strlen(parts[i])) == 1;
	if (ok)
		EVP_DigestFinal_ex(ctx, md, NULL);
	EVP_MD_CTX_free(ctx);
	md[6] = (unsigned char)((md[6] & 0x0f) | 0x50);
	md[8] = (unsigned char)((md[8] & 0x3f) | 0x80);
	snprintf(buf, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", md[0], md[1], md[2],
		 md[3], md[4], md[5], md[6], md[7], md[8], md[9], md[10], md[11], md[12], md[13], md[14], md[15]);
	return buf;
}

/* A text of OSCAL must hold something. */
static const char *some(const char *text)
{
	return str_trim(str_of(text)).n > 0 ? text : "-";
}

/* A value is one line without blanks around it. */
static json_t *prop(const char *name, const char *value)
{
	struct str line = str_trim(str_of(some(value)));
	ssize_t end = str_index(line, '\n');

	if (end >= 0)
		line = str_trim(str_first(line, (size_t)end));
	return json_pack("{s:s, s:s, s:s%}", "name", name, "ns", NS, "value", line.p, line.n);
}

/* "i2-5": an id of OSCAL begins with a letter. */
static const char *control(const struct report_row *row, char buf[static 64])
{
	snprintf(buf, 64, "item-%.50s", row->id);
	return buf;
}

static json_t *metadata(const struct report *report)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:[o, o]}", "title", report->title_ja, "last-modified", report->taken_at,
			 "version", report->code, "oscal-version", OSCAL_VERSION, "props", prop("site", report->site),
			 prop("demo", report->demo ? "yes" : "no"));
}

static json_t *observation(const struct report *report, const struct report_row *row)
{
	char id[37];
	const char *remark, *text = report_text_ja(row, &remark);

	return json_pack("{s:s, s:s, s:s, s:[s], s:s, s:[o, o, o, o], s:[{s:s}]}", "uuid",
			 uuid(report, "observation", row->id, id), "title", row->id, "description", some(text),
			 "methods", "TEST", "collected", report->taken_at, "props", prop("verdict", row->status),
			 prop("answer", row->answer), prop("answered-on", row->answered_on),
			 prop("text-state", row->text_state), "relevant-evidence", "description", some(row->evidence));
}

/* Two states are all there is: what is not known is not satisfied, for another reason than a failure. */
static json_t *finding(const struct report *report, const struct report_row *row)
{
	bool pass = !strcmp(row->status, "pass"), fail = !strcmp(row->status, "fail");
	char id[37], observed[37], target[64];

	return json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:{s:s, s:s}}, s:[{s:s}], s:[o]}", "uuid",
			 uuid(report, "finding", row->id, id), "title", row->id, "description", some(row->reasons_ja),
			 "target", "type", "objective-id", "target-id", control(row, target), "status", "state",
			 pass ? "satisfied" : "not-satisfied", "reason",
			 pass   ? "pass"
			 : fail ? "fail"
				: "other",
			 "related-observations", "observation-uuid", uuid(report, "observation", row->id, observed),
			 "props", prop("verdict", row->status));
}

/* The risks of a row, into @list; the finding that they belong to names them. */
static void risks(const struct report *report, const struct report_row *row, json_t *list, json_t *finding)
{
	char id[37], deadline[40];
	json_t *risk, *related = json_array();

	if (!strcmp(row->answer, "no")) {
		risk = json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid", uuid(report, "risk", row->id, id), "title",
				 row->id, "description", some(row->reasons_ja), "statement", some(row->note), "status",
				 "open");
		/* A day includes its end, in Japan. */
		snprintf(deadline, sizeof(deadline), "%.10sT23:59:59+09:00", row->target_on);
		if (*row->target_on)
			json_object_set_new(risk, "deadline", json_string(deadline));
		json_array_append_new(list, risk);
		json_array_append_new(related, json_pack("{s:s}", "risk-uuid", id));
	}
	if (*row->waivers) {
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid",
						      uuid(report, "waiver", row->id, id), "title", row->id,
						      "description", row->waivers, "statement", row->waivers, "status",
						      "deviation-approved"));
		json_array_append_new(related, json_pack("{s:s}", "risk-uuid", id));
	}
	if (finding && json_array_size(related) > 0)
		json_object_set(finding, "related-risks", related);
	json_decref(related);
}

json_t *report_oscal(const struct report *report)
{
	json_t *observations = json_array(), *findings = json_array(), *list = json_array(), *controls = json_array(),
	       *result;
	char id[37], result_id[37], plan[37], href[40], target[64];

	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		json_t *own = NULL;

		json_array_append_new(controls, json_pack("{s:s}", "control-id", control(row, target)));
		json_array_append_new(observations, observation(report, row));
		if (row->counted && strcmp(row->text_state, "slot") != 0)
			own = finding(report, row);
		risks(report, row, list, own);
		if (own)
			json_array_append_new(findings, own);
	}
	result = json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:[{s:o}]}, s:o, s:o, s:[o, o]}", "uuid",
			   uuid(report, "result", "", result_id), "title", report->title_ja, "description",
			   some(report->edition), "start", report->taken_at, "end", report->taken_at,
			   "reviewed-controls", "control-selections", "include-controls", controls, "observations",
			   observations, "findings", findings, "props", prop("percent", report->percent),
			   prop("coverage-percent", report->coverage));
	if (json_array_size(list) > 0)
		json_object_set(result, "risks", list);
	json_decref(list);
	if (json_array_size(findings) == 0)
		json_object_del(result, "findings");
	/* There is no plan in OSCAL: what was to be looked at is the checklist, and the reference stays within the document. */
	snprintf(href, sizeof(href), "#%s", uuid(report, "plan", "", plan));
	return json_pack("{s:{s:s, s:o, s:{s:s}, s:[o], s:{s:[{s:s, s:s, s:s}]}}}", "assessment-results", "uuid",
			 uuid(report, "document", "", id), "metadata", metadata(report), "import-ap", "href", href,
			 "results", result, "back-matter", "resources", "uuid", plan, "title", some(report->title_ja),
			 "description", PLAN);
}
