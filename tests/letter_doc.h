/* A message as the plan makes it, about one finding, with texts that somebody hostile may have chosen. */
#pragma once

#include <jansson.h>

#include "core/when.h"

#define NASTY \
	"x\r\nBcc: a@b\r\n\r\n<script>alert(1)</script>\"'&\x1b[31m \xe2\x80\xae rtl ../../etc/cron.d/x $(id) `id`;reboot"

static inline json_t *message(const char *kind, const char *resource, const char *reason)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:n, s:b, s:I, s:I, s:b, s:{s:s, s:s}}", "alert_id", "demo/leaver/x/1",
				"resource", resource, "status", "fail", "was", "bad", 1, "since",
				(json_int_t)DAYS(20700), "at", (json_int_t)DAYS(20700), "flapping", 0, "reason", "ja",
				reason, "en", reason);
	json_t *check = json_pack(
		"{s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:{s:s, s:s}, s:s, s:{s:s, s:s}, s:s}, s:i, s:i,"
		" s:[o]}",
		"id", "account-leaver", "ref", "CL-2-05.a", "severity", "critical", "title", "ja",
		"退職者のアカウントが無効になっている", "en", "accounts of leavers are disabled", "fix", "ja",
		"今日のうちに無効にする", "en", "disable it today", "item", "pack", "form", "list", "ja", "表", "en",
		"form", "id", "2-5", "text", "ja", "本文", "en", "text", "text_state", "partial", "bad", 1, "good", 0,
		"rows", row);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:{s:s, s:s, s:b}, s:s, s:i, s:i, s:i, s:[o], s:[]}", "id",
			 "demo/n/7", "kind", kind, "severity", "critical", "status", "", "at", (json_int_t)DAYS(20700),
			 "site", "id", "demo", "name", "点検病院", "demo", 0, "page", "http://127.0.0.1:8080", "bad", 1,
			 "good", 0, "more", 0, "checks", check, "say");
}
