/* tenken alert: what people were told and is still open, how the channels do, and whether one of them works. */

#include <time.h>

#include "cli/list.h"

#define TEST_WAIT 40 /* seconds: a channel's time-out is 30 by default */

static void open_cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	const json_t *ack = json_object_get(row, "ack");
	const char *work = client_text(row, "work");

	cells[0] = client_text(row, "severity");
	cells[1] = client_text(row, "status");
	cells[2] = client_time(row, "since", buf);
	cells[3] = client_text(row, "check");
	cells[4] = client_text(row, "resource");
	snprintf(buf + 32, 480, "%s%s",
		 json_is_object(ack) ? cli_text(cli, TEXT_alert_acked)
		 : work[0]           ? cli_text(cli, TEXT_work_waits)
				     : "",
		 json_is_object(ack)                                   ? client_text(ack, "who")
		 : work[0]                                             ? work
		 : json_integer_value(json_object_get(row, "silence")) ? cli_text(cli, TEXT_alert_silenced)
								       : "");
	cells[5] = buf + 32;
	cells[6] = client_text(row, cli->english ? "reason_en" : "reason_ja");
}

static void channel_cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	bool failing = !strcmp(client_text(row, "state"), "failing");

	cells[0] = client_text(row, "name");
	cells[1] = client_text(row, "type");
	cells[2] = cli_text(cli, failing ? TEXT_channel_failing : TEXT_channel_ok);
	cells[3] = client_time(row, "last_sent", buf);
	snprintf(buf + 32, 300, "%s %lld  %s %lld  %s %lld", cli_text(cli, TEXT_channel_sent),
		 (long long)json_integer_value(json_object_get(row, "sent")), cli_text(cli, TEXT_channel_waiting),
		 (long long)json_integer_value(json_object_get(row, "waiting")), cli_text(cli, TEXT_channel_failed),
		 (long long)json_integer_value(json_object_get(row, "failed")));
	cells[4] = buf + 32;
	cells[5] = client_text(row, "error");
}

/* Waits until the delivery @id has gone one way or the other, or was tried once and failed. */
static int test_wait(const struct cli *cli, int64_t id)
{
	const struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/channel-tests/%lld", (long long)id);
	for (int i = 0; i < TEST_WAIT * 5; i++) {
		_json_ json_t *state = NULL;
		int r = client_get(cli, path, &state);

		if (r != EX_OK)
			return r;
		if (!strcmp(client_text(state, "state"), "sent")) {
			puts(cli_text(cli, TEXT_test_sent));
			return EX_OK;
		}
		if (client_text(state, "error")[0]) {
			fprintf(stderr, "%s: ", cli_text(cli, TEXT_test_failed));
			out_clean(stderr, str_of(client_text(state, "error")));
			fputc('\n', stderr);
			return 1;
		}
		nanosleep(&pause, NULL);
	}
	return cli_fail(1, "%s", cli_text(cli, TEXT_test_waits));
}

/* What keeps the channel from trying at all. */
static int test_run(const struct cli *cli, const char *channel)
{
	_json_ json_t *row = NULL;
	int r = client_send(cli, "POST", "/api/v1/channel-tests", json_pack("{s:s}", "channel", channel), &row);

	return r == EX_OK ? test_wait(cli, json_integer_value(json_object_get(row, "id"))) : r;
}

static int alert_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list open = { "/api/v1/alerts", filters, 7, open_cells, TEXT_no_alerts, NULL };
	static const struct list channels = { "/api/v1/channels", filters, 6, channel_cells, TEXT_no_channels, NULL };
	const char *what = argc > 1 ? argv[1] : "list";

	if (argc == 3 && !strcmp(what, "test"))
		return test_run(cli, argv[2]);
	if (argc <= 2 && !strcmp(what, "list"))
		return list_run(cli, &open, 1, argv);
	if (argc == 2 && !strcmp(what, "channels"))
		return list_run(cli, &channels, 1, argv);
	return cli_usage(argv[0]);
}

const struct command command_alert = {
	.name = "alert",
	.args = "[list] | channels | test CHANNEL",
	.ja = "通知したもの、通知の送り先の状態、送信の試験",
	.en = "what was told and is open, how the channels do, a test of one",
	.run = alert_run,
};
