-- id: report-procedure
-- ref: CL-3-01.f
-- title.ja: 事故のときに誰がいつまでにどこへ報告するかが決まっている
-- title.en: who reports an incident, to whom and by when, is laid down
-- severity: medium
-- decides: no
-- needs: register:documents
-- attest: 365
-- basis: proposed
-- reason.ja: 事故の報告手順（厚生労働省、警察、所管省庁、個人情報保護委員会への報告と期限）が文書台帳にない
-- reason.en: no procedure for reports (Ministry, police, competent authority, data protection commission, and their time limits) stands in the register of documents
-- reason.ja.draft: 報告手順「{title}」は承認されていない（承認日が書かれていない）
-- reason.en.draft: the procedure "{title}" is not approved (no date of approval)
-- reason.ja.ok: 報告手順「{title}」が{approved}に承認されている
-- reason.en.ok: the procedure "{title}" was approved on {approved}
-- fix.ja: 報告先ごとに担当者・連絡先・期限（漏えいなら個人情報保護委員会へ速報3〜5日、確報30日または60日）を1枚にまとめ、承認を得て文書台帳に区分「報告手順」で登録する
-- fix.en: put person, contact and time limit for each authority on one page, have it approved, and enter it with kind report_procedure
--
-- Whether the limits in it are right is for a person to read.

WITH procedure AS (
	SELECT title, approved_at, CASE WHEN approved_at <= :today THEN 0 ELSE 1 END AS fault
	  FROM v_document
	 WHERE kind = 'report_procedure'
)
SELECT 'report_procedure' AS resource, CASE WHEN min(fault) = 0 THEN 'pass' ELSE 'warn' END AS status, 'procedure' AS reason,
       CASE min(fault) WHEN 0 THEN 'ok' WHEN 1 THEN 'draft' END AS reason_id, title, approved_at AS approved
  FROM procedure
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'documents' AND state <> 'missing');
