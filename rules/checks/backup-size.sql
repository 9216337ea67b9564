-- id: backup-size
-- ref: CL-3-02.h
-- title.ja: バックアップの大きさが急に変わっていない
-- title.en: no backup has suddenly changed its size
-- severity: medium
-- decides: no
-- needs: register:backup_results
-- param: least_percent = 50
-- param: most_percent = 200
-- param: samples = 5
-- basis: proposed
-- reason.ja: 「{job}」の{last}の容量は、これまでの{n}回の中央値の{percent}%（{bytes}バイト）
-- reason.en: the size of "{job}" on {last} is {percent} % of the median of {n} runs before ({bytes} bytes)
-- reason.ja.few: 「{job}」の容量の記録は{n}回分しかなく、まだ比べられない
-- reason.en.few: the sizes of "{job}" on record ({n} runs) are too few to compare
-- reason.ja.ok: 「{job}」の容量はこれまでと大きく変わらない（中央値の{percent}%）
-- reason.en.ok: the size of "{job}" is much as before ({percent} % of the median)
-- fix.ja: 対象から抜けたフォルダやデータベースがないか、暗号化されて圧縮できなくなっていないかを確かめる
-- fix.en: see whether a folder or a database dropped out, or whether what is backed up was encrypted and compresses no more
--
-- Against the fourteen successful runs before.

WITH sized AS (
	SELECT job, job_key, finished_at, bytes, row_number() OVER (PARTITION BY job_key ORDER BY finished_at DESC) AS n
	  FROM v_backup_result
	 WHERE result <> 'failed' AND bytes > 0
), before AS (
	SELECT job_key, bytes, row_number() OVER (PARTITION BY job_key ORDER BY bytes) AS place, count(*) OVER (PARTITION BY job_key) AS total
	  FROM sized
	 WHERE n BETWEEN 2 AND 15
), median AS (
	SELECT job_key, avg(bytes) AS median, max(total) AS total FROM before WHERE place IN ((total + 1) / 2, (total + 2) / 2) GROUP BY job_key
), judged AS (
	SELECT s.job, s.finished_at, CAST(s.bytes AS INTEGER) AS bytes, ifnull(m.total, 0) AS total, CAST(100 * s.bytes / m.median AS INTEGER) AS percent
	  FROM sized AS s
	  LEFT JOIN median AS m ON m.job_key = s.job_key
	 WHERE s.n = 1
)
SELECT job AS resource,
       CASE WHEN total < :samples THEN 'unknown' WHEN percent BETWEEN :least_percent AND :most_percent THEN 'pass' ELSE 'warn' END AS status,
       'size' AS reason, CASE WHEN total < :samples THEN 'few' WHEN percent BETWEEN :least_percent AND :most_percent THEN 'ok' END AS reason_id,
       job, day(instant(finished_at)) AS last, bytes, total AS n, percent
  FROM judged;
