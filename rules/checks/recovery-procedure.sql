-- id: recovery-procedure
-- ref: CL-3-02.g
-- title.ja: 復旧の手順書があり、見直されている
-- title.en: there is a procedure for restoring, and it is kept under review
-- severity: high
-- decides: no
-- needs: register:documents
-- attest: 365
-- param: warn_days = 365
-- basis: recovered
-- reason.ja: 復旧手順が文書台帳にない
-- reason.en: there is no procedure for restoring in the register of documents
-- reason.ja.old: 「{title}」は{dated}を最後に{age}日間見直されていない
-- reason.en.old: "{title}" was last reviewed on {dated}, {age} days ago
-- reason.ja.blank: 「{title}」の承認日も見直し日も書かれていない
-- reason.en.blank: neither approval nor review of "{title}" has a date
-- reason.ja.ok: 「{title}」は{dated}に承認または見直されている
-- reason.en.ok: "{title}" was approved or reviewed on {dated}
-- fix.ja: どの順番で何を誰が復元するかを手順書にし、印刷して手元に置き、文書台帳に区分「復旧手順」で登録する
-- fix.en: write down who restores what in which order, print it, and enter it with kind recovery_procedure
--
-- The newest one counts.  Without systems nobody can open a file on a server: it has to be on paper, which a person vouches for.

WITH procedure AS (
	SELECT title, nullif(max(CASE WHEN approved_at <= :today THEN approved_at ELSE '' END,
	                         CASE WHEN reviewed_at <= :today THEN reviewed_at ELSE '' END), '') AS dated
	  FROM v_document
	 WHERE kind = 'recovery_procedure'
	 ORDER BY 2 DESC
	 LIMIT 1
)
SELECT 'recovery_procedure' AS resource,
       CASE WHEN dated IS NULL THEN 'unknown' WHEN days(dated, :today) > :warn_days THEN 'warn' ELSE 'pass' END AS status, 'procedure' AS reason,
       CASE WHEN dated IS NULL THEN 'blank' WHEN days(dated, :today) > :warn_days THEN 'old' ELSE 'ok' END AS reason_id, title, dated,
       days(dated, :today) AS age
  FROM procedure
UNION ALL
SELECT 'recovery_procedure', 'fail', 'procedure', NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM procedure) AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'documents' AND state <> 'missing');
