/* A POST of JSON or of a form, as a template says it (template.h): chat rooms, and programs of the site. */

#include <errno.h>

#include "core/when.h"
#include "daemon/alerts/letter.h"
#include "daemon/alerts/template.h"
#include "daemon/alerts/transfer.h"

static bool is_url(struct str text)
{
	return str_istarts(text, STR("http://")) || str_istarts(text, STR("https://"));
}

static const char *webhook_check(const struct settings *own, struct diag *diag)
{
	struct str url = str_of(setting(own, "url"));
	json_t *template;

	if (url.n == 0 && !setting(own, "url_file")[0]) {
		diag_say(diag, "expected url, or url_file where the URL itself is a secret");
		return "url";
	}
	if (url.n > 0 && !is_url(url)) {
		diag_say(diag, "expected http:// or https://");
		return "url";
	}
	template = template_load(setting(own, "template"), diag);
	if (!template)
		return "template";
	json_decref(template);
	return NULL;
}

/* "SITE/CHECK/RESOURCE" of a message about one thing, else "SITE". */
static void subject_of(const json_t *doc, char *buf, size_t size)
{
	const json_t *checks = json_object_get(doc, "checks"), *check = json_array_get(checks, 0),
		     *rows = json_object_get(check, "rows");
	const char *site = doc_text(json_object_get(doc, "site"), "id");

	if (json_array_size(checks) == 1 && json_array_size(rows) == 1)
		snprintf(buf, size, "%s/%s/%s", site, doc_text(check, "id"),
			 doc_text(json_array_get(rows, 0), "resource"));
	else
		snprintf(buf, size, "%s", site);
}

static int webhook_fill(const struct sender *sender, const json_t *doc, const char *token, struct filled *ret)
{
	struct letter letter = { 0 };
	struct diag diag;
	json_t *template = template_load(setting(sender->own, "template"), &diag), *data = letter_data(doc);
	char subject[1024], at[WHEN_MAX], url[1200];
	int r = template && data ? letter_write(doc, letter_language(setting(sender->common, "language")), &letter)
				 : -EINVAL;

	if (r == 0) {
		subject_of(doc, subject, sizeof(subject));
		snprintf(url, sizeof(url), "%s/", doc_text(doc, "page"));
		r = template_fill(template,
				  (const char *[]){ "title",       letter.subject,
						    "text",        letter.text,
						    "short_title", letter.subject,
						    "short_text",  letter.text,
						    "id",          doc_text(doc, "id"),
						    "kind",        doc_text(doc, "kind"),
						    "severity",    doc_text(doc, "severity"),
						    "site",        doc_text(json_object_get(doc, "site"), "name"),
						    "site_id",     doc_text(json_object_get(doc, "site"), "id"),
						    "subject",     subject,
						    "time",        doc_time(doc, "at", at),
						    "url",         url,
						    "token",       token,
						    NULL },
				  data, ret);
		letter_end(&letter);
	}
	json_decref(template);
	json_decref(data);
	return r;
}

static void webhook_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	char token[1024], url[2048];
	struct filled filled;
	int r;

	if (sender_secret(sender, "token_file", token, sizeof(token), ret) < 0 ||
	    sender_secret(sender, "url_file", url, sizeof(url), ret) < 0)
		return;
	if (!url[0])
		str_copy(url, sizeof(url), str_of(setting(sender->own, "url")));
	r = webhook_fill(sender, doc, token, &filled);
	if (r < 0) {
		outcome_set(ret, OUTCOME_RETRY, "the template cannot be used: %s", strerror(-r));
		return;
	}
	http_post(sender, url, filled.type, (const char *const *)filled.headers, (struct str){ filled.body, filled.n },
		  ret);
	filled_end(&filled);
	explicit_bzero(token, sizeof(token));
	explicit_bzero(url, sizeof(url));
}

static const struct setting_def webhook_settings[] = {
	{ "url", SETTING_TEXT, "", "Where it is posted to." },
	{ "url_file", SETTING_TEXT, "",
	  "File that holds the URL where that is a secret (Slack, Teams, Google Chat), or the name of a systemd credential." },
	{ "template", SETTING_TEXT, "generic",
	  "generic, slack, teams, chatwork, lineworks, googlechat or cloudevents; or the path of a file." },
	{ "token_file", SETTING_TEXT, "", "File that holds what the template calls {token}, or a systemd credential." },
	TRANSFER_SETTINGS,
	{ NULL },
};

const struct channel_type channel_webhook = {
	.name = "webhook",
	.summary = "a POST of JSON: Slack, Microsoft Teams, Chatwork, LINE WORKS, Google Chat, CloudEvents, programs",
	.settings = webhook_settings,
	.needs = "",
	.check = webhook_check,
	.send = webhook_send,
};
