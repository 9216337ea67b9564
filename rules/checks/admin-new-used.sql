-- id: admin-new-used
-- ref: X-6
-- title.ja: 承認のない新しい管理者アカウントが作られてすぐ使われていない
-- title.en: no new administrator account was made without an approval and used at once
-- severity: critical
-- by: account
-- waits: sources
-- decides: no
-- needs: account_create within 31d
-- param: days = 30
-- param: within = 24h
-- param: groups = administrators;domain admins;enterprise admins;schema admins;account operators;backup operators;server operators;wheel;sudo;root;admin;adm
-- basis: proposed
-- reason.ja: アカウント「{account}」が{made}に{who}によって作られ、管理者にされ、{hours}時間以内に使われた（{host}）。承認がない
-- reason.en: "{account}" was made on {made} by {who}, made an administrator and used within {hours} hours ({host}), without an approval
-- reason.ja.ok: アカウントの作成が記録されており、{days}日間、承認なしに作られてすぐ使われた管理者はない
-- reason.en.ok: accounts that are made are recorded, and in {days} days none became an administrator and was used at once without an approval
-- fix.ja: 作った人に確かめ、心当たりがなければそのアカウントと作ったアカウントを無効にし、使われた機器を切り離して調べる。正当なら承認記録に書く
-- fix.en: ask who made it; if nobody did, disable it and the account that made it, and isolate the machines; if it was right, enter the approval
--
-- Made, raised and used in any order within the time.

WITH made AS MATERIALIZED (
	SELECT fold(e.target_user) AS account, min(e.received) AS at, e.user, e.system_id, min(e.event_id) AS event
	  FROM v_rare_event AS e
	 WHERE e.type = 'account_create' AND e.received > :seen - :days * 86400000000 AND e.target_user IS NOT NULL
	 GROUP BY fold(e.target_user), e.system_id
), raised AS MATERIALIZED (
	SELECT fold(CASE WHEN fold(e.target_user) GLOB 'cn=*' THEN substr(e.target_user, 4, instr(e.target_user || ',', ',') - 4)
	                 ELSE e.target_user END) AS account, e.received AS at
	  FROM v_rare_event AS e
	 WHERE e.type = 'privilege_change' AND e.received > :seen - (:days + 1) * 86400000000
	   AND instr(';' || :groups || ';', ';' || fold(e."group") || ';') > 0
	   AND NOT (ifnull(e.reason, '') LIKE '%taken out%' OR ifnull(e.reason, '') LIKE '%delet%')
), hit AS (
	SELECT m.account, m.at, m.user, m.event, s.place AS host, s.first_event
	  FROM made AS m
	  JOIN v_account_seen AS s ON s.account_key = m.account AND s.uses > 0
	 WHERE s.first_used BETWEEN m.at - 60000000 AND m.at + :within
	   AND EXISTS (SELECT 1 FROM raised AS r WHERE r.account = m.account AND r.at BETWEEN m.at - :within AND m.at + :within)
	   AND NOT EXISTS (SELECT 1 FROM v_approval AS a
	                    WHERE a.kind IN ('admin', 'account') AND a.target_key = m.account AND days(a.approved_at, m.at) BETWEEN -1 AND 31)
)
SELECT account AS resource, 'fail' AS status, 'a new administrator' AS reason, NULL AS reason_id, account, day(min(at)) AS made,
       ifnull(max(user), '-') AS who, :within / 3600000000 AS hours, substr(group_concat(DISTINCT host), 1, 100) AS host, :days AS days,
       min(event) AS first_event, max(first_event) AS last_event, NULL AS system_id
  FROM hit
 GROUP BY account
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'account_create';
