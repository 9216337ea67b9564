/* The examples inside decoder files, run against the whole set: so no other decoder takes a line away either. */

#include <stdarg.h>

#include "core/clock.h"
#include "core/syslog.h"
#include "rules/compiled.h"

static void example_record(const struct example *ex, struct record *rec)
{
	*rec = (struct record){ .received = clock_now(), .priority = -1 };
	if (ex->header) {
		syslog_parse(ex->line, rec->received, rec);
		return;
	}
	rec->program = ex->program;
	rec->text = rec->raw = ex->line;
}

bool decoders_example(const struct decoders *set, size_t i, size_t j, struct decoder_example *ret)
{
	const struct decoder *dec = set->decs[i];
	const struct example *ex = &dec->examples[j];

	if (j >= dec->n_examples)
		return false;
	*ret = (struct decoder_example){ .file = dec->file,
					 .format = decoder_format(dec->format),
					 .line = ex->file_line,
					 .text = ex->line,
					 .program = ex->program,
					 .header = ex->header,
					 .nothing = ex->nothing };
	return true;
}

_printf_(4, 5) static void say(struct diag *diag, const struct decoder *dec, const struct example *ex, const char *fmt,
			       ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag_at(diag, dec->file, ex->file_line, ex->file_column, "%s", text);
}

/* True when the example gives what it says. */
static bool run_example(const struct decoders *set, const struct decoder *dec, const struct example *ex,
			struct diag *diag)
{
	struct record rec;
	struct event ev;
	int got;

	example_record(ex, &rec);
	got = decoders_match(set, &rec, &ev);
	if (ex->nothing || !got) {
		if (ex->nothing == !got)
			return true;
		if (got)
			say(diag, dec, ex, "this line must give no event, but decoder %s makes %s of it", ev.decoder,
			    event_type_name(ev.type));
		else
			say(diag, dec, ex, "this line must give %s, but it gives nothing", event_type_name(ex->type));
		return false;
	}
	if (ev.type != ex->type) {
		say(diag, dec, ex, "this line must give %s, but decoder %s makes %s of it", event_type_name(ex->type),
		    ev.decoder, event_type_name(ev.type));
		return false;
	}
	for (int i = 0; i < FIELDS; i++) {
		if (!(ex->asked & 1u << i) || str_eq(ev.field[i], ex->field[i]))
			continue;
		say(diag, dec, ex, "%s must be \"" STR_FMT "\", but decoder %s says \"" STR_FMT "\"",
		    field_name((enum field)i), STR_ARG(ex->field[i]), ev.decoder, STR_ARG(ev.field[i]));
		return false;
	}
	return true;
}

int decoders_test(const struct decoders *set, unsigned *ret_examples, struct diag *diag)
{
	unsigned run = 0;
	int failed = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct decoder *dec = set->decs[i];

		for (size_t j = 0; j < dec->n_examples; j++) {
			run++;
			if (!run_example(set, dec, &dec->examples[j], failed ? NULL : diag))
				failed++;
		}
	}
	if (ret_examples)
		*ret_examples = run;
	return failed;
}
