-- id: bcp-drill
-- ref: CL-3-03.c
-- title.ja: システムが使えないときの訓練を年に1回行っている
-- title.en: working without the systems is practised once a year
-- severity: medium
-- decides: no
-- needs: register:drills
-- param: warn_days = 365
-- param: fail_days = 548
-- basis: recovered
-- reason.ja: 訓練は{last}を最後に{age}日間行われていない
-- reason.en: the last drill was on {last}, {age} days ago
-- reason.ja.never: サイバー攻撃やシステム停止を想定した訓練の記録がない
-- reason.en.never: no drill of a cyber attack or an outage is on record
-- reason.ja.ok: {last}に訓練を行っている（参加 {people}人）
-- reason.en.ok: the last drill was on {last} (people: {people})
-- fix.ja: 紙での診療、連絡、復旧の順番を半日で試す訓練を計画し、結果と改善事項を訓練の記録に書く
-- fix.en: plan half a day of working on paper, calling and restoring, and enter what came of it in the register of drills
--
-- Fire and earthquake drills do not count.  What is planned for a day ahead has not happened.

WITH drill AS (
	SELECT date, participants FROM v_drill WHERE kind IN ('cyber', 'outage') AND date <= :today ORDER BY date DESC LIMIT 1
)
SELECT 'drill' AS resource,
       CASE WHEN days(date, :today) > :fail_days THEN 'fail' WHEN days(date, :today) > :warn_days THEN 'warn' ELSE 'pass' END AS status,
       'age of the drill' AS reason, CASE WHEN days(date, :today) <= :warn_days THEN 'ok' END AS reason_id, date AS last,
       days(date, :today) AS age, ifnull(CAST(participants AS INTEGER), '-') AS people
  FROM drill
UNION ALL
SELECT 'drill', 'unknown', 'age of the drill', 'never', NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM drill);
