-- id: admin-unnamed
-- ref: CL-2-04.b
-- title.ja: 管理者権限を持つ人が、台帳と実際とで一致している
-- title.en: who has administrator rights is the same in the register and in reality
-- severity: critical
-- by: event
-- waits: sources
-- decides: yes
-- needs: register:accounts
-- attest: 90
-- param: days = 400
-- param: quiet_days = 90
-- param: groups = administrators;domain admins;enterprise admins;schema admins;account operators;backup operators;server operators;hyper-v administrators;wheel;sudo;root;admin;adm
-- param: builtin = root administrator
-- basis: recovered
-- reason.ja: 「{account}」は管理者権限を持っているが、アカウント台帳では管理者になっていない（サーバで確認）
-- reason.en: "{account}" has administrator rights on the machine, but not by the register of accounts
-- reason.ja.group: 「{account}」は{since}に管理者のグループ「{group}」に入れられたが（操作した人 {who}）、アカウント台帳では管理者になっていない
-- reason.en.group: "{account}" was put into "{group}" on {since} (by {who}), but is no administrator by the register of accounts
-- reason.ja.extra: アカウント台帳では「{account}」が管理者だが、サーバでは管理者権限を持っていない
-- reason.en.extra: by the register "{account}" is an administrator, but it has no such rights on the machine
-- reason.ja.blank: アカウント台帳のこのシステムの{total}件に、管理者権限の有無が1件も書かれていない
-- reason.en.blank: for none of the {total} accounts of this system the register says whether it is an administrator
-- reason.ja.uncovered: アカウント台帳にこのシステムのアカウントが1件もない
-- reason.en.uncovered: the register of accounts has no account of this system
-- reason.ja.blind: 台帳では管理者が{admins}人だが、実際の管理者を確かめる記録（グループの変更、アカウントの一覧）が届いていない
-- reason.en.blind: the register names {admins} administrators, but nothing arrives that tells who really is one (changes of groups, a list of accounts)
-- reason.ja.ok: 管理者{admins}人は、ほかに台帳と実際との違いが見つからない
-- reason.en.ok: of {admins} administrators no other differs between the register and reality
-- fix.ja: その人に管理者権限が要るかを企画管理者が判断し、要るならアカウント台帳の「管理者権限」を はい にして承認を残し、要らないなら権限を外す
-- fix.en: have the planner decide: enter admin yes with an approval, or take the rights away
--
-- Reality is the account store where one is read, else the newest word on each member of each group of administrators.  Windows
-- names members by their full name (CN=...): that is looked up among the people, too.  The built-in administrator accounts that
-- every machine has are not asked after here; their use is.  Removing somebody from the group settles it.  Where the register says of
-- nobody whether he is an administrator, there is nothing to compare.

WITH change AS MATERIALIZED (
	SELECT e.event_id, fold(e.system_id) AS system_key, fold(e."group") AS "group", e.received, e.user,
	       CASE WHEN fold(e.target_user) GLOB 'cn=*' THEN substr(e.target_user, 4, instr(e.target_user || ',', ',') - 4)
	            ELSE e.target_user END AS member, ifnull(e.reason, '') AS reason
	  FROM v_rare_event AS e
	 WHERE e.type = 'privilege_change' AND e.received > :seen - :days * 86400000000 AND e.target_user IS NOT NULL
	   AND instr(';' || :groups || ';', ';' || fold(e."group") || ';') > 0
), member AS (
	SELECT system_key, "group", member, reason, user, max(event_id) AS event_id, received
	  FROM change
	 GROUP BY system_key, "group", fold(member)
), named AS (
	SELECT m.*
	  FROM member AS m
	 WHERE m.reason NOT LIKE '%taken out%' AND m.reason NOT LIKE '%delet%' AND m.reason NOT LIKE '%remov%'
	   AND instr(' ' || :builtin || ' ', ' ' || fold(m.member) || ' ') = 0 AND instr(m.member, ',') = 0
	   AND NOT EXISTS (SELECT 1 FROM v_account_register AS a
	                    WHERE a.account_key = fold(m.member) AND a.admin = 1
	                      AND (a.system_key = m.system_key
	                           OR NOT EXISTS (SELECT 1 FROM v_account_register AS o WHERE o.system_key = m.system_key)))
	   AND NOT EXISTS (SELECT 1 FROM v_person AS p JOIN v_account_register AS a ON a.person_key = p.person_key AND a.admin = 1
	                    WHERE replace(replace(p.name, ' ', ''), '　', '') = replace(replace(m.member, ' ', ''), '　', '')
	                      AND (a.system_key = m.system_key
	                           OR NOT EXISTS (SELECT 1 FROM v_account_register AS o WHERE o.system_key = m.system_key)))
), stored AS MATERIALIZED (
	SELECT ifnull(a.system_id, t.system_key) AS system_id, t.system_key, ifnull(a.account, t.account) AS account, t.account_key,
	       t.admin AS really
	  FROM v_account_stored AS t
	  LEFT JOIN v_account_register AS a ON a.system_key = t.system_key AND a.account_key = t.account_key
	 WHERE ifnull(a.admin, 0) <> t.admin AND (t.login OR a.account IS NOT NULL)
	   AND instr(' ' || :builtin || ' ', ' ' || t.account_key || ' ') = 0
), watched AS MATERIALIZED (
	SELECT system_key
	  FROM v_alive
	 WHERE type = 'privilege_change' AND last_received > :seen - :quiet_days * 86400000000
), system AS MATERIALIZED (
	SELECT y.system_key, max(y.total) AS total, max(y.filled) AS filled, max(y.admins) AS admins,
	       max(y.stored) OR y.system_key IN (SELECT system_key FROM watched) AS watched
	  FROM (SELECT system_key, count(*) AS total, sum(admin IS NOT NULL) AS filled, ifnull(sum(admin), 0) AS admins, 0 AS stored
	          FROM v_account_register GROUP BY system_key
	        UNION ALL
	        SELECT DISTINCT system_key, 0, 0, 0, 1 FROM v_account_stored WHERE login) AS y
	 GROUP BY y.system_key
)
SELECT system_id || '/' || account AS resource, CASE WHEN really THEN 'fail' ELSE 'warn' END AS status, 'administrators' AS reason,
       CASE WHEN NOT really THEN 'extra' END AS reason_id, NULL AS system_id, account, NULL AS since, NULL AS "group", NULL AS who, NULL AS total,
       NULL AS admins, NULL AS first_event, NULL AS last_event
  FROM stored
 WHERE system_key IN (SELECT system_key FROM system WHERE filled > 0)
UNION ALL
SELECT system_key || '/' || fold(member), 'fail', 'administrators', 'group', NULL, member, day(max(received)), "group", ifnull(user, '-'), NULL, NULL,
       min(event_id), max(event_id)
  FROM named
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'accounts' AND state <> 'missing')
   AND NOT EXISTS (SELECT 1 FROM stored AS s WHERE s.system_key = named.system_key AND s.account_key = fold(named.member))
   AND system_key NOT IN (SELECT system_key FROM system WHERE total > 0 AND filled = 0)
 GROUP BY system_key, fold(member)
UNION ALL
SELECT system_key, CASE WHEN filled = 0 OR NOT watched THEN 'unknown' ELSE 'pass' END, 'administrators',
       CASE WHEN total = 0 THEN 'uncovered' WHEN filled = 0 THEN 'blank' WHEN NOT watched THEN 'blind' ELSE 'ok' END, NULL, NULL, NULL, NULL, NULL, total, admins, NULL, NULL
  FROM system;
