/* What one would get wrong: each line here is a promise of whoever tells of changes (state_flush(), sets_register() ...). */
#include "daemon/depends.h"

#include <strings.h>

#include "core/base.h"
#include "daemon/guard_names.h"
#include "daemon/store.h"

/*
 * Most lines change only when somebody was last heard.  So that not every check runs after every line, or after every change of
 * any register, some views count as something that changes less often than their tables: see state_flush(), batch_touched() and
 * sets_register().  In the views of bursts and hours the accounts only say whose a name is.  Of accounts and devices the
 * columns decide: see depends_column().
 */
uint64_t depends_table(const char *table, const char *inner)
{
	static const struct {
		const char *view, *table, *as;
	} finer[] = {
		{ "v_rare_event", "event", "rare_event" },
		{ "v_alive", "source", "source_type" },
		{ "v_alive", "source_place", "source_type" },
		{ "v_alive", "register_value", "reg_log_sources" },
		{ "v_source", "register_value", "reg_log_sources" },
		{ "v_log_source", "register_value", "reg_log_sources" },
		{ "v_log_source", "register_row", "reg_log_sources" },
		{ "v_device", "register_value", "reg_devices" },
		{ "v_device_health", "register_value", "reg_devices" },
		{ "v_device_last_word", "register_value", "reg_devices" },
		{ "v_device_register", "register_value", "reg_devices" },
		{ "v_device_seen", "register_value", "reg_devices" },
		{ "v_account", "account_seen", NULL },
		{ "v_account", "last_word", "account_word" },
		{ "v_device", "device_seen", NULL },
		{ "v_login_burst", "account_seen", "login_refused" },
		{ "v_login_burst", "register_value", "reg_systems" },
		{ "v_record_hour", "account_seen", "record_hour" },
		{ "v_record_hour", "register_value", "reg_systems" },
		{ "v_record_peak", "account_seen", "record_hour" },
		{ "v_record_peak", "register_value", "reg_systems" },
	};

	for (size_t i = 0; inner && i < COUNT(finer); i++)
		if (!strcasecmp(inner, finer[i].view) && !strcasecmp(table, finer[i].table))
			return finer[i].as ? store_table(finer[i].as) : 0;
	return store_table(table);
}

/*
 * What a login or a sighting moves.  (Whether an account is enabled rests on its logins only where it was told to be disabled
 * and used again: that can wait for the minute.)
 */
uint64_t depends_column(const char *view, const char *column)
{
	static const char *const used[] = { "first_event", "first_used", "last_event", "last_used", "uses" };
	static const char *const seen[] = { "first_event", "first_seen", "last_event", "last_seen", "segment" };

	if (!strcasecmp(view, "v_account") && guard_any(column, used, COUNT(used)))
		return store_table("account_seen");
	if (!strcasecmp(view, "v_device") && guard_any(column, seen, COUNT(seen)))
		return store_table("device_seen");
	return 0;
}
