/*
 * What people of the simulated hospital say (demo/words.txt): answers to the forms, and what they vouch for.  Said through
 * the same door as everybody's; what cannot be said on this day (a target beyond the fiscal year's end) is left out.
 */

#include <errno.h>
#include <string.h>

#include "core/embed.h"
#include "core/when.h"
#include "daemon/daemon.h"
#include "daemon/demo.h"
#include "daemon/replay.h"
#include "daemon/say.h"

/* One line: "answer PACK ITEM VENDOR SYSTEM yes|no DAY TARGET" or "attest CHECK RESOURCE", "-" for nothing. */
static int line_say(struct say *say, struct str line)
{
	char word[8][128] = { "" };
	struct str verb = str_cut(&line, ' ');
	size_t n = str_eq(verb, STR("answer")) ? 7 : 1;

	for (size_t i = 0; i < n; i++) {
		str_copy(word[i], sizeof(word[i]), str_cut(&line, ' '));
		if (!strcmp(word[i], "-"))
			word[i][0] = '\0';
	}
	if (str_eq(verb, STR("answer")))
		return say_answer(say, &(struct say_answer){ .pack = word[0],
							     .item = word[1],
							     .vendor_id = word[2],
							     .system_id = word[3],
							     .answer = word[4],
							     .answered_on = word[5],
							     .target_on = word[6],
							     .who = "山田 太郎" });
	if (!str_eq(verb, STR("attest")))
		return -EBADMSG;
	str_copy(word[1], sizeof(word[1]), line);
	return say_attestation(say, &(struct say_attestation){ .check = word[0],
							       .resource = word[1],
							       .who = "山田 太郎",
							       .role = "企画管理者",
							       .why = "規程と設定の写しで確かめた" });
}

static int text_say(struct replay *replay, const struct rules *rules, struct str text, usec_t now, struct diag *diag)
{
	struct store *store = replay_service(replay);
	int r = store_begin(store);

	for (int line = 1; r == 0 && text.n > 0; line++) {
		struct complaints complaints = { .n = 0 };
		struct say say = { .db = store_sqlite(store), .rules = rules, .now = now, .complaints = &complaints };
		struct str words = str_cut(&text, '\n');

		if (words.n == 0 || words.p[0] == '#')
			continue;
		r = line_say(&say, words);
		if (r == -EINVAL)
			r = 0; /* it complained */
		if (r < 0)
			return diag_set(diag, r, "demo/words.txt:%d: cannot be said: %s", line, strerror(-r));
		judge_changed(replay_judge(replay), say.tables);
	}
	return r < 0 ? r : store_commit(store);
}

int demo_words(struct replay *replay, const struct rules *rules, usec_t now, struct diag *diag)
{
	for (const struct embed *file = embed_demo; file->name; file++) {
		_free_ char *text = NULL;

		if (strcmp(file->name, "words.txt") != 0)
			continue;
		text = demo_dates((struct str){ file->text, file->size }, now);
		return text ? text_say(replay, rules, str_of(text), now, diag) : -ENOMEM;
	}
	return 0;
}
