-- id: account-unused
-- ref: CL-2-05.a
-- title.ja: 長く使われていないアカウントが残っていない
-- title.en: no account stays enabled that nobody uses
-- severity: high
-- by: account
-- waits: sources
-- decides: yes
-- needs: register:accounts
-- needs: auth_success within 7d
-- param: warn_days = 90
-- param: fail_days = 180
-- basis: proposed
-- reason.ja: 「{account}」は{last_use}を最後に{idle}日間使われていない
-- reason.en: "{account}" was last used on {last_use} and has been unused for {idle} days
-- reason.ja.never: 「{account}」は一度も使われていない（確認できる{since}から{idle}日間）
-- reason.en.never: "{account}" was never used in the {idle} days since {since}, as far back as the records go
-- reason.ja.short: {waiting}件は使用の有無をまだ判断できない（ログイン記録は{since}から。{need}日分が必要）
-- reason.en.short: accounts that cannot be judged yet: {waiting}; logins are on record since {since}, {need} days are needed
-- reason.ja.blind: {waiting}件は使用の有無を判断できない（このシステムのログイン記録が届いていない）
-- reason.en.blind: accounts that cannot be judged: {waiting}; no record of logins to this system arrives
-- reason.ja.silent: {waiting}件は使用の有無を判断できない（ログイン記録が{until}を最後に届いていない）
-- reason.en.silent: accounts that cannot be judged: {waiting}; the last record of a login arrived on {until}
-- reason.ja.ok: 登録{total}件のうち、ほかに{need}日を超えて使われていない有効なアカウントはない
-- reason.en.ok: of {total} accounts, no other enabled one has been unused for more than {need} days
-- fix.ja: 本人か所属長に必要かどうかを確かめ、不要なら無効にして、台帳の「無効化日」に日付を書く。休職中や必要があって残すものは「休職終了予定日」か「未使用許可期限」に期限を書く
-- fix.en: ask the holder or the head of department whether it is needed; if not, disable it and enter the date in the register (disabled_at). For leave or a good reason, enter on_leave_until or unused_ok_until
--
-- Idleness is counted up to the newest line from that system, not up to now: a source that died must not make accounts look
-- unused.  An account nobody has seen in use counts from its issue or from the first record, whichever is later, and is
-- unknown until the records reach back far enough.  Those are one row a system, or a new site would begin with a thousand.
-- Service and break-glass accounts are for other checks.

WITH watch AS (
	SELECT system_key, min(first_received) AS first, min(max(last_received), :seen) AS last
	  FROM v_alive
	 WHERE type IN ('auth_success', 'remote_session')
	 GROUP BY system_key
), account AS MATERIALIZED (
	SELECT a.system_id, a.system_key, a.account, a.account_key, a.person_name, a.issued_at, a.stored_since, a.registered,
	       max(ifnull(a.last_used, 0), ifnull(a.last_login, 0)) AS used, a.last_login IS NOT NULL AS told
	  FROM v_account AS a
	 WHERE ifnull(a.last_used, 0) <= :seen - :warn_days * 86400000000
	   AND ifnull(a.last_login, 0) <= :seen - :warn_days * 86400000000
	   AND (a.enabled OR a.disabled_at > :today)
	   AND a.kind NOT IN ('service', 'break_glass')
	   AND ifnull(a.unused_ok_until, '') < :today
	   AND ifnull(a.on_leave_until, '') < :today
), since AS (
	SELECT a.*, w.first, w.last, max(ifnull(a.issued_at, ''), ifnull(day(a.stored_since), ''), ifnull(day(w.first), '')) AS since
	  FROM account AS a
	  LEFT JOIN watch AS w ON w.system_key = a.system_key
), idle AS (
	SELECT *,
	       CASE WHEN told THEN days(used, :seen)
	            WHEN used >= first THEN days(used, last)
	            WHEN first IS NOT NULL THEN days(since, last) END AS idle
	  FROM since
), judged AS MATERIALIZED (
	SELECT *,
	       CASE WHEN idle > :fail_days THEN 'fail'
	            WHEN idle > :warn_days THEN 'warn'
	            WHEN days(nullif(used, 0), :seen) <= :warn_days OR days(issued_at, :seen) <= :warn_days THEN 'pass'
	            ELSE 'unknown' END AS status
	  FROM idle
), waiting AS (
	SELECT system_key, count(*) AS accounts, first, last
	  FROM judged
	 WHERE status = 'unknown'
	 GROUP BY system_key
)
SELECT j.system_id || '/' || j.account AS resource, j.status, 'unused' AS reason, CASE WHEN j.used = 0 THEN 'never' END AS reason_id,
       j.system_key AS system_id, j.account, j.person_name AS person, day(nullif(j.used, 0)) AS last_use, j.idle, j.since, NULL AS total,
       NULL AS waiting, :warn_days AS need, NULL AS until,
       (SELECT min(s.first_event) FROM v_account_seen AS s
         WHERE s.system_key = j.system_key AND s.account_key = j.account_key) AS first_event,
       (SELECT max(s.last_event) FROM v_account_seen AS s
         WHERE s.system_key = j.system_key AND s.account_key = j.account_key) AS last_event
  FROM judged AS j
 WHERE j.status IN ('warn', 'fail')
UNION ALL
SELECT y.system_id, CASE WHEN w.accounts > 0 THEN 'unknown' ELSE 'pass' END, 'accounts of this system',
       CASE WHEN w.accounts IS NULL THEN 'ok'
            WHEN w.first IS NULL THEN 'blind'
            WHEN days(w.last, :seen) > 7 THEN 'silent'
            ELSE 'short' END,
       y.system_key, NULL, NULL, NULL, NULL, day(w.first), y.accounts, w.accounts, :warn_days, day(w.last), NULL, NULL
  FROM v_account_system AS y
  LEFT JOIN waiting AS w ON w.system_key = y.system_key;
