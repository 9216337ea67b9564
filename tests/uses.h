/* A site with one check, "uses" (how often each account was used), and a form of two rows over it. */
#pragma once

#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                  \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"                \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"    \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified}\n"

#define KEYS "severity: high\n-- needs: register:people\n-- decides: yes\n"

static inline void open_uses(struct site *site, const char *keys)
{
	site_open(site);
	site_file(site, "checklists", "form.yaml", LIST);
	site_check(site, "uses", keys, BY_USES);
	site_rules(site);
	site_judge(site);
	site_people(site);
}
