-- id: backup-result
-- ref: CL-3-02.a
-- title.ja: すべてのバックアップが予定どおりに成功している
-- title.en: every backup succeeds when it should
-- severity: critical
-- waits: words
-- waits: sources
-- decides: yes
-- needs: register:backups
-- param: default_hours = 24
-- basis: proposed
-- reason.ja: 「{job}」は{last}を最後に{hours}時間成功していない（予定は{interval}時間ごと）
-- reason.en: "{job}" last succeeded on {last}, {hours} hours ago (planned every {interval} hours)
-- reason.ja.failed: 「{job}」が{bad}に失敗した（最後の成功は{last}。理由 {why}）
-- reason.en.failed: "{job}" failed on {bad} (last success on {last}; reason: {why})
-- reason.ja.nosuccess: 「{job}」は{bad}に失敗し、成功した記録が一度もない（理由 {why}）
-- reason.en.nosuccess: "{job}" failed on {bad} and has never succeeded as far as the records go (reason: {why})
-- reason.ja.warned: 「{job}」は{last}に警告付きで終わった
-- reason.en.warned: "{job}" ended on {last} with warnings
-- reason.ja.blind: 「{job}」の結果が届いていない（ログにもバックアップ結果の台帳にもない）
-- reason.en.blind: no result of "{job}" arrives, neither in the logs nor in the register of results
-- reason.ja.silent: 「{job}」の結果は分からない（バックアップのログが{heard}を最後に届いていない。最後の成功は{last}）
-- reason.en.silent: how "{job}" went is not known: the last line about backups arrived on {heard} (last success on {last})
-- reason.ja.outside: 「{job}」は事業者が取得しており、結果が届いていない
-- reason.en.outside: "{job}" is run by a vendor, and no result arrives
-- reason.ja.ok: 「{job}」は{last}に成功している
-- reason.en.ok: "{job}" succeeded on {last}
-- fix.ja: バックアップの装置で失敗の理由（容量、接続、アカウント）を直して取り直す。結果が届かないときは、ログの送信を設定するか、バックアップ結果の台帳に毎日書く
-- fix.en: cure the reason on the backup machine (space, connection, account) and run it again; where no result arrives, send its log here or keep the register of results
--
-- A daily job has two hours of grace, a weekly one a day.  The logs and the register of results count alike; a line without a
-- job's name (Windows Server Backup) counts for the jobs of its system.  Where the source of those lines went silent, nobody
-- knows.

WITH told AS MATERIALIZED (
	SELECT type, subject, system_id AS system_key, last_at, last_event, reason
	  FROM v_last_word
	 WHERE type IN ('backup_finished', 'backup_failed')
), heard AS (
	SELECT max(last_received) AS heard FROM v_alive WHERE type IN ('backup_finished', 'backup_failed')
), listed AS (
	SELECT job_key, max(CASE WHEN result <> 'failed' THEN instant(finished_at) END) AS ok,
	       max(CASE WHEN result = 'failed' THEN instant(finished_at) END) AS bad,
	       max(CASE WHEN result = 'warning' THEN instant(finished_at) END) AS warned
	  FROM v_backup_result
	 WHERE instant(finished_at) <= :seen
	 GROUP BY job_key
), job AS (
	SELECT b.job, b.system_id, b.system_key, ifnull(b.interval_hours, :default_hours) AS interval, ifnull(b.outsourced, 0) AS outside, b.job_key,
	       ifnull(l.ok, 0) AS listed_ok, ifnull(l.bad, 0) AS listed_bad, ifnull(l.warned, 0) AS warned,
	       (SELECT max(t.last_at) FROM told AS t
	         WHERE t.type = 'backup_finished'
	           AND (t.subject = b.job_key OR (t.subject IS NULL AND t.system_key = b.system_key))) AS told_ok
	  FROM v_backup AS b
	  LEFT JOIN listed AS l ON l.job_key = b.job_key
), last AS (
	SELECT j.*, max(listed_ok, ifnull(told_ok, 0)) AS ok, max(j.listed_bad, ifnull(f.last_at, 0)) AS bad, f.reason AS why, f.last_event AS bad_event,
	       CASE WHEN interval >= 48 THEN interval * 8 / 7.0 ELSE interval + 2 END AS grace,
	       ifnull(told_ok, 0) > listed_ok AS by_log
	  FROM job AS j
	  LEFT JOIN (SELECT b.job_key, max(t.last_at) AS last_at, t.reason, t.last_event
	               FROM v_backup AS b
	               JOIN told AS t
	                 ON t.type = 'backup_failed' AND (t.subject = b.job_key OR (t.subject IS NULL AND t.system_key = b.system_key))
	              GROUP BY b.job_key) AS f
	    ON f.job_key = j.job_key
), aged AS (
	SELECT l.*, (:seen - ok) / 3600000000.0 AS hours, h.heard, by_log AND ifnull(h.heard, 0) < ok + CAST(grace * 3600000000 AS INTEGER) AS silent
	  FROM last AS l, heard AS h
), judged AS (
	SELECT *,
	       CASE WHEN bad > ok THEN 'fail'
	            WHEN ok = 0 THEN 'unknown'
	            WHEN hours <= grace THEN CASE WHEN warned >= ok THEN 'warn' ELSE 'pass' END
	            WHEN silent THEN 'unknown'
	            WHEN hours <= grace + interval THEN 'warn'
	            ELSE 'fail' END AS status
	  FROM aged
)
SELECT job AS resource, status, 'result of the job' AS reason,
       CASE WHEN bad > ok THEN CASE WHEN ok > 0 THEN 'failed' ELSE 'nosuccess' END
            WHEN ok = 0 THEN CASE WHEN outside THEN 'outside' ELSE 'blind' END
            WHEN hours <= grace THEN CASE WHEN warned >= ok THEN 'warned' ELSE 'ok' END
            WHEN silent THEN 'silent' END AS reason_id,
       system_key AS system_id, job, day(nullif(ok, 0)) AS last, CAST(hours AS INTEGER) AS hours, CAST(interval AS INTEGER) AS interval,
       day(nullif(bad, 0)) AS bad, ifnull(why, '-') AS why, day(heard) AS heard,
       CASE WHEN bad > ok THEN bad_event END AS first_event, CASE WHEN bad > ok THEN bad_event END AS last_event,
       CASE WHEN status = 'pass' THEN ok + CAST(grace * 3600000000 AS INTEGER)
            WHEN status = 'warn' AND hours > grace THEN ok + CAST((grace + interval) * 3600000000 AS INTEGER) END AS next
  FROM judged;
