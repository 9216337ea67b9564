/*
 * What decoder files become.  Every format takes a line apart into values, one for each key that its decoder names; text
 * patterns do the same with their captures.  From there on all formats are one: select, map to fields, check the fields.
 */
#pragma once

#include "core/event.h"
#include "core/record.h"
#include "rules/arena.h"
#include "rules/decoder.h"
#include "rules/yaml.h"

#define KEYS_MAX 96  /* keys and captures that one decoder may name */
#define LABELS_MAX 8 /* spellings of one label */

enum format {
	FORMAT_TEXT,
	FORMAT_KV,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_TAB,
	FORMAT_XML,
	FORMAT_SD,
	FORMAT_CEF,
	FORMAT_LEEF
};

/* A literal to look for, by its rarest byte. */
struct literal {
	struct str text;
	uint16_t rare; /* index of that byte */
};

/*
 * One step of a pattern: a value and what stands behind it, or, with @blanks, any number of blanks and then what stands
 * behind them.  @slot -1 skips the value.
 */
struct step {
	struct literal after; /* empty: the value is the rest of the line */
	int16_t slot;
	bool last; /* the value ends where @after occurs last */
	bool blanks;
};

struct pattern {
	struct str text;   /* as it is written in the file */
	struct str prefix; /* literal text in front of the first step */
	struct step *steps;
	size_t n_steps;
};

enum compare { COMPARE_EQUAL, COMPARE_CONTAINS, COMPARE_STARTS, COMPARE_ENDS };

struct condition {
	int16_t slot; /* negative: ~slot is a field of the event */
	enum compare compare;
	struct str *values; /* any of them */
	size_t n_values;
	/* What no value has cannot hold: bit set of their lengths (63 and more in one), or of their first or last bytes. */
	uint64_t hopes;
};

/* All conditions of one map. */
struct selection {
	struct condition *conditions;
	size_t n;
};

enum source_kind { SOURCE_SLOT, SOURCE_CONSTANT, SOURCE_LABEL };

/* Where a field of the event comes from. */
struct source {
	enum field field;
	enum source_kind kind;
	int16_t slot;
	struct str constant;
	struct str *labels; /* SOURCE_LABEL: the text behind the nth of these inside the slot's value */
	size_t n_labels;
	int nth;
};

struct example {
	struct str line, program;
	bool header; /* the line has a syslog header */
	int file_line, file_column;
	bool nothing;
	enum event_type type;
	struct str field[FIELDS];
	uint32_t asked; /* bit set of fields */
};

struct rule {
	enum event_type type, also;
	bool has_also;
	struct pattern *patterns; /* text only */
	size_t n_patterns;
	struct selection *when; /* any of them; none means always */
	size_t n_when;
	struct selection *unless; /* none of them */
	size_t n_unless;
	bool late; /* a condition asks for a field of the event: fill it first */
	struct source *sources;
	size_t n_sources;
	int16_t at[2]; /* the keys that hold the time, or the date and the time */
	size_t n_at;
	int line; /* in the file */
};

/* The rules, in their order, that can hold where the gate's key has this value (folded). */
struct gate_list {
	struct str value;
	uint16_t *rules;
	size_t n;
	uint64_t marks[4]; /* of the keys that these rules ask for, as decoder.key_marks */
};

/* gate.c: the one key whose value leads to the rules. */
struct gate {
	int16_t slot; /* of that key; -1: there is none, and all rules are tried */
	struct literal
		literal; /* how it stands in a line (`"EventID":`, `logid=`) where every rule asks for it; or empty */
	struct gate_list *lists;
	size_t n_lists;
	uint16_t *table; /* index + 1 into lists */
	size_t mask;
	struct gate_list rest; /* for every other value */
	bool strict;           /* every rule asks for it: another value means nothing */
};

struct decoder {
	const char *id, *file;
	enum format format;
	struct str *programs;
	size_t n_programs;
	struct str *starts;
	size_t n_starts;
	struct literal *contains;
	size_t n_contains;
	struct str *stops; /* labels that end a value where a text has no wide gaps; by their last byte */
	size_t n_stops;
	uint16_t stops_from[257]; /* where those of a last byte begin */
	char separator;
	bool filters; /* xml: some keys are "path[attribute=value]@attribute" */
	struct str keys[KEYS_MAX];
	size_t n_keys;
	int16_t key_table[256]; /* open addressing over keys[], -1 is empty */
	uint64_t key_marks
		[4]; /* bit set over length, first and last byte: most keys of a line are none that is asked for */
	struct rule *rules;
	size_t n_rules;
	struct gate gate;      /* structured formats only */
	int16_t *json_slots;   /* json_index.h: beside keys[] */
	int json_gate;         /* which of its gates, -1: none */
	size_t json_member;    /* which of that gate's members */
	bool implied;          /* the gate's key cannot be in a line without one of `contains` */
	int16_t *column_slots; /* csv, tab: which column goes to which slot, from 1; -1 to none */
	size_t n_columns;      /* up to the last one that is asked for */
	struct example *examples;
	size_t n_examples;
	const struct join *join; /* join.c; NULL: its lines stand alone */
};

/* What one try works with; on the stack of decoders_match(). */
struct match {
	struct str text;
	struct str *value;            /* by slot */
	struct event *ev;             /* its scratch holds unescaped values */
	const struct gate_list *list; /* structured formats: the rules that the gate's key leads to, once it was met */
	const uint64_t *marks;        /* of the keys that can still matter */
};

/* Like str_eq(), without a call: keys and programs are short. */
static inline uint64_t quick_load(const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return word;
}

static inline bool quick_eq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	if (a.n >= 8) {
		/* Eight at a time, the last step over the end of the one before. */
		for (size_t i = 0; i + 8 < a.n; i += 8)
			if (quick_load(a.p + i, 8) != quick_load(b.p + i, 8))
				return false;
		return quick_load(a.p + a.n - 8, 8) == quick_load(b.p + b.n - 8, 8);
	}
	if (a.n >= 4)
		return quick_load(a.p, 4) == quick_load(b.p, 4) &&
		       quick_load(a.p + a.n - 4, 4) == quick_load(b.p + b.n - 4, 4);
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i])
			return false;
	return true;
}

/* Quick for short names, without a loop over single bytes; collisions only cost a comparison. */
static inline size_t quick_hash(struct str s)
{
	uint64_t h = s.n, w = 0;

	if (s.n >= 8) {
		for (size_t i = 0; i + 8 < s.n; i += 8) {
			h = (h ^ quick_load(s.p + i, 8)) * 0x9e3779b97f4a7c15u;
			h ^= h >> 29;
		}
		w = quick_load(s.p + s.n - 8, 8);
	} else if (s.n >= 4) {
		w = quick_load(s.p, 4) | quick_load(s.p + s.n - 4, 4) << 32;
	} else if (s.n > 0) {
		w = (uint64_t)(unsigned char)s.p[0] | (uint64_t)(unsigned char)s.p[s.n / 2] << 8 |
		    (uint64_t)(unsigned char)s.p[s.n - 1] << 16;
	}
	h = (h ^ w) * 0x9e3779b97f4a7c15u;
	return (size_t)(h ^ h >> 32);
}

/* Where a key of @n bytes that begins with @first and ends with @last stands in key_marks. */
static inline unsigned key_mark(size_t n, char first, char last)
{
	return (unsigned)(n * 31 + (unsigned char)first * 7 + (unsigned char)last * 131) % 256;
}

static inline void key_mark_set(uint64_t marks[static 4], struct str key)
{
	unsigned mark = key.n > 0 ? key_mark(key.n, key.p[0], key.p[key.n - 1]) : 0;

	if (key.n > 0)
		marks[mark / 64] |= (uint64_t)1 << mark % 64;
}

static inline bool key_marked(const uint64_t marks[static 4], size_t n, char first, char last)
{
	unsigned mark = key_mark(n, first, last);

	return marks[mark / 64] >> mark % 64 & 1;
}

/* pattern.c */
int pattern_compile(struct arena *arena, struct str text, struct decoder *dec, struct pattern *ret,
		    const char **ret_error);
bool pattern_match(const struct pattern *pattern, struct match *m);
/* How many bytes of @text it fits, in @ret_steps how many of its steps; -1 when not even its beginning does. */
ssize_t pattern_reach(const struct pattern *pattern, struct str text, size_t *ret_steps);
/* How common a byte is in log lines, roughly; 0 is rare. */
int byte_commonness(unsigned char c);
void literal_init(struct literal *literal, struct str text);
/* First and last place of @literal in @s, -1 where there is none. */
ssize_t literal_find(const struct literal *literal, struct str s);
ssize_t literal_rfind(const struct literal *literal, struct str s);

/* Slot of @key in @dec, made when it is new; -1 when there are too many. */
int decoder_slot(struct arena *arena, struct decoder *dec, struct str key);
/* Slot of a key that a line brings, -1 for one that is not among @marks: key_marks, or what can still matter of a match. */
static inline int decoder_key(const struct decoder *dec, const uint64_t marks[static 4], struct str key)
{
	size_t at;

	if (key.n == 0 || !key_marked(marks, key.n, key.p[0], key.p[key.n - 1]))
		return -1;
	at = quick_hash(key) % COUNT(dec->key_table);
	while (dec->key_table[at] >= 0) {
		if (quick_eq(dec->keys[dec->key_table[at]], key))
			return dec->key_table[at];
		at = (at + 1) % COUNT(dec->key_table);
	}
	return -1;
}

const struct gate_list *gate_rules(const struct gate *gate, struct str value);

/*
 * A format met @value for the key of @slot.  False when this value of the gate's key says that no rule can hold: then the rest
 * of the line need not be read.  The first of equal keys counts.
 */
static inline bool match_take(const struct decoder *dec, struct match *m, int slot, struct str value)
{
	if (m->value[slot].p)
		return true;
	m->value[slot] = value;
	if (slot != dec->gate.slot)
		return true;
	m->list = gate_rules(&dec->gate, value);
	m->marks = m->list->marks;
	return !dec->gate.strict || m->list != &dec->gate.rest;
}

/* format_*.c: take m->text apart into m->value.  False when it is not of that format, or means nothing by match_take(). */
bool format_kv(const struct decoder *dec, struct match *m);
bool format_columns(const struct decoder *dec, struct match *m); /* csv and tab */
int columns_build(struct arena *arena, struct decoder *dec);
bool format_xml(const struct decoder *dec, struct match *m);
bool format_sd(const struct decoder *dec, struct match *m);
bool format_cef(const struct decoder *dec, struct match *m);
bool format_leef(const struct decoder *dec, struct match *m);

/* gate.c */
int gate_build(struct arena *arena, struct decoder *dec);
/* False when no rule can hold for a line of this text. */
bool gate_open(const struct gate *gate, struct str text);

/* dispatch.c: takes m->text apart into the values of @dec, for who asks about one decoder; @own has room for them. */
bool dispatch_take_apart(const struct decoders *set, const struct decoder *dec, struct match *m,
			 struct str own[static KEYS_MAX]);

/* select.c */
void condition_prepare(struct condition *cond); /* once its values are known */
bool condition_test(const struct condition *cond, const struct match *m);
bool rule_selects(const struct rule *rule, const struct match *m);
/* Fills the event's fields; false when an address or MAC of a text pattern is none. */
bool rule_fill(const struct rule *rule, const struct decoder *dec, struct match *m);

/* address.c: @s as a plain address or host name, without brackets, port and ::ffff:; empty when it says nothing; false when none. */
bool address_clean(struct str s, struct str *ret);

/* stamp.c: the time that @date and @time (may be empty) write.  False when they write none. */
bool stamp_parse(struct str date, struct str time, usec_t *ret);

/* label.c: the text behind a label inside @text. */
void stops_prepare(struct decoder *dec); /* once its stops are known */
struct str label_find(const struct decoder *dec, const struct source *src, struct str text);

/* decoder_file.c: the name of a format. */
const char *decoder_format(enum format format);
int decoder_load(struct arena *arena, const char *path, struct decoder **ret, struct diag *diag);

/* dispatch.c */
struct dispatch;
int dispatch_build(struct arena *arena, struct decoder *const *decs, size_t n, struct dispatch **ret);
/*
 * Tries the candidates of a line in their order until one matches and fills @ev, but for what the record knows.  The text of
 * structured data comes with the program "@data".
 */
bool dispatch_run(const struct decoders *set, struct str program, struct str text, struct event *ev);
bool dispatch_knows(const struct dispatch *dispatch, struct str program);

struct json_index;
struct decoders {
	struct arena arena;
	struct decoder **decs;
	size_t n;
	struct dispatch *dispatch;
	struct json_index *json;
	const struct join **joins; /* of the decoders that have one */
	unsigned n_joins;
};

/* join.c: once all decoders are known. */
int joins_build(struct decoders *set);
