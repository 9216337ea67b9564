/*
 * The machine's own journal, by the native protocol: one entry for each finding, with fields to search by and the id of an
 * explanation in the catalog (packaging/tenken.catalog).
 */

#include <errno.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "core/when.h"
#include "daemon/alerts/channel.h"
#include "daemon/alerts/letter.h"

#define SOCKET "/run/systemd/journal/socket"
#define ID_ALERT "9f1f6b1c2c5a4f0a8a3d6f7f2f0c51a1"
#define ID_RECOVERED "3c0f0f5be0b94a1d9a55c1d0b7f6e2b2"
#define ID_SUMMARY "b7a4e3d2915c4c6f8e1d2a3b4c5d6e73"

struct entry {
	char texts[16][2400];
	struct iovec iov[16];
	int n;
};

static void field(struct entry *entry, const char *name, const char *value)
{
	size_t k = (size_t)entry->n, n = (size_t)snprintf(entry->texts[k], 64, "%s=", name);

	if (!value[0])
		return;
	clean_text(value, entry->texts[k] + n, sizeof(entry->texts[k]) - n);
	entry->iov[k] = (struct iovec){ entry->texts[k], strlen(entry->texts[k]) };
	entry->n++;
}

static const char *priority(const char *severity, bool bad)
{
	if (!bad)
		return "5";
	return !strcmp(severity, "critical") ? "2"
	       : !strcmp(severity, "high")   ? "3"
	       : !strcmp(severity, "medium") ? "4"
					     : "5";
}

static int put_row(struct entry *entry, const json_t *doc, const json_t *check, const json_t *row, bool english)
{
	bool bad = json_is_true(json_object_get(row, "bad"));
	char text[2300], title[600], reason[1500], since[WHEN_MAX];

	entry->n = 0;
	snprintf(text, sizeof(text), "%s: %s: %s", clean_text(doc_both(check, "title", english), title, sizeof(title)),
		 doc_text(row, "resource"), clean_text(doc_both(row, "reason", english), reason, sizeof(reason)));
	field(entry, "MESSAGE", text);
	field(entry, "MESSAGE_ID", bad ? ID_ALERT : ID_RECOVERED);
	field(entry, "PRIORITY", priority(doc_text(check, "severity"), bad));
	field(entry, "SYSLOG_IDENTIFIER", "tenken");
	field(entry, "TENKEN_SITE", doc_text(json_object_get(doc, "site"), "id"));
	field(entry, "TENKEN_MESSAGE", doc_text(doc, "id"));
	field(entry, "TENKEN_ALERT", doc_text(row, "alert_id"));
	field(entry, "TENKEN_CHECK", doc_text(check, "id"));
	field(entry, "TENKEN_RESOURCE", doc_text(row, "resource"));
	field(entry, "TENKEN_SEVERITY", doc_text(check, "severity"));
	field(entry, "TENKEN_STATUS", doc_text(row, "status"));
	field(entry, "TENKEN_WAS", doc_text(row, "was"));
	field(entry, "TENKEN_SINCE", doc_time(row, "since", since));
	field(entry, "TENKEN_ITEM", doc_text(json_object_get(check, "item"), "id"));
	field(entry, "TENKEN_FIX", doc_both(check, "fix", english));
	return sd_journal_sendv(entry->iov, entry->n);
}

static int put_summary(struct entry *entry, const json_t *doc, bool english)
{
	struct letter letter;
	int r = letter_write(doc, english ? LETTER_EN : LETTER_JA, &letter);

	if (r < 0)
		return r;
	entry->n = 0;
	field(entry, "MESSAGE", letter.subject);
	field(entry, "MESSAGE_ID", ID_SUMMARY);
	field(entry, "PRIORITY", "6");
	field(entry, "SYSLOG_IDENTIFIER", "tenken");
	field(entry, "TENKEN_SITE", doc_text(json_object_get(doc, "site"), "id"));
	field(entry, "TENKEN_MESSAGE", doc_text(doc, "id"));
	field(entry, "TENKEN_KIND", doc_text(doc, "kind"));
	field(entry, "TENKEN_CODE", doc_text(doc, "code"));
	letter_end(&letter);
	return sd_journal_sendv(entry->iov, entry->n);
}

static void journal_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	bool english = letter_language(setting(sender->common, "language")) == LETTER_EN;
	_free_ struct entry *entry = calloc(1, sizeof(*entry));
	const json_t *check, *row;
	size_t i, k;
	int r = entry ? 0 : -ENOMEM;

	/* The library says nothing when nobody listens. */
	if (r == 0 && access(SOCKET, W_OK) < 0)
		r = -errno;
	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_foreach(json_object_get(check, "rows"), k, row)
		{
			if (r >= 0)
				r = put_row(entry, doc, check, row, english);
		}
	}
	if (r >= 0)
		r = put_summary(entry, doc, english);
	if (r < 0)
		outcome_set(ret, OUTCOME_RETRY, "the journal does not take it: %s", strerror(-r));
	else
		ret->kind = OUTCOME_SENT;
}

static const struct setting_def journal_settings[] = { { NULL } };

const struct channel_type channel_journal = {
	.name = "journal",
	.summary = "the journal of this machine, with fields and an explanation in the catalog",
	.settings = journal_settings,
	.needs = "",
	.send = journal_send,
};
