-- id: account-shared
-- ref: CL-2-05.f
-- title.ja: 共有・試験用・初期設定のアカウントに期限と責任者がある
-- title.en: shared, test and factory accounts have an end and an owner
-- severity: high
-- by: account
-- decides: no
-- needs: register:accounts
-- param: days = 30
-- param: names = guest test demo user maint sa
-- param: factory = administrator admin guest root test sa user maint
-- param: internal = 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7
-- basis: proposed
-- reason.ja: {what}「{account}」に有効期限がない
-- reason.en: "{account}" ({what_en}) has no end
-- reason.ja.owner: {what}「{account}」の責任者が書かれていない
-- reason.en.owner: nobody answers for "{account}" ({what_en})
-- reason.ja.outside: 初期設定の名前「{account}」で{last}に外からログインがあった（接続元 {source}）
-- reason.en.outside: somebody logged in from outside by the factory name "{account}" on {last} (from {source})
-- reason.ja.ok: 登録{total}件のうち、共有・試験用・初期設定のアカウントは、ほかにすべて期限と責任者がある
-- reason.en.ok: of {total} accounts, all other shared, test and factory ones have an end and an owner
-- fix.ja: 要らないものは無効にする。要るものは「有効期限」と責任者（職員番号か承認者）を台帳に書く。外から初期設定の名前で入れないようにする
-- fix.en: disable what is not needed; enter valid_to and who answers for the rest (person_id or approved_by); let nobody in from outside by a factory name
--
-- root and Administrator exist on every machine and are asked for only when somebody uses them from outside.

WITH account AS MATERIALIZED (
	SELECT system_key, system_id, account, account_key, kind, valid_to, person_id, approved_by,
	       CASE kind WHEN 'shared' THEN '共有アカウント' WHEN 'test' THEN '試験用アカウント' ELSE '初期設定の名前のアカウント' END AS what,
	       CASE kind WHEN 'shared' THEN 'shared' WHEN 'test' THEN 'for tests' ELSE 'a factory name' END AS what_en
	  FROM v_account
	 WHERE (kind IN ('shared', 'test') OR instr(' ' || :names || ' ', ' ' || account_key || ' ') > 0)
	   AND (enabled OR disabled_at > :today)
), outside AS (
	SELECT s.account, s.system_id, o.last_used AS last, o.src_ip AS source, o.first_event, o.last_event
	  FROM v_account_seen AS s
	 CROSS JOIN v_login_source AS o ON o.place = s.place AND o.account_key = s.account_key
	 WHERE s.last_used > :seen - :days * 86400000000 AND instr(' ' || :factory || ' ', ' ' || s.account_key || ' ') > 0
	   AND o.last_used > :seen - :days * 86400000000 AND in_network(o.src_ip, :internal) = 0
)
SELECT system_id || '/' || account AS resource, 'fail' AS status, 'from outside' AS reason, 'outside' AS reason_id, fold(system_id) AS system_id,
       account, NULL AS what, NULL AS what_en, day(max(last)) AS last, source, NULL AS total, min(first_event) AS first_event,
       max(last_event) AS last_event
  FROM outside
 GROUP BY system_id, account
UNION ALL
SELECT system_id || '/' || account, 'warn', 'end and owner', CASE WHEN valid_to IS NOT NULL THEN 'owner' END, system_key, account, what, what_en, NULL,
       NULL, NULL, NULL, NULL
  FROM account AS a
 WHERE (valid_to IS NULL OR (person_id IS NULL AND approved_by IS NULL))
   AND NOT EXISTS (SELECT 1 FROM outside AS o WHERE o.account = a.account_key AND fold(o.system_id) = a.system_key)
UNION ALL
SELECT y.system_id, 'pass', 'accounts of this system', 'ok', y.system_key, NULL, NULL, NULL, NULL, NULL, y.accounts, NULL, NULL
  FROM v_account_system AS y;
