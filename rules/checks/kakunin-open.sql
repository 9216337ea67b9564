-- id: kakunin-open
-- ref: CF-F.b
-- title.ja: 確認表で「いいえ」と答えた項目が長く残っていない
-- title.en: rows of the confirmation table answered no do not stay open for long
-- severity: low
-- stage: 2
-- param: warn_days = 180
-- basis: proposed
-- reason.ja: {pack}の{item}{whose}は「いいえ」のまま{age}日たっている（目標日 {target}）
-- reason.en: row {item}{whose_en} of {pack} has been no for {age} days (target {target})
-- reason.ja.ok: 確認表の回答{total}件のうち、「いいえ」のまま{need}日を超えたものはない
-- reason.en.ok: of {total} answers to the confirmation table, none has been no for more than {need} days
-- fix.ja: 済んでいれば完了日で「はい」と答え直す。済んでいなければ事業者と完了の予定日を決める
-- fix.en: if it is done, answer yes with the day it was; else settle a date with the vendor
--
-- The confirmation table knows no fiscal year; its rows get a day of completion.  A target date that lies ahead is a plan.

WITH said AS (
	SELECT pack, item, vendor_id, answer, target_on AS target, days(since, :today) AS age
	  FROM v_answer
	 WHERE pack GLOB 'kakunin-*'
), open AS (
	SELECT * FROM said WHERE answer = 'no' AND age > :warn_days AND ifnull(target, '') < :today
)
SELECT pack || '/' || item || ifnull('/' || vendor_id, '') AS resource, 'warn' AS status, 'row that stays no' AS reason, NULL AS reason_id,
       pack, item, ifnull('（' || vendor_id || '）', '') AS whose, ifnull(' (' || vendor_id || ')', '') AS whose_en, age,
       ifnull(target, '-') AS target, NULL AS total, NULL AS need
  FROM open
UNION ALL
SELECT '確認表', 'pass', 'answers', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, count(*), :warn_days
  FROM said
 WHERE NOT EXISTS (SELECT 1 FROM open)
HAVING count(*) > 0;
