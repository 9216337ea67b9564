-- id: backup-generations
-- ref: CL-3-02.c
-- title.ja: バックアップを何世代も残している
-- title.en: backups are kept for several generations
-- severity: high
-- decides: no
-- needs: register:backups
-- param: generations = 3
-- basis: proposed
-- reason.ja: 「{job}」の世代は{points}しかない（{need}世代以上が必要。{whence}）
-- reason.en: "{job}" keeps {points} generations, {need} are needed ({whence_en})
-- reason.ja.blank: 「{job}」が何世代残しているか書かれていない
-- reason.en.blank: how many generations "{job}" keeps is not written
-- reason.ja.ok: 「{job}」は{points}世代ある（{whence}）
-- reason.en.ok: "{job}" keeps {points} generations ({whence_en})
-- fix.ja: 保存容量を増やすか設定を変えて世代を増やす。暗号化されてから気づくまでの日数より長く残す
-- fix.en: keep more of them, for longer than it takes to notice that everything was encrypted
--
-- What the last run reported counts before what the register plans.

WITH reported AS (
	SELECT job_key, points, max(instant(finished_at)) AS at FROM v_backup_result WHERE points IS NOT NULL GROUP BY job_key
), job AS (
	SELECT b.job, b.system_key, CAST(ifnull(r.points, b.generations) AS INTEGER) AS points, r.points IS NOT NULL AS measured
	  FROM v_backup AS b
	  LEFT JOIN reported AS r ON r.job_key = b.job_key
)
SELECT job AS resource,
       CASE WHEN points IS NULL THEN 'unknown' WHEN points >= :generations THEN 'pass' WHEN points > 1 THEN 'warn' ELSE 'fail' END AS status,
       'generations' AS reason, CASE WHEN points IS NULL THEN 'blank' WHEN points >= :generations THEN 'ok' END AS reason_id, job, points,
       :generations AS need, CASE measured WHEN 1 THEN '直近の結果による' ELSE '台帳の予定による' END AS whence,
       CASE measured WHEN 1 THEN 'by the last result' ELSE 'as planned' END AS whence_en
  FROM job;
