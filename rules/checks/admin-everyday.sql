-- id: admin-everyday
-- ref: CL-2-04.e
-- title.ja: 管理者アカウントを日常の業務や外部からの接続に使っていない
-- title.en: administrator accounts are not used for everyday work, nor from outside
-- severity: high
-- by: account
-- waits: logins
-- waits: events
-- waits: sources
-- decides: no
-- needs: register:accounts
-- needs: auth_success within 7d
-- param: days = 30
-- param: slack = 30m
-- param: names = root administrator admin sa
-- basis: proposed
-- reason.ja: 共通の管理者アカウント「{account}」で直接ログインしている（{host}、最後は{last}、接続元 {source}）
-- reason.en: somebody logs in directly as "{account}" ({host}, last on {last}, from {source})
-- reason.ja.terminal: 管理者アカウント「{account}」で端末 {host} にログインしている（最後は{last}）
-- reason.en.terminal: the administrator account "{account}" is used on the terminal {host} (last on {last})
-- reason.ja.vpn: 管理者アカウント「{account}」で外部から接続している（{source}、{days}日間に{times}回、最後は{last}）
-- reason.en.vpn: the administrator account "{account}" connects from outside ({source}, {times} times in {days} days, last on {last})
-- reason.ja.ok: {days}日間、ほかに管理者アカウントの日常的な使用は見られない
-- reason.en.ok: in {days} days no other everyday use of an administrator account was seen
-- fix.ja: 日常業務は一般のアカウントで行い、管理作業のときだけ自分の管理用アカウント（または sudo）を使う。作業計画のある保守は計画に書く。外部からの管理者接続は止める
-- fix.en: work with an ordinary account and use a personal administrator account (or sudo) for administration only; enter planned work; stop administrators from outside
--
-- Use within a plan of work is not everyday use.  Logins are known by their last use at each place; sessions from outside one by
-- one.  Break-glass accounts are the question of break-glass-unreviewed.

WITH admin AS MATERIALIZED (
	SELECT a.account_key, a.system_key FROM v_account_register AS a WHERE a.admin = 1 AND a.kind NOT IN ('break_glass', 'service')
), plan AS MATERIALIZED (
	SELECT p.system_key, instant(p.starts_at) AS starts, instant(p.ends_at) + CASE WHEN length(p.ends_at) = 10 THEN 86400000000 ELSE 0 END AS ends
	  FROM v_work_plan AS p
), direct AS (
	SELECT s.system_key, s.place, s.account, s.last_used, ifnull(s.last_host, s.place) AS host, ifnull(s.last_src_ip, '-') AS source, s.last_event
	  FROM v_account_seen AS s
	 WHERE s.last_used > :seen - :days * 86400000000 AND s.uses > 0
	   AND instr(' ' || :names || ' ', ' ' || s.account_key || ' ') > 0
), terminal AS (
	SELECT s.system_key, s.place, s.account, s.last_used, s.last_host AS host, ifnull(s.last_src_ip, '-') AS source, s.last_event
	  FROM admin AS a
	  JOIN v_account_seen AS s ON s.system_key = a.system_key AND s.account_key = a.account_key
	 WHERE s.last_used > :seen - :days * 86400000000 AND instr(' ' || :names || ' ', ' ' || s.account_key || ' ') = 0
	   AND EXISTS (SELECT 1 FROM v_register_value AS v JOIN v_device_register AS d ON d.device_key = v.row_key AND d.class = 'terminal'
	                WHERE v.kind = 'devices' AND v.column_name = 'hostname'
	                  AND v.value IN (fold(s.last_host), substr(fold(s.last_host), 1, instr(s.last_host || '.', '.') - 1)))
), used AS (
	SELECT *, NULL AS kind FROM direct
	UNION ALL
	SELECT *, 'terminal' FROM terminal
), session AS (
	SELECT fold(e.user) AS user, e.src_ip, e.at, e.count, e.event_id, fold(e.system_id) AS system_key
	  FROM v_rare_event AS e
	 WHERE e.type = 'remote_session' AND e.received > :seen - :days * 86400000000 AND ifnull(e.method, '') <> 'rdp'
	   AND (instr(' ' || :names || ' ', ' ' || fold(e.user) || ' ') > 0 OR fold(e.user) IN (SELECT account_key FROM admin))
), outside AS (
	SELECT s.*
	  FROM session AS s
	 WHERE NOT EXISTS (SELECT 1 FROM plan AS p WHERE s.at BETWEEN p.starts - :slack AND p.ends + :slack)
)
SELECT u.system_key || '/' || u.account || '@' || u.place AS resource, 'warn' AS status, 'everyday use' AS reason, u.kind AS reason_id,
       u.system_key AS system_id, u.account, u.host, u.source, day(u.last_used) AS last, NULL AS times, :days AS days, u.last_event AS first_event,
       u.last_event
  FROM used AS u
 WHERE NOT EXISTS (SELECT 1 FROM plan AS p
                    WHERE u.last_used BETWEEN p.starts - :slack AND p.ends + :slack AND ifnull(p.system_key = u.system_key, 1))
UNION ALL
SELECT user || '/outside', 'fail', 'from outside', 'vpn', NULL, user, NULL, ifnull(max(src_ip), '-'), day(max(at)), sum(count), :days, min(event_id),
       max(event_id)
  FROM outside
 GROUP BY user
UNION ALL
SELECT a.system_key, 'pass', 'use of administrators', 'ok', a.system_key, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'auth_success';
