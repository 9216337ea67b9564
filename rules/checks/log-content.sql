-- id: log-content
-- ref: CL-2-11.d
-- title.ja: 診療記録の操作の記録に、だれが・いつ・何をしたかが残っている
-- title.en: records of access say who, when, what and how
-- severity: medium
-- decides: no
-- needs: record_access within 7d
-- param: days = 7
-- param: warn_percent = 99
-- param: fail_percent = 90
-- basis: proposed
-- reason.ja: {host} の操作の記録{lines}件のうち、利用者 {user}%・時刻 {time}%・対象 {object}%・操作の種類 {method}%しか分からない（{days}日間）
-- reason.en: of {lines} records of access of {host} only {user}% name the user, {time}% the time, {object}% the patient or object, {method}% what was done ({days} days)
-- reason.ja.ok: {host} の操作の記録{lines}件のほぼすべてに、利用者・時刻・対象・操作の種類がある（{days}日間）
-- reason.en.ok: nearly all {lines} records of access of {host} say who, when, whom and how ({days} days)
-- fix.ja: 電子カルテなどの出力設定を事業者に確かめ、利用者・時刻・対象患者・操作の種類がすべて出るようにする
-- fix.en: ask the vendor for the settings of the log, so that user, time, patient and operation are all written
--
-- As far as the lines that arrive tell; a system that writes nothing at all is the question of source-silent.

WITH part AS (
	SELECT host, system_id, sum(lines) AS lines, 100.0 * sum(with_user) / sum(lines) AS user, 100.0 * sum(with_time) / sum(lines) AS time,
	       100.0 * sum(with_object) / sum(lines) AS object, 100.0 * sum(with_method) / sum(lines) AS method
	  FROM v_completeness
	 WHERE type = 'record_access' AND day > day(:seen - :days * 86400000000)
	 GROUP BY host
), judged AS (
	SELECT *, min(user, time, object, method) AS least FROM part
)
SELECT host AS resource, CASE WHEN least < :fail_percent THEN 'fail' WHEN least < :warn_percent THEN 'warn' ELSE 'pass' END AS status,
       'content of records' AS reason, CASE WHEN least >= :warn_percent THEN 'ok' END AS reason_id, host, lines,
       CAST(user AS INTEGER) AS user, CAST(time AS INTEGER) AS time, CAST(object AS INTEGER) AS object,
       CAST(method AS INTEGER) AS method, :days AS days, system_id
  FROM judged;
