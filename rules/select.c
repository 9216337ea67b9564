/* Which rule holds for the values of a line, and what fields they make. */

#include "core/mac.h"
#include "rules/compiled.h"

static inline unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* str_ieq() of @n bytes without a call: most values are short, and most that differ do so at once. */
static inline bool same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

static inline bool compare_one(enum compare compare, struct str value, struct str want)
{
	switch (compare) {
	case COMPARE_EQUAL: return value.n == want.n && same(value.p, want.p, want.n);
	case COMPARE_CONTAINS: return str_ifind(value, want) >= 0;
	case COMPARE_STARTS: return value.n >= want.n && same(value.p, want.p, want.n);
	case COMPARE_ENDS: return value.n >= want.n && same(value.p + value.n - want.n, want.p, want.n);
	}
	return false;
}

static inline unsigned hope_length(size_t n)
{
	return n < 63 ? (unsigned)n : 63;
}

static inline unsigned hope_byte(char c)
{
	return lower(c) % 64;
}

void condition_prepare(struct condition *cond)
{
	cond->hopes = 0;
	for (size_t i = 0; i < cond->n_values; i++) {
		struct str value = cond->values[i];

		if (cond->compare == COMPARE_EQUAL)
			cond->hopes |= (uint64_t)1 << hope_length(value.n);
		else if (cond->compare == COMPARE_CONTAINS || value.n == 0)
			cond->hopes = UINT64_MAX;
		else
			cond->hopes |= (uint64_t)1
				       << hope_byte(value.p[cond->compare == COMPARE_STARTS ? 0 : value.n - 1]);
	}
}

/* False when no value of @cond can be it, by one look. */
static inline bool condition_hopes(const struct condition *cond, struct str value)
{
	switch (cond->compare) {
	case COMPARE_EQUAL: return cond->hopes >> hope_length(value.n) & 1;
	case COMPARE_STARTS: return value.n == 0 ? cond->hopes == UINT64_MAX : cond->hopes >> hope_byte(value.p[0]) & 1;
	case COMPARE_ENDS:
		return value.n == 0 ? cond->hopes == UINT64_MAX : cond->hopes >> hope_byte(value.p[value.n - 1]) & 1;
	case COMPARE_CONTAINS: break;
	}
	return true;
}

static inline bool condition_holds(const struct condition *cond, const struct match *m)
{
	struct str value = cond->slot >= 0 ? m->value[cond->slot] : m->ev->field[~cond->slot];

	if (!condition_hopes(cond, value))
		return false;
	for (size_t i = 0; i < cond->n_values; i++)
		if (compare_one(cond->compare, value, cond->values[i]))
			return true;
	return false;
}

bool condition_test(const struct condition *cond, const struct match *m)
{
	return condition_holds(cond, m);
}

static bool selection_holds(const struct selection *sel, const struct match *m)
{
	for (size_t i = 0; i < sel->n; i++)
		if (!condition_holds(&sel->conditions[i], m))
			return false;
	return true;
}

bool rule_selects(const struct rule *rule, const struct match *m)
{
	bool wanted = rule->n_when == 0;

	for (size_t i = 0; i < rule->n_when && !wanted; i++)
		wanted = selection_holds(&rule->when[i], m);
	for (size_t i = 0; i < rule->n_unless && wanted; i++)
		wanted = !selection_holds(&rule->unless[i], m);
	return wanted;
}

static bool is_host(struct str s)
{
	static const bool bad[256] = { [0 ... ' '] = true, ['"'] = true, ['<'] = true };

	for (size_t i = 0; i < s.n; i++)
		if (bad[(unsigned char)s.p[i]])
			return false;
	return s.n <= 255;
}

/* @value as @field wants it.  False when it cannot be one. */
static bool clean(enum field field, struct str value, struct event *ev, struct str *ret)
{
	char mac[MAC_LEN + 1], *copy;

	*ret = value;
	if (field == FIELD_src_ip || field == FIELD_ip)
		return address_clean(value, ret);
	if (field == FIELD_mac) {
		if (!mac_parse(value, mac))
			return false;
		copy = event_scratch(ev, MAC_LEN);
		if (!copy || mac_group(mac))
			return false;
		memcpy(copy, mac, MAC_LEN);
		*ret = (struct str){ copy, MAC_LEN };
		return true;
	}
	if ((value.n == 1 && value.p[0] == '-') || (value.n == 3 && str_eq(value, STR("N/A"))) ||
	    (value.p[0] == '(' && str_eq(value, STR("(null)"))))
		*ret = (struct str){ 0 };
	if (field == FIELD_host && !is_host(value))
		*ret = (struct str){ 0 };
	return true;
}

bool rule_fill(const struct rule *rule, const struct decoder *dec, struct match *m)
{
	for (size_t i = 0; i < rule->n_sources; i++) {
		const struct source *src = &rule->sources[i];
		struct str value = src->constant, cleaned;

		if (src->kind != SOURCE_CONSTANT)
			value = src->kind == SOURCE_SLOT ? m->value[src->slot]
							 : label_find(dec, src, m->value[src->slot]);
		if (value.n == 0)
			continue;
		if (clean(src->field, value, m->ev, &cleaned))
			m->ev->field[src->field] = cleaned.n > 0 ? cleaned : m->ev->field[src->field];
		else if (dec->format == FORMAT_TEXT)
			return false;
	}
	return true;
}
