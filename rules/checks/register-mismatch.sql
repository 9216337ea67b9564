-- id: register-mismatch
-- title.ja: 台帳どうしの番号と日付が食い違っていない
-- title.en: the registers agree with each other in their numbers and dates
-- severity: medium
-- stage: 2
-- basis: proposed
-- reason.ja: {register}の「{column}」に、{target}にない値が{times}件ある（例: {row}の「{value}」）
-- reason.en: {times} values of {column_en} in {register_en} are not in {target_en} (for instance "{value}" of {row})
-- reason.ja.order: {register}に、{column}が逆になっている行が{times}行ある（例: {row}の {value}）
-- reason.en.order: in {times} lines of {register_en} {column_en} are the wrong way round (for instance {value} of {row})
-- reason.ja.ok: 照合した台帳{total}種類に、ほかに食い違う番号や日付はない
-- reason.en.ok: in {total} registers that were compared, no other number or date disagrees
-- fix.ja: その行の番号が書き間違いなら直し、相手の台帳に行がなければ足す。日付は元の書類で確かめて直す
-- fix.en: correct the number, or add the missing line to the other register; correct dates from the papers
--
-- What points nowhere is judged by nobody: a person who is in no register of people never leaves, a device of an unknown vendor is
-- asked of no one.  Compared only with registers that are there.

WITH ref (register, register_en, kind, column, column_en, target, row, value, found) AS (
	SELECT 'アカウント台帳', 'accounts', 'accounts', '職員番号', 'person_id', 'people', a.system_id || '/' || a.account, a.person_id,
	       EXISTS (SELECT 1 FROM v_person AS p WHERE p.person_key = a.person_key)
	  FROM v_account_register AS a WHERE a.person_key IS NOT NULL
	UNION ALL
	SELECT 'アカウント台帳', 'accounts', 'accounts', '事業者番号', 'vendor_id', 'vendors', a.system_id || '/' || a.account, a.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = a.vendor_key)
	  FROM v_account_register AS a WHERE a.vendor_key IS NOT NULL
	UNION ALL
	SELECT '任命台帳', 'roles', 'roles', '職員番号', 'person_id', 'people', r.role, r.person_id,
	       EXISTS (SELECT 1 FROM v_person AS p WHERE p.person_key = r.person_key)
	  FROM v_role AS r WHERE ifnull(r.ended_at, '9999') >= :today
	UNION ALL
	SELECT '連絡先台帳', 'contacts', 'contacts', '職員番号', 'person_id', 'people', c.organisation, c.person_id,
	       EXISTS (SELECT 1 FROM v_person AS p WHERE p.person_key = c.person_key)
	  FROM v_contact AS c WHERE c.person_key IS NOT NULL
	UNION ALL
	SELECT '連絡先台帳', 'contacts', 'contacts', '事業者番号', 'vendor_id', 'vendors', c.organisation, c.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = c.vendor_key)
	  FROM v_contact AS c WHERE c.vendor_key IS NOT NULL
	UNION ALL
	SELECT '機器台帳', 'devices', 'devices', '事業者番号', 'vendor_id', 'vendors', d.device_id, d.vendor_key,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = d.vendor_key)
	  FROM v_device_register AS d WHERE d.vendor_key IS NOT NULL
	UNION ALL
	SELECT 'システム台帳', 'systems', 'systems', '事業者番号', 'vendor_id', 'vendors', y.system_id, y.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = y.vendor_key)
	  FROM v_system AS y WHERE y.vendor_key IS NOT NULL
	UNION ALL
	SELECT '契約台帳', 'contracts', 'contracts', '事業者番号', 'vendor_id', 'vendors', c.contract_id, c.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = c.vendor_key)
	  FROM v_contract AS c
	UNION ALL
	SELECT '契約台帳', 'contracts', 'contracts', 'システム', 'system_id', 'systems', c.contract_id, c.system_id,
	       EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_key = c.system_key)
	  FROM v_contract AS c WHERE c.system_key IS NOT NULL
	UNION ALL
	SELECT 'リモート保守台帳', 'remote_maintenance', 'remote_maintenance', '事業者番号', 'vendor_id', 'vendors', r.link_id, r.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = r.vendor_key)
	  FROM v_remote_maintenance AS r
	UNION ALL
	SELECT 'リモート保守台帳', 'remote_maintenance', 'remote_maintenance', '機器番号', 'device_id', 'devices', r.link_id, r.device_id,
	       EXISTS (SELECT 1 FROM v_device_register AS d WHERE d.device_key = r.device_key)
	  FROM v_remote_maintenance AS r WHERE r.device_key IS NOT NULL
	UNION ALL
	SELECT 'リモート保守台帳', 'remote_maintenance', 'remote_maintenance', 'システム', 'system_id', 'systems', r.link_id, r.system_id,
	       EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_key = r.system_key)
	  FROM v_remote_maintenance AS r WHERE r.system_key IS NOT NULL
	UNION ALL
	SELECT '作業計画', 'work_plans', 'work_plans', '事業者番号', 'vendor_id', 'vendors', w.plan_id, w.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = w.vendor_key)
	  FROM v_work_plan AS w WHERE w.vendor_key IS NOT NULL
	UNION ALL
	SELECT '作業計画', 'work_plans', 'work_plans', 'システム', 'system_id', 'systems', w.plan_id, w.system_id,
	       EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_key = w.system_key)
	  FROM v_work_plan AS w WHERE w.system_key IS NOT NULL
	UNION ALL
	SELECT 'セキュリティ開示書台帳', 'disclosures', 'disclosures', 'システム', 'system_id', 'systems', d.vendor_id, d.system_id,
	       EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_key = d.system_key)
	  FROM v_disclosure AS d
	UNION ALL
	SELECT 'セキュリティ開示書台帳', 'disclosures', 'disclosures', '事業者番号', 'vendor_id', 'vendors', d.system_id, d.vendor_id,
	       EXISTS (SELECT 1 FROM v_vendor AS v WHERE v.vendor_key = d.vendor_key)
	  FROM v_disclosure AS d
	UNION ALL
	SELECT 'バックアップ台帳', 'backups', 'backups', 'システム', 'system_id', 'systems', b.job, b.system_id,
	       EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_key = b.system_key)
	  FROM v_backup AS b
	UNION ALL
	SELECT 'ログ確認の記録', 'log_reviews', 'log_reviews', '確認者の職員番号', 'reviewer_id', 'people', l.date, l.reviewer_id,
	       EXISTS (SELECT 1 FROM v_person AS p WHERE p.person_key = l.reviewer_key)
	  FROM v_log_review AS l
), pair (register, register_en, kind, column, column_en, row, early, late) AS (
	SELECT '職員台帳', 'people', 'people', '入職日と退職日', 'joined_at and left_at', person_id, joined_at, left_at FROM v_person
	UNION ALL
	SELECT 'アカウント台帳', 'accounts', 'accounts', '発行日と有効期限', 'issued_at and valid_to', system_id || '/' || account, issued_at, valid_to
	  FROM v_account_register
	UNION ALL
	SELECT '任命台帳', 'roles', 'roles', '任命日と解任日', 'appointed_at and ended_at', role, appointed_at, ended_at FROM v_role
	UNION ALL
	SELECT '契約台帳', 'contracts', 'contracts', '開始日と終了日', 'starts_at and ends_at', contract_id, starts_at, ends_at FROM v_contract
	UNION ALL
	SELECT '機器台帳', 'devices', 'devices', '導入日と廃棄日', 'acquired and disposed', device_id, acquired, disposed FROM v_device_register
	UNION ALL
	SELECT '作業計画', 'work_plans', 'work_plans', '開始日時と終了日時', 'starts_at and ends_at', plan_id, starts_at,
	       CASE WHEN length(ends_at) < length(starts_at) THEN ends_at || ' 24:00' ELSE ends_at END
	  FROM v_work_plan
), there AS MATERIALIZED (
	SELECT kind,
	       CASE kind WHEN 'people' THEN '職員台帳' WHEN 'vendors' THEN '事業者台帳' WHEN 'devices' THEN '機器台帳' WHEN 'systems' THEN 'システム台帳' END AS name
	  FROM v_register
	 WHERE state <> 'missing' AND rows > 0
)
SELECT r.kind || '/' || r.column_en AS resource, 'warn' AS status, 'registers disagree' AS reason, NULL AS reason_id, r.register, r.register_en,
       r.column, r.column_en, t.name AS target, r.target AS target_en, min(r.row) AS row, r.value, count(*) AS times, NULL AS total
  FROM ref AS r
  JOIN there AS t ON t.kind = r.target
 WHERE NOT r.found
 GROUP BY r.kind, r.column_en
UNION ALL
SELECT kind || '/dates', 'warn', 'wrong way round', 'order', register, register_en, column, column_en, NULL, NULL, min(row), early || ' → ' || late,
       count(*), NULL
  FROM pair
 WHERE late < early
 GROUP BY kind
UNION ALL
SELECT 'registers', 'pass', 'registers', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*) FROM there HAVING count(*) > 0;
