-- id: ledger-reported
-- ref: CL-2-01.e
-- title.ja: 機器台帳の状況を経営層に報告している
-- title.en: the management hears about the register of devices
-- severity: low
-- decides: no
-- needs: register:documents
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: 経営層への最後の報告は{reported}の「{title}」で、{age}日たっている
-- reason.en: the last report to the management was "{title}" of {reported}, {age} days ago
-- reason.ja.never: 経営層への報告が文書台帳にない
-- reason.en.never: no report to the management stands in the register of documents
-- reason.ja.ok: 経営層へ{reported}に「{title}」を報告している
-- reason.en.ok: "{title}" was reported to the management on {reported}
-- fix.ja: 台帳の件数、棚卸の結果、サポート切れの機器などを経営層に報告し、文書台帳に区分「経営層への報告」で文書名と日付（承認日）を書く
-- fix.en: report numbers, stocktaking and devices out of support, and enter the report in the register of documents (kind board_report, approved_at)
--
-- A report that nobody entered may have been made: unknown, not fail.

WITH report AS (
	SELECT title, max(ifnull(approved_at, ''), ifnull(reviewed_at, '')) AS reported
	  FROM v_document
	 WHERE kind = 'board_report' AND max(ifnull(approved_at, ''), ifnull(reviewed_at, '')) <= :today
), newest AS (
	SELECT title, nullif(max(reported), '') AS reported, days(max(reported), :today) AS age FROM report
)
SELECT 'board_report' AS resource,
       CASE WHEN reported IS NULL THEN 'unknown' WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' ELSE 'pass' END AS status,
       'report to the management' AS reason, CASE WHEN reported IS NULL THEN 'never' WHEN age <= :warn_days THEN 'ok' END AS reason_id,
       title, reported, age
  FROM newest;
