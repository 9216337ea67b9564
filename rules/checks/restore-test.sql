-- id: restore-test
-- ref: CL-3-02.f
-- title.ja: 重要なシステムを、バックアップから復元できることを確かめている
-- title.en: every system that matters was restored from its backup as a test
-- severity: high
-- decides: yes
-- needs: register:systems
-- needs: register:restore_tests
-- attest: 365
-- param: warn_days = 365
-- param: fail_days = 548
-- param: first_days = 90
-- basis: proposed
-- reason.ja: 「{name}」の復元試験は{last}を最後に{age}日間行われていない
-- reason.en: "{name}" was last restored as a test on {last}, {age} days ago
-- reason.ja.failed: 「{name}」の復元試験は{last}に失敗している
-- reason.en.failed: the test of restoring "{name}" failed on {last}
-- reason.ja.never: 「{name}」を復元した記録が一度もない
-- reason.en.never: "{name}" was never restored as far as the records go
-- reason.ja.ok: 「{name}」は{last}の復元試験に成功している（所要{minutes}分）
-- reason.en.ok: "{name}" was restored as a test on {last} (minutes: {minutes})
-- fix.ja: 予備の機器か隔離した仮想環境に復元し、診療に使える内容かを利用部門と確かめ、復元試験の記録に日付・結果・所要時間を書く
-- fix.en: restore to spare hardware or an isolated virtual machine, look with the departments whether it is fit for use, and enter date, result and minutes
--
-- Systems that the register does not call critical are left out.  A site that has just begun has its first three months.

WITH began AS (
	SELECT min(first_received) AS began FROM v_source
), test AS (
	SELECT system_key, max(date) AS last, result, minutes FROM v_restore_test WHERE date <= :today GROUP BY system_key
), system AS (
	SELECT y.system_id, y.system_key, y.name, t.last, t.result, t.minutes, days(t.last, :today) AS age, days(b.began, :seen) AS used
	  FROM v_system AS y, began AS b
	  LEFT JOIN test AS t ON t.system_key = y.system_key
	 WHERE y.critical
)
SELECT system_id AS resource,
       CASE WHEN last IS NULL THEN CASE WHEN used > :first_days THEN 'fail' ELSE 'unknown' END
            WHEN result = 'failed' OR age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' ELSE 'pass' END AS status,
       'test of restoring' AS reason,
       CASE WHEN last IS NULL THEN 'never' WHEN result = 'failed' THEN 'failed' WHEN age <= :warn_days THEN 'ok' END AS reason_id,
       name, last, age, ifnull(CAST(minutes AS INTEGER), '-') AS minutes
  FROM system;
