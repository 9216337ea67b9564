/* The parts of an explanation that are not rows.  A threshold is as a rule of Tenken's own, whatever its check rests on. */
#include "cli/explain.h"

#include "cli/out.h"

/* "7 days" of seconds. */
static const char *span_words(const struct cli *cli, json_int_t seconds, char buf[static 48])
{
	bool days = seconds % 86400 == 0;
	char n[24];

	snprintf(n, sizeof(n), "%lld", (long long)(days ? seconds / 86400 : seconds / 3600));
	return text_fill(buf, 48, cli_text(cli, days ? TEXT_explain_day : TEXT_explain_hour),
			 (const char *[]){ "n", n, NULL });
}

static void print_register(const struct cli *cli, const json_t *need)
{
	static const struct {
		const char *state;
		enum text text;
	} states[] = { { "ok", TEXT_explain_rows },
		       { "missing", TEXT_explain_missing },
		       { "refused", TEXT_explain_refused },
		       { "empty", TEXT_explain_empty },
		       { "old", TEXT_explain_old } };
	char day[32], rows[24], buf[256];

	client_time(need, "updated", day);
	day[strlen(day) > 10 ? 10 : strlen(day)] = '\0';
	snprintf(rows, sizeof(rows), "%lld", (long long)json_integer_value(json_object_get(need, "rows")));
	for (size_t i = 0; i < COUNT(states); i++)
		if (!strcmp(states[i].state, client_text(need, "state")))
			printf(": %s", text_fill(buf, sizeof(buf), cli_text(cli, states[i].text),
						 (const char *[]){ "rows", rows, "day", day, NULL }));
	putchar('\n');
}

static void print_sources(const struct cli *cli, const json_t *need)
{
	const json_t *source;
	char buf[1024], time[32];
	size_t i;

	if (!json_is_true(json_object_get(need, "met")))
		printf(": %s", cli_text(cli, TEXT_explain_silent));
	putchar('\n');
	json_array_foreach(json_object_get(need, "sources"), i, source)
	{
		client_time(source, "line", time);
		text_fill(buf, sizeof(buf), cli_text(cli, TEXT_explain_from),
			  (const char *[]){ "host",
					    client_text(source, client_text(source, "host")[0] ? "host" : "peer"),
					    "peer", client_text(source, "peer"), "time", time, NULL });
		printf("        ");
		out_clean(stdout, str_of(buf));
		putchar('\n');
	}
}

void explain_needs(const struct cli *cli, const json_t *check)
{
	const json_t *need;
	char buf[256], span[48];
	size_t i;

	json_array_foreach(json_object_get(check, "needs"), i, need)
	{
		bool is_register = !strcmp(client_text(need, "kind"), "register");
		json_int_t within = json_integer_value(json_object_get(need, "within_seconds"));

		if (i == 0)
			printf("\n  %s\n", cli_text(cli, TEXT_explain_needs));
		printf("    %s %s", json_is_true(json_object_get(need, "met")) ? "○" : "×",
		       text_fill(buf, sizeof(buf),
				 cli_text(cli, is_register ? TEXT_explain_register : TEXT_explain_event),
				 (const char *[]){ "name", client_words(cli, need, "title"), NULL }));
		if (within > 0)
			printf("%s", text_fill(buf, sizeof(buf), cli_text(cli, TEXT_explain_within),
					       (const char *[]){ "span", span_words(cli, within, span), NULL }));
		if (is_register)
			print_register(cli, need);
		else
			print_sources(cli, need);
	}
}

static const char *basis_words(const struct cli *cli, const char *basis)
{
	static const struct {
		const char *name;
		enum text text;
	} known[] = { { "seed", TEXT_basis_seed },
		      { "recovered", TEXT_basis_recovered },
		      { "secondary", TEXT_basis_secondary },
		      { "background", TEXT_basis_background },
		      { "proposed", TEXT_basis_proposed } };

	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].name, basis))
			return cli_text(cli, known[i].text);
	return basis;
}

/* Thresholds are Tenken's own whatever the check rests on; only a site sets others. */
void explain_params(const struct cli *cli, const json_t *check)
{
	const json_t *param;
	char buf[256];
	size_t i;

	printf("\n  %s %s\n", cli_text(cli, TEXT_explain_basis), basis_words(cli, client_text(check, "basis")));
	json_array_foreach(json_object_get(check, "params"), i, param)
	{
		const char *value = client_text(param, "value"), *usual = client_text(param, "default");

		if (i == 0)
			printf("  %s\n", cli_text(cli, TEXT_explain_params));
		printf("    %s = ", client_text(param, "name"));
		out_clean(stdout, str_of(value));
		printf("   %s\n", strcmp(value, usual) ? text_fill(buf, sizeof(buf), cli_text(cli, TEXT_explain_own),
								   (const char *[]){ "default", usual, NULL })
						       : cli_text(cli, TEXT_basis_proposed));
	}
}

void explain_pass(const struct cli *cli, const json_t *check)
{
	const char *status = client_text(check, "status");
	json_int_t days = json_integer_value(json_object_get(check, "attest_days"));
	char buf[512], number[24];
	const json_t *need;
	bool unmet = false;
	size_t i;

	if (!strcmp(status, "pass") || !strcmp(status, "na"))
		return;
	json_array_foreach(json_object_get(check, "needs"), i, need)
	{
		unmet = unmet || !json_is_true(json_object_get(need, "met"));
	}
	printf("\n  %s\n", cli_text(cli, TEXT_explain_pass));
	if (unmet)
		printf("    - %s\n", cli_text(cli, TEXT_explain_setup));
	printf("    - %s\n", client_words(cli, check, "fix"));
	if (days <= 0 || strcmp(status, "unknown"))
		return;
	snprintf(number, sizeof(number), "%lld", (long long)days);
	printf("    - %s\n", text_fill(buf, sizeof(buf), cli_text(cli, TEXT_explain_attest),
				       (const char *[]){ "check", client_text(check, "id"), "days", number, NULL }));
}

void explain_item_head(const struct cli *cli, const json_t *item, const char *pack)
{
	char buf[256], earned[24], covered[24];

	printf("%s (%s)  ", client_text(item, "id"), pack);
	out_status(cli, client_text(item, "status"));
	printf("%s%s\n", client_words(cli, item, "text"),
	       strcmp(client_text(item, "text_state"), "partial") ? "" : cli_text(cli, TEXT_summary));
	snprintf(earned, sizeof(earned), "%.0f %%", 100 * json_number_value(json_object_get(item, "earned")));
	snprintf(covered, sizeof(covered), "%.0f %%", 100 * json_number_value(json_object_get(item, "covered")));
	printf("%s\n\n", text_fill(buf, sizeof(buf), cli_text(cli, TEXT_explain_earns),
				   (const char *[]){ "earned", earned, "covered", covered, NULL }));
	if (json_array_size(json_object_get(item, "checks")) == 0)
		puts(cli_text(cli, TEXT_not_measured));
}
