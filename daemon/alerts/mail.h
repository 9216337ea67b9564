/* A letter as a mail (RFC 5322, 2045, 2047): every header made here, ASCII only, so that no value can add another. */
#pragma once

#include "daemon/alerts/letter.h"

struct mail {
	const char *from, *to; /* @to: addresses separated by LF */
	const char *id;        /* of the message: the same at every attempt */
	const char *host;      /* for the Message-ID */
	usec_t at;
	bool urgent;
};

/* Lines end with CR LF; owned by the caller. */
char *mail_write(const struct mail *mail, const struct letter *letter, size_t *ret_n);

/* An address that can stand in a header and in an envelope: name@host, in ASCII, at most 254 bytes. */
bool mail_address(struct str address);
