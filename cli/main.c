/* tenken: options that stand before the subcommand, then the subcommand. */

#include <locale.h>
#include <signal.h>
#include <stdarg.h>

#include "cli/cli.h"
#include "core/when.h"
#include "daemon/config.h"
#include "daemon/daemon.h"

#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL,
};

const char *cli_text(const struct cli *cli, enum text text)
{
	return cli->english ? text_en(text) : text_ja(text);
}

int cli_fail(int code, const char *fmt, ...)
{
	va_list args;

	fputs("tenken: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int cli_usage(const char *name)
{
	const struct command *command = command_find(name);

	fprintf(stderr, "usage: tenken [OPTIONS] %s %s\n", name, command ? command->args : "");
	return EX_USAGE;
}

/* The value behind "--NAME=" in @arg, NULL when it is another option. */
static const char *value_behind(const char *arg, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(arg, name, n) && arg[n] == '=' ? arg + n + 1 : NULL;
}

int cli_option(int argc, char **argv, int *at, const char *const *flags, const char *const *options,
	       const char **ret_name, const char **ret_value)
{
	const char *arg = *at < argc ? argv[*at] : NULL;

	if (!arg || arg[0] != '-' || arg[1] == '\0')
		return 0;
	(*at)++;
	if (!strcmp(arg, "--"))
		return 0;
	*ret_value = NULL;
	for (size_t i = 0; arg[1] == '-' && flags[i]; i++) {
		*ret_name = flags[i];
		if (!strcmp(arg + 2, flags[i]))
			return 1;
	}
	for (size_t i = 0; arg[1] == '-' && options[i]; i++) {
		*ret_name = options[i];
		*ret_value = value_behind(arg + 2, options[i]);
		if (*ret_value)
			return 1;
		if (strcmp(arg + 2, options[i]))
			continue;
		if (*at >= argc) {
			cli_fail(0, "%s needs a value", arg);
			return -1;
		}
		*ret_value = argv[(*at)++];
		return 1;
	}
	cli_fail(0, "unknown option %s", arg);
	return -1;
}

int cli_word(int argc, char **argv, int *at, const char *const *flags, const char *const *options,
	     const char **ret_name, const char **ret_value)
{
	bool plain = false;
	int r;

	for (int i = 1; i < *at; i++)
		plain = plain || !strcmp(argv[i], "--");
	r = plain ? 0 : cli_option(argc, argv, at, flags, options, ret_name, ret_value);
	if (r != 0 || *at >= argc)
		return r;
	*ret_value = argv[(*at)++];
	return 2;
}

int cli_config(const struct cli *cli, struct config **ret)
{
	const char *path = cli->config;
	struct diag diag = { "" };
	int r;

	if (!path && access("/etc/tenken/tenken.yaml", R_OK) == 0)
		path = "/etc/tenken/tenken.yaml";
	r = config_load(path, ret, &diag);
	if (r < 0)
		return cli_fail(EX_CONFIG, "%s", diag.text);
	return EX_OK;
}

static void print_help(const struct cli *cli)
{
	puts(cli_text(cli, TEXT_cli_usage));
	for (size_t i = 0; commands[i]; i++)
		printf("  %-10s %s\n", commands[i]->name, cli->english ? commands[i]->en : commands[i]->ja);
	puts(cli_text(cli, TEXT_cli_options));
}

/* Reads the options in front of the subcommand.  -1 to go on, else the exit code. */
static int read_options(struct cli *cli, int argc, char **argv, int *at)
{
	static const char *const flags[] = { "json", "help", "version", NULL };
	static const char *const options[] = { "socket", "url", "token-file", "ca", "config", "lang", NULL };
	const char *name, *value;
	bool help = false;
	int r;

	while ((r = cli_option(argc, argv, at, flags, options, &name, &value)) > 0) {
		if (!strcmp(name, "json")) {
			cli->json = true;
		} else if (!strcmp(name, "help")) {
			help = true;
		} else if (!strcmp(name, "version")) {
			puts("tenken " TENKEN_VERSION);
			return EX_OK;
		} else if (!strcmp(name, "socket")) {
			cli->socket = value;
		} else if (!strcmp(name, "url")) {
			cli->url = value;
		} else if (!strcmp(name, "token-file")) {
			cli->token_file = value;
		} else if (!strcmp(name, "ca")) {
			cli->ca = value;
		} else if (!strcmp(name, "config")) {
			cli->config = value;
		} else if (!strcmp(value, "ja") || !strcmp(value, "en")) {
			cli->english = value[0] == 'e';
		} else {
			return cli_fail(EX_USAGE, "--lang is ja or en");
		}
	}
	if (r < 0)
		return EX_USAGE;
	if (help) {
		print_help(cli);
		return EX_OK;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct cli cli = { .socket = getenv("TENKEN_SOCKET"), .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	const struct command *command;
	int at = 1, r;

	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_DFL);
	when_zone("Asia/Tokyo");
	if (!cli.socket)
		cli.socket = "/run/tenken/tenken.sock";
	r = read_options(&cli, argc, argv, &at);
	if (r >= 0)
		return r;
	if (at >= argc) {
		print_help(&cli);
		return EX_USAGE;
	}
	command = command_find(argv[at]);
	if (!command)
		return cli_fail(EX_USAGE, "unknown command %s; tenken --help lists them", argv[at]);
	r = command->run(&cli, argc - at, argv + at);
	if (fflush(stdout) != 0 && r == EX_OK)
		r = EX_IOERR;
	return r;
}
