/*
 * The simulated hospital of `tenkend --demo`: the files of demo/ (put into the program; demo/README.md has their form), with
 * every date relative to today.  Pure but for demo_registers(), and the same for the same @now: a demo can be a test.
 */
#pragma once

#include "core/diag.h"
#include "core/record.h"

struct demo;

/* How far back the history reaches. */
#define DEMO_DAYS 120

/* Writes the registers to the folder @dir, which exists; files that are there already are replaced. */
int demo_registers(const char *dir, usec_t now, struct diag *diag);

/* Makes all lines up to @now, in the order of their time. */
int demo_open(usec_t now, struct demo **ret, struct diag *diag);
/* The same of @text, named @name in messages ("NAME:LINE: reason"). */
int demo_parse(const char *name, struct str text, usec_t now, struct demo **ret, struct diag *diag);
void demo_free(struct demo *demo);
DEFINE_CLEANUP(struct demo, demo_free)

size_t demo_count(const struct demo *demo);

/*
 * 1 and the next line as the syslog collector would hand it on (received is its time), 0 at the end.  Borrowed until the
 * next call.
 */
int demo_next(struct demo *demo, struct record *ret);

struct replay;
struct rules;

/* Says what people of the hospital have said by @now (demo/words.txt). */
int demo_words(struct replay *replay, const struct rules *rules, usec_t now, struct diag *diag);

/* @text with {today}, {today-30}, {today+90} replaced by dates; owned by the caller, NULL when memory is out. */
char *demo_dates(struct str text, usec_t now);
