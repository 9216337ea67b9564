#include "daemon/alerts/mail.h"

#include <string.h>
#include <time.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool mail_address(struct str address)
{
	ssize_t at = str_index(address, '@');

	if (at <= 0 || address.n > 254 || (size_t)at + 1 >= address.n ||
	    str_index(str_from(address, (size_t)at + 1), '@') >= 0)
		return false;
	for (size_t i = 0; i < address.n; i++)
		if (address.p[i] <= 0x20 || address.p[i] >= 0x7f || strchr("<>(),;:\\\"[]", address.p[i]))
			return false;
	return true;
}

static void put_base64(FILE *out, const unsigned char *p, size_t n, size_t line)
{
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
			     (i + 2 < n ? p[i + 2] : 0);

		fputc(digits[v >> 18], out);
		fputc(digits[v >> 12 & 63], out);
		fputc(i + 1 < n ? digits[v >> 6 & 63] : '=', out);
		fputc(i + 2 < n ? digits[v & 63] : '=', out);
		if (line > 0 && (i / 3 + 1) * 4 % line == 0)
			fputs("\r\n", out);
	}
	if (line > 0)
		fputs("\r\n", out);
}

/* RFC 2047: encoded words of at most 75 characters, each of whole letters, folded. */
static void put_subject(FILE *out, const char *subject)
{
	const unsigned char *p = (const unsigned char *)subject;

	fputs("Subject:", out);
	while (*p) {
		size_t n = 0;

		while (n < 42 && p[n]) {
			size_t letter = 1;

			while ((p[n + letter] & 0xc0) == 0x80)
				letter++;
			if (n + letter > 45)
				break;
			n += letter;
		}
		fputs(" =?UTF-8?B?", out);
		put_base64(out, p, n, 0);
		fputs("?=\r\n", out);
		p += n;
	}
	if (!subject[0])
		fputs("\r\n", out);
}

static void put_date(FILE *out, usec_t at)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(at / 1000000);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	fprintf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Letters, digits, dot and dash of an id; all else becomes a dot. */
static void put_token(FILE *out, const char *id)
{
	for (const char *p = id; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
			     *p == '-';

		fputc(plain ? *p : '.', out);
	}
}

static void put_part(FILE *out, const char *boundary, const char *type, const char *text)
{
	fprintf(out, "--%s\r\nContent-Type: %s; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", boundary,
		type);
	put_base64(out, (const unsigned char *)text, strlen(text), 76);
}

char *mail_write(const struct mail *mail, const struct letter *letter, size_t *ret_n)
{
	char *text = NULL, boundary[64];
	struct str rest = str_of(mail->to);
	FILE *out = open_memstream(&text, ret_n);

	if (!out)
		return NULL;
	/* Base64 has no '=' but at its end and no '_': the boundary cannot come within. */
	snprintf(boundary, sizeof(boundary), "=_tenken_%016llx", (unsigned long long)str_hash(str_of(mail->id), false));
	fprintf(out, "From: <%s>\r\nTo:", mail->from);
	while (rest.n > 0) {
		struct str one = str_cut(&rest, '\n');

		fprintf(out, " <" STR_FMT ">%s\r\n", STR_ARG(one), rest.n > 0 ? "," : "");
	}
	put_subject(out, letter->subject);
	put_date(out, mail->at);
	fputs("Message-ID: <", out);
	put_token(out, mail->id);
	fputs("@", out);
	put_token(out, mail->host);
	fputs(">\r\nX-Tenken-Id: ", out);
	put_token(out, mail->id);
	fputs("\r\nAuto-Submitted: auto-generated\r\n", out);
	if (mail->urgent)
		fputs("Importance: high\r\nX-Priority: 1\r\n", out);
	fprintf(out, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	put_part(out, boundary, "text/plain", letter->text);
	put_part(out, boundary, "text/html", letter->html);
	fprintf(out, "--%s--\r\n", boundary);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
