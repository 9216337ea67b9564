-- id: password-policy-changed
-- ref: CL-2-07.b
-- title.ja: ドメインのパスワード方針が緩められていない
-- title.en: the password policy of the domain was not lowered
-- severity: high
-- decides: no
-- needs: config_change within 7d
-- param: days = 90
-- param: least = 13
-- param: least for 6.0 = 8
-- param: slack = 30m
-- basis: proposed
-- reason.ja: {host}のパスワードの最小文字数が{last}に{length}文字へ変えられた（変更した人 {who}）
-- reason.en: on {last} the least length of passwords on {host} was set to {length} characters (by {who})
-- reason.ja.changed: {host}のドメインの方針が{last}に変えられた（変更した人 {who}）。作業予定も承認もなく、緩めていないか確かめていない
-- reason.en.changed: the domain policy on {host} was changed on {last} (by {who}), without plan or approval
-- reason.ja.ok: 設定変更の記録が届いており、予定のない方針の変更はない
-- reason.en.ok: changes of settings are on record, and there is no unplanned one of the policy
-- fix.ja: グループポリシーの「パスワードのポリシー」を開いて元の値と比べ、緩められていたら戻す。予定の作業なら、承認記録に対象（ホスト名）と日付を書く
-- fix.en: open the password policy and compare it with what it was; put it back if it was lowered, or enter an approval with the host as its target
--
-- The length stands in the line of newer controllers only; where it does not, nobody can say from the log which way it went.

WITH change AS (
	SELECT ifnull(host, system_id) AS host, received, user, event_id, CAST(object AS INTEGER) AS length, system_id
	  FROM v_rare_event
	 WHERE type = 'config_change' AND received > :seen - :days * 86400000000 AND reason = '4739'
), judged AS (
	SELECT c.*,
	       CASE WHEN length > 0 AND length < :least THEN 2
	            WHEN EXISTS (SELECT 1 FROM v_work_plan AS p
	                          WHERE c.received BETWEEN instant(p.starts_at) - :slack AND instant(p.ends_at) + :slack
	                            AND ifnull(p.system_key, c.system_id) = c.system_id) OR
	                 EXISTS (SELECT 1 FROM v_approval AS a
	                          WHERE fold(c.host) IN (a.target_key, a.target_key || '.' || substr(fold(c.host), instr(c.host, '.') + 1))
	                            AND abs(days(a.approved_at, c.received)) <= 31) THEN 0
	            ELSE 1 END AS fault
	  FROM change AS c
), newest AS (
	SELECT *, max(received) AS last FROM judged WHERE fault > 0 GROUP BY host, fault
)
SELECT host || CASE fault WHEN 2 THEN '/length' ELSE '' END AS resource, CASE fault WHEN 2 THEN 'fail' ELSE 'warn' END AS status,
       'policy changed' AS reason, CASE fault WHEN 1 THEN 'changed' END AS reason_id, host, day(last) AS last, length, ifnull(user, '-') AS who,
       event_id AS first_event, event_id AS last_event
  FROM newest
UNION ALL
SELECT 'policy', 'pass', 'policy', 'ok', NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM newest);
