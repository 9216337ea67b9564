/*
 * Mail by SMTP.  What a server says decides: 4xx means later, 5xx to this message means never; what happens before a message
 * is offered (no connection, no TLS, no login) is about the way, and the message waits.
 */

#include <errno.h>

#include "daemon/alerts/mail.h"
#include "daemon/alerts/transfer.h"

struct upload {
	const char *p;
	size_t n;
	bool begun;
};

static size_t mail_wanted(char *buffer, size_t size, size_t n, void *arg)
{
	struct upload *upload = arg;
	size_t take = upload->n < size * n ? upload->n : size * n;

	upload->begun = true;
	memcpy(buffer, upload->p, take);
	upload->p += take;
	upload->n -= take;
	return take;
}

static const char *smtp_check(const struct settings *own, struct diag *diag)
{
	struct str rest = str_of(setting(own, "to"));
	const char *starttls = setting(own, "starttls");

	if (!mail_address(str_of(setting(own, "from")))) {
		diag_say(diag, "expected one address such as tenken@example.jp");
		return "from";
	}
	while (rest.n > 0)
		if (!mail_address(str_cut(&rest, '\n'))) {
			diag_say(diag, "expected addresses such as it@example.jp");
			return "to";
		}
	if (strcmp(starttls, "auto") != 0 && strcmp(starttls, "required") != 0 && strcmp(starttls, "off") != 0) {
		diag_say(diag, "expected one of: auto required off");
		return "starttls";
	}
	if (!str_starts(str_of(setting(own, "url")), STR("smtp://")) &&
	    !str_starts(str_of(setting(own, "url")), STR("smtps://"))) {
		diag_say(diag, "expected smtp://HOST:PORT or smtps://HOST:PORT");
		return "url";
	}
	if (setting(own, "user")[0] && !setting(own, "password_file")[0]) {
		diag_say(diag, "a user without password_file; expected a file that holds the password");
		return "user";
	}
	return NULL;
}

/* auto: what is there, but a password is never sent in clear. */
static long tls_level(const struct settings *own)
{
	const char *starttls = setting(own, "starttls");

	if (!strcmp(starttls, "off"))
		return CURLUSESSL_NONE;
	return !strcmp(starttls, "required") || setting(own, "user")[0] ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

static void smtp_outcome(const struct transfer *transfer, const struct upload *upload, CURLcode code,
			 struct outcome *ret)
{
	bool offered = upload->begun || code == CURLE_SEND_ERROR;

	if (code == CURLE_OK) {
		ret->kind = OUTCOME_SENT;
	} else if (transfer->complaint > 0 && code != CURLE_OPERATION_TIMEDOUT) {
		bool never = transfer->complaint >= 500 && offered && code != CURLE_LOGIN_DENIED &&
			     transfer->complaint != 530;

		outcome_set(ret,
			    never                                    ? OUTCOME_REFUSED
			    : transfer->complaint == 421 || !offered ? OUTCOME_RETRY
								     : OUTCOME_LATER,
			    "the mail server said: %.120s", transfer->said);
	} else {
		outcome_set(ret, OUTCOME_RETRY, "%s", curl_easy_strerror(code));
	}
}

static int smtp_mail(const struct sender *sender, const json_t *doc, char **ret, size_t *ret_n)
{
	const char *from = setting(sender->own, "from");
	struct mail mail = { .from = from,
			     .to = setting(sender->own, "to"),
			     .id = doc_text(doc, "id"),
			     .host = strchr(from, '@') + 1,
			     .at = json_integer_value(json_object_get(doc, "at")),
			     .urgent = !strcmp(doc_text(doc, "severity"), "critical") };
	struct letter letter;
	int r = letter_write(doc, letter_language(setting(sender->common, "language")), &letter);

	if (r < 0)
		return r;
	*ret = mail_write(&mail, &letter, ret_n);
	letter_end(&letter);
	return *ret ? 0 : -ENOMEM;
}

static void smtp_options(struct transfer *transfer, const struct sender *sender, struct upload *upload,
			 struct curl_slist *to, const char *password)
{
	const char *user = setting(sender->own, "user");
	CURL *easy = transfer->easy;
	char from[300];

	snprintf(from, sizeof(from), "<%s>", setting(sender->own, "from"));
	curl_easy_setopt(easy, CURLOPT_USE_SSL, tls_level(sender->own));
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, mail_wanted);
	curl_easy_setopt(easy, CURLOPT_READDATA, upload);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->n);
	if (user[0]) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, password);
	}
}

static void smtp_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	struct str rest = str_of(setting(sender->own, "to"));
	struct curl_slist *to = NULL;
	struct transfer transfer = { 0 };
	struct upload upload = { 0 };
	_free_ char *text = NULL;
	char password[1024], line[300];
	CURLcode code;
	int r;

	if (sender_secret(sender, "password_file", password, sizeof(password), ret) < 0)
		return;
	r = smtp_mail(sender, doc, &text, &upload.n);
	if (r == 0)
		r = transfer_open(&transfer, sender, setting(sender->own, "url"), "smtp,smtps");
	if (r < 0) {
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
		return;
	}
	upload.p = text;
	while (rest.n > 0) {
		struct str one = str_cut(&rest, '\n');

		snprintf(line, sizeof(line), "<" STR_FMT ">", STR_ARG(one));
		to = curl_slist_append(to, line);
	}
	smtp_options(&transfer, sender, &upload, to, password);
	r = transfer_run(&transfer, sender, &code);
	if (r == -ECANCELED)
		ret->kind = OUTCOME_STOPPED;
	else
		smtp_outcome(&transfer, &upload, code, ret);
	explicit_bzero(password, sizeof(password));
	curl_slist_free_all(to);
	transfer_close(&transfer);
}

static const struct setting_def smtp_settings[] = {
	{ "url", SETTING_TEXT, "", "smtp://HOST:PORT (with STARTTLS) or smtps://HOST:PORT." },
	{ "from", SETTING_TEXT, "", "Address that it is sent from." },
	{ "to", SETTING_LIST, "", "Addresses that it is sent to." },
	{ "starttls", SETTING_TEXT, "auto",
	  "auto: when the server offers it, and always before a password is sent; required; off." },
	{ "user", SETTING_TEXT, "", "Name to log in with; empty for none." },
	{ "password_file", SETTING_TEXT, "", "File that holds the password, or the name of a systemd credential." },
	TRANSFER_SETTINGS,
	{ NULL },
};

const struct channel_type channel_smtp = {
	.name = "smtp",
	.summary = "mail: plain text and HTML, with STARTTLS or TLS",
	.settings = smtp_settings,
	.needs = "url from to",
	.check = smtp_check,
	.send = smtp_send,
};
