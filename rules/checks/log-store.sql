-- id: log-store
-- ref: CL-2-11.i
-- title.ja: 集めた記録の保管場所に余裕があり、ほかの人から守られている
-- title.en: the store of the records has room and is closed to others
-- severity: critical
-- decides: no
-- needs: register:log_sources
-- param: warn_permille = 100
-- param: fail_permille = 30
-- param: quiet = 2h
-- basis: proposed
-- reason.ja: 記録を保管するディスクの空きが{free}%しかない
-- reason.en: only {free}% of the disk that keeps the records is free
-- reason.ja.mode: 記録のファイルを、管理者でない利用者も読み書きできる（権限 {mode}）
-- reason.en.mode: others can read or write the file that keeps the records (mode {mode})
-- reason.ja.old: 保管場所の状態が{last}から確かめられていない
-- reason.en.old: nothing is known of the store since {last}
-- reason.ja.none: 保管場所の状態をまだ確かめていない
-- reason.en.none: nothing is known of the store yet
-- reason.ja.ok: 記録の保管場所に問題はない
-- reason.en.ok: the store of the records is in order
-- fix.ja: ディスクを増やすか不要なファイルを消す。権限は tenkend の利用者だけが読み書きできる 0600 に戻し、だれが変えたか調べる
-- fix.en: give it more disk or remove other files; set the mode back to 0600 and find out who changed it
--
-- That nothing in it was changed is what the chain of snapshots shows (tenken snapshot verify).

WITH fact AS (
	SELECT name, value, at FROM v_own_fact AS f
	 WHERE name IN ('disk_free', 'store_mode') AND day = (SELECT max(day) FROM v_own_fact AS g WHERE g.name = f.name)
), judged AS (
	SELECT name, value, at,
	       CASE WHEN at < :seen - :quiet THEN 'unknown'
	            WHEN name = 'disk_free' AND value < :fail_permille THEN 'fail'
	            WHEN name = 'disk_free' AND value < :warn_permille THEN 'warn'
	            WHEN name = 'store_mode' AND value & 63 > 0 THEN 'fail'
	            ELSE 'pass' END AS status
	  FROM fact
)
SELECT CASE name WHEN 'disk_free' THEN 'disk' ELSE 'file' END AS resource, status, 'store' AS reason,
       CASE WHEN status = 'unknown' THEN 'old' WHEN status = 'pass' THEN 'ok' WHEN name = 'store_mode' THEN 'mode' END AS reason_id,
       value / 10 AS free, '0' || (value / 64 % 8) || (value / 8 % 8) || (value % 8) AS mode, day(at) AS last, CASE WHEN status <> 'unknown' THEN at + :quiet + 1 END AS next
  FROM judged
UNION ALL
SELECT 'disk', 'unknown', 'store', 'none', NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM fact);
