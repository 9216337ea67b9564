/* tenkend: the command line of the daemon.  Everything else is daemon.c. */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "daemon/daemon.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static const char usage[] =
	"usage: tenkend [-c FILE] [--check-config] [--demo] [--first-token] [--rules DIR] [--list-config] [--version] [--help]\n"
	"\n"
	"  -c, --config FILE  configuration (default: /etc/tenken/tenken.yaml, without it the embedded defaults)\n"
	"      --check-config read configuration and rules, say what is wrong, and end\n"
	"      --demo         show a simulated hospital; its state lies beside the site's in STATE_DIR-demo\n"
	"      --first-token  where there is no token yet make one for an admin, and print it once\n"
	"      --rules DIR    take the rules of this folder instead of the installed ones\n"
	"      --list-config  print the reference of all keys (scdoc)\n";

enum option_id { OPTION_CHECK = 256, OPTION_DEMO, OPTION_FIRST, OPTION_RULES, OPTION_LIST, OPTION_VERSION };

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, OPTION_CHECK },
	{ "demo", no_argument, NULL, OPTION_DEMO },
	{ "first-token", no_argument, NULL, OPTION_FIRST },
	{ "rules", required_argument, NULL, OPTION_RULES },
	{ "list-config", no_argument, NULL, OPTION_LIST },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL },
};

/* No core file, no debugger of another process, no file that others can read, no death by a client that went away. */
static void process_harden(void)
{
	const struct rlimit none = { 0, 0 };
	static const int ignored[] = { SIGPIPE, SIGUSR1, SIGUSR2 };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	umask(077);
	setrlimit(RLIMIT_CORE, &none);
	/* The leak checker is such a debugger. */
	if (!SANITIZED)
		prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (size_t i = 0; i < COUNT(ignored); i++)
		sigaction(ignored[i], &ignore, NULL);
}

/* Ten thousand connections want more than the 1,024 descriptors a shell gives. */
static void descriptors_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
	setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char *argv[])
{
	bool check = false, demo = false, first_token = false;
	const char *path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c': path = optarg; break;
		case OPTION_CHECK: check = true; break;
		case OPTION_DEMO: demo = true; break;
		case OPTION_FIRST: first_token = true; break;
		case OPTION_RULES:
			if (setenv("TENKEN_RULES", optarg, 1) < 0)
				return EX_OSERR;
			break;
		case OPTION_LIST: config_reference(stdout); return EX_OK;
		case OPTION_VERSION: printf("tenkend %s\n", TENKEN_VERSION); return EX_OK;
		case 'h': fputs(usage, stdout); return EX_OK;
		default: fputs(usage, stderr); return EX_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "tenkend: %s: expected no further argument\n%s", argv[optind], usage);
		return EX_USAGE;
	}

	process_harden();
	descriptors_raise();
	return check ? daemon_check(path) : daemon_run(path, demo, first_token);
}
