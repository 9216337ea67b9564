/* A checklist: the rows of a form and which checks speak for them (design.md section 4, domain.md 2 and 8). */
#pragma once

#include "core/diag.h"
#include "core/str.h"
#include "rules/check.h"

enum text_state { TEXT_STATE_VERIFIED, TEXT_STATE_PARTIAL, TEXT_STATE_SLOT };

struct item {
	char *id;
	char *like;              /* "PACK/ITEM": what is not said here is as there; NULL */
	char *text_ja, *text_en; /* a partial text is this project's summary and says so; empty for a slot */
	enum text_state text_state;
	char *section_ja, *section_en; /* heading of the form that it stands under; may be empty */
	char *scope;
	char *attest, *attest_en; /* what a person must vouch for, may be NULL */
	char **refs;              /* guideline clauses; ends with NULL */
	double weight;
	bool scored;                 /* row 0 and slots are not */
	char **check_ids;            /* as written; ends with NULL */
	const struct check **checks; /* resolved by rules_load(); ends with NULL */
	int line;                    /* where its checks are named, for messages */
};

struct checklist {
	char *id, *edition;
	char *title_ja, *title_en;
	char *fiscal_year;       /* "2025" for R7; empty when it belongs to no year */
	char *note_ja, *note_en; /* what whoever sees the list must know of it; may be empty */
	bool by_vendor;          /* each vendor answers it, not the institution */
	struct item *items;
	size_t n_items;
	char *file;
};

int checklist_load(const char *path, struct checklist **ret, struct diag *diag);
int checklist_parse(const char *path, struct str text, struct checklist **ret, struct diag *diag);
void checklist_free(struct checklist *list);
DEFINE_CLEANUP(struct checklist, checklist_free)

/* Fills what @item does not say from @from, the item it is like.  -EBADMSG and @diag where the two do not fit. */
int checklist_like(const struct checklist *list, struct item *item, const struct item *from, struct diag *diag);
const struct item *checklist_item(const struct checklist *list, struct str id); /* NULL: none */

const char *text_state_name(enum text_state state);
