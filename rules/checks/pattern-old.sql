-- id: pattern-old
-- ref: CL-2-06.d
-- title.ja: マルウェア対策の定義ファイルが新しい
-- title.en: the patterns of the protection are new
-- severity: medium
-- by: device
-- waits: words
-- decides: no
-- needs: register:devices
-- attest: 31
-- param: warn_days = 3
-- param: fail_days = 7
-- basis: proposed
-- reason.ja: {device}（{name}）の定義ファイルは{pattern}のもので、{age}日たっている
-- reason.en: the patterns of {device} ({name}) are of {pattern}, {age} days old
-- reason.ja.blind: 対象{total}台は定義ファイルの日付が分からない（例: {device}）
-- reason.en.blind: how old the patterns of {total} devices are is not known (for instance {device})
-- reason.ja.ok: 日付の分かる{total}台の定義ファイルは、ほかにすべて{need}日以内のもの
-- reason.en.ok: the patterns of all other devices ({total} known) are within {need} days
-- fix.ja: その機器で定義ファイルの更新を実行する。ネットワークにつながらない端末は、週に1回媒体で更新する手順を決める
-- fix.en: update the patterns there; for terminals off the network lay down a weekly update by medium
--
-- Counted up to the day the device was last seen or reported: one that was switched off did not neglect anything.

WITH device AS MATERIALIZED (
	SELECT h.device_id, h.name, max(ifnull(day(h.pattern_at), ''), ifnull(CASE WHEN h.pattern_on <= :today THEN h.pattern_on END, '')) AS pattern,
	       min(:seen, CASE WHEN s.last_seen IS NULL AND h.reported_at IS NULL THEN :seen
	                       ELSE max(ifnull(s.last_seen, 0), ifnull(h.reported_at, 0)) END) AS until, h.pattern_event AS last_event
	  FROM v_device_health AS h
	  JOIN v_device AS s ON s.device_key = h.device_key
	 WHERE h.antimalware AND ifnull(h.disposed, '9999') > :today AND ifnull(h.usable, 'yes') <> 'no'
), aged AS MATERIALIZED (
	SELECT *, days(nullif(pattern, ''), until) AS age FROM device
)
SELECT device_id AS resource, CASE WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status, 'age of patterns' AS reason, NULL AS reason_id,
       device_id AS device, name, pattern, age, NULL AS total, :warn_days AS need, last_event AS first_event, last_event
  FROM aged
 WHERE age > :warn_days
UNION ALL
SELECT 'patterns', 'pass', 'age of patterns', 'ok', NULL, NULL, NULL, NULL, count(*), :warn_days, NULL, NULL
  FROM aged
 WHERE age IS NOT NULL
HAVING count(*) > 0
UNION ALL
SELECT 'patterns/unheard', 'unknown', 'age of patterns', 'blind', min(device_id), NULL, NULL, NULL, count(*), :warn_days, NULL, NULL
  FROM aged
 WHERE age IS NULL
HAVING count(*) > 0;
