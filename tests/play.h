/*
 * A story while it is played: tests/test_scenarios.c drives, play_say.c says, play_look.c compares,
 * play_people.c speaks for people.
 */
#pragma once

#include "daemon/replay.h"
#include "tests/table.h"

struct scenario {
	char name[128], path[512];
};

struct play {
	struct replay *replay;
	const struct scenario *scenario;
	const struct config *config;
	struct rules *rules;
	char dir[64];
	char from[128];
	usec_t now;
	struct str rest;    /* of the file */
	struct config site; /* what the story says of it, over the defaults */
	char profile[64], guideline[64];
	char set[3][64]; /* check, parameter, value */
	struct config_override override;
	char **calm; /* "CHECK RESOURCE" of what warned or failed */
	size_t n_calm;
	int line;
};

extern struct rules *rules_all;
extern struct config *config_default;

#define fail_at(play, ...)                                                    \
	do {                                                                  \
		print_error("%s:%d: ", (play)->scenario->path, (play)->line); \
		fail_msg(__VA_ARGS__);                                        \
	} while (0)

void play_need(struct play *play, int r, const struct diag *diag);
/* "name=value" words at the front of @rest, into @ret beside @names. */
void play_options(struct play *play, struct str *rest, const char *const *names, char (*ret)[64], size_t n);
void play_calm_free(struct play *play);

/*
 * What was asked about a few accounts or devices alone (focus.h) says no less than the whole question: nothing warns or fails
 * that was not noticed.
 */
void play_focus_holds(struct play *play);

/* Words of play_say.c. */
void word_start(struct play *play, struct str rest);
void word_from(struct play *play, struct str rest);
void word_wait(struct play *play, struct str rest);
void word_fact(struct play *play, struct str rest);
void word_lose(struct play *play, struct str rest);
void word_record(struct play *play, struct str rest);
void word_repeat(struct play *play, struct str rest);
void word_daily(struct play *play, struct str rest);
void word_line(struct play *play, struct str rest);
void word_register(struct play *play, struct str rest);
void word_accounts(struct play *play, struct str rest);
void word_refuse(struct play *play, struct str rest);
void word_said(struct play *play, struct str rest);

/* Words of play_look.c. */
void word_expect(struct play *play, struct str rest);
void word_row(struct play *play, struct str rest);
void word_norow(struct play *play, struct str rest);
void word_says(struct play *play, struct str rest);
void word_set(struct play *play, struct str rest);
void word_site(struct play *play, struct str rest);
void word_item(struct play *play, struct str rest);
void word_calm(struct play *play, struct str rest);
void word_quiet(struct play *play, struct str rest);

/* Words of play_people.c. */
void word_answer(struct play *play, struct str rest);
void word_attest(struct play *play, struct str rest);
void word_waive(struct play *play, struct str rest);
void word_na(struct play *play, struct str rest);
void word_revoke(struct play *play, struct str rest);
