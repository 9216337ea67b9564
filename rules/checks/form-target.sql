-- id: form-target
-- ref: CL-F.b
-- title.ja: 「いいえ」の項目に年度内の目標日があり、過ぎていない
-- title.en: rows answered no have a target date in the fiscal year, and it has not passed
-- severity: high
-- stage: 2
-- basis: recovered
-- reason.ja: {pack}の{item}{whose}は、目標日{target}を{late}日過ぎても「いいえ」のまま（{who}が{since}から）
-- reason.en: row {item}{whose_en} of {pack} is still no, {late} days after its target date {target} ({who}, since {since})
-- reason.ja.none: {pack}の{item}{whose}は「いいえ」だが、目標日がない
-- reason.en.none: row {item}{whose_en} of {pack} is answered no, without a target date
-- reason.ja.ok: 今年度の「いいえ」{total}件には、すべて年度内の目標日があり、過ぎたものはない
-- reason.en.ok: all {total} rows answered no this fiscal year have a target date ahead
-- fix.ja: 済んでいれば「はい」と答え直す。済んでいなければ遅れた理由を確かめ、年度内の新しい目標日を決めて答え直す
-- fix.en: answer yes if it is done; else find out why it is late and answer again with a new date in the fiscal year
--
-- Of the institution and of its vendors.  What was answered in another fiscal year is over: form-unanswered asks again.

WITH no AS (
	SELECT a.pack, a.item, a.vendor_id, a.system_id, a.target_on AS target, a.since, a.who,
	       ifnull('（' || a.vendor_id || ifnull('、' || a.system_id, '') || '）', '') AS whose,
	       ifnull(' (' || a.vendor_id || ifnull(', ' || a.system_id, '') || ')', '') AS whose_en
	  FROM v_answer AS a
	 WHERE a.answer = 'no' AND a.pack GLOB 'mhlw-*' AND a.item <> '0'
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
)
SELECT pack || '/' || item || ifnull('/' || vendor_id, '') || ifnull('/' || system_id, '') AS resource, 'fail' AS status,
       'target of this row' AS reason, CASE WHEN target IS NULL THEN 'none' END AS reason_id, pack, item, whose, whose_en, target,
       days(target, :today) AS late, since, who, NULL AS total
  FROM no
 WHERE ifnull(target, '') < :today
UNION ALL
SELECT '目標日', 'pass', 'targets', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM no
 WHERE target >= :today
HAVING count(*) = (SELECT count(*) FROM no);
