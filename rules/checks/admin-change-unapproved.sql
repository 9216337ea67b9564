-- id: admin-change-unapproved
-- ref: CL-2-04.c
-- title.ja: 管理者権限の付与と取り消しに承認がある
-- title.en: nobody is made an administrator, or no longer one, without an approval
-- severity: critical
-- by: event
-- waits: sources
-- decides: no
-- needs: register:approvals
-- needs: privilege_change within 7d
-- attest: 90
-- param: days = 90
-- param: grace_business_days = 1
-- param: ahead_days = 30
-- param: groups = administrators;domain admins;enterprise admins;schema admins;account operators;backup operators;server operators;hyper-v administrators;wheel;sudo;root;admin;adm
-- basis: seed
-- reason.ja: {since}に{who}が「{member}」の管理者権限を変えたが（グループ {group}、{what}）、承認記録がない
-- reason.en: on {since} {who} changed the administrator rights of "{member}" (group {group}, {what_en}) without an approval
-- reason.ja.wait: {since}に{who}が「{member}」の管理者権限を変えた（グループ {group}、{what}）。1営業日以内に承認記録が要る
-- reason.en.wait: on {since} {who} changed the administrator rights of "{member}" (group {group}, {what_en}); an approval is due within a business day
-- reason.ja.ok: {days}日間の管理者権限の変更は、ほかはどれも承認されている
-- reason.en.ok: every other change of administrator rights in {days} days was approved
-- fix.ja: 操作した人に理由を確かめ、正当なら企画管理者が承認し、承認記録に区分「管理者権限」、対象（アカウントか氏名）、承認日を書く。心当たりがなければ権限を戻し、侵入を疑って調べる
-- fix.en: ask who did it; if it was right, enter the approval (kind admin, target the account or name, approved_at); if nobody knows of it, undo it and look for an intruder
--
-- An approval counts for its target from up to a month before until one business day after.  The target is the account, the
-- person's name or number.  A line that does not say whose rights changed can only be approved by its group's name.

WITH change AS MATERIALIZED (
	SELECT e.event_id, e.system_id, ifnull(e."group", '-') AS "group", day(e.received) AS day, e.user, ifnull(e.reason, '') AS reason,
	       ifnull(CASE WHEN fold(e.target_user) GLOB 'cn=*' THEN substr(e.target_user, 4, instr(e.target_user || ',', ',') - 4)
	                   ELSE e.target_user END, '-') AS member
	  FROM v_rare_event AS e
	 WHERE e.type = 'privilege_change' AND e.received > :seen - :days * 86400000000
	   AND (instr(';' || :groups || ';', ';' || fold(e."group") || ';') > 0 OR (e."group" IS NULL AND e.reason = '15'))
), target AS MATERIALIZED (
	SELECT c.event_id, c.day, fold(c.member) AS name FROM change AS c WHERE c.member <> '-'
	UNION
	SELECT c.event_id, c.day, fold(c."group") FROM change AS c WHERE c.member = '-'
	UNION
	SELECT c.event_id, c.day, fold(replace(replace(c.member, ' ', ''), '　', '')) FROM change AS c
	UNION
	SELECT c.event_id, c.day, a.account_key
	  FROM change AS c
	  JOIN v_person AS p ON replace(replace(p.name, ' ', ''), '　', '') = replace(replace(c.member, ' ', ''), '　', '')
	  JOIN v_account_register AS a ON a.person_key = p.person_key
	UNION
	SELECT c.event_id, c.day, fold(replace(replace(p.name, ' ', ''), '　', ''))
	  FROM change AS c
	  JOIN v_account_register AS a ON a.account_key = fold(c.member)
	  JOIN v_person AS p ON p.person_key = a.person_key
	UNION
	SELECT c.event_id, c.day, a.person_key FROM change AS c JOIN v_account_register AS a ON a.account_key = fold(c.member)
), approval AS MATERIALIZED (
	SELECT replace(replace(target_key, ' ', ''), '　', '') AS name, approved_at, ifnull(until, '9999') AS until
	  FROM v_approval
	 WHERE kind = 'admin' AND target_key IS NOT NULL
), open AS (
	SELECT c.*, business_days(c.day, :today) AS waited
	  FROM change AS c
	 WHERE NOT EXISTS (SELECT 1 FROM target AS t
	                     JOIN approval AS a ON a.name = t.name
	                    WHERE t.event_id = c.event_id AND days(a.approved_at, t.day) <= :ahead_days
	                      AND business_days(t.day, a.approved_at) <= :grace_business_days AND a.until >= t.day)
)
SELECT fold(system_id) || '/' || fold("group") || '/' || fold(member) AS resource,
       CASE WHEN max(waited) > :grace_business_days THEN 'fail' ELSE 'warn' END AS status, 'no approval' AS reason,
       CASE WHEN max(waited) <= :grace_business_days THEN 'wait' END AS reason_id, NULL AS system_id, member, "group",
       CASE WHEN reason LIKE '%taken out%' OR reason LIKE '%delet%' THEN '外した' WHEN reason LIKE '%put into%' OR reason LIKE '%add%' THEN '加えた'
            ELSE '変更' END AS what,
       CASE WHEN reason LIKE '%taken out%' OR reason LIKE '%delet%' THEN 'removed' WHEN reason LIKE '%put into%' OR reason LIKE '%add%' THEN 'added'
            ELSE 'changed' END AS what_en,
       ifnull(user, '-') AS who, min(day) AS since, :days AS days, min(event_id) AS first_event, max(event_id) AS last_event
  FROM open
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'approvals' AND state <> 'missing')
 GROUP BY fold(system_id), fold("group"), fold(member)
UNION ALL
SELECT a.system_key, 'pass', 'changes of administrators', 'ok', a.system_key, NULL, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'privilege_change';
