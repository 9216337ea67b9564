-- id: bcp-current
-- ref: CL-3-03.a
-- title.ja: サイバー攻撃を想定した事業継続計画が承認されている
-- title.en: a continuity plan for a cyber attack is approved
-- severity: high
-- decides: yes
-- needs: register:documents
-- attest: 365
-- basis: proposed
-- reason.ja: 事業継続計画（BCP）が文書台帳にない
-- reason.en: there is no continuity plan in the register of documents
-- reason.ja.draft: 「{title}」は承認されていない（承認日が書かれていない）
-- reason.en.draft: "{title}" is not approved (no date of approval)
-- reason.ja.ended: 「{title}」は{ended}で有効期限が切れている
-- reason.en.ended: "{title}" ran out on {ended}
-- reason.ja.ok: 「{title}」は{approved}に承認されている
-- reason.en.ok: "{title}" was approved on {approved}
-- fix.ja: 厚生労働省のひな形を参考に計画を作り、経営層の承認を得て文書台帳に登録する
-- fix.en: write the plan, for instance after the Ministry's template, have the management approve it, and enter it
--
-- That the plan is good is for a person to attest.  The best one counts: an old draft beside the plan in force does no harm.
-- How long ago it was reviewed is bcp-review's question.

WITH plan AS (
	SELECT title, approved_at, valid_to,
	       CASE WHEN approved_at IS NULL OR approved_at > :today THEN 2 WHEN valid_to < :today THEN 1 ELSE 0 END AS fault
	  FROM v_document
	 WHERE kind = 'bcp'
)
SELECT 'bcp' AS resource, CASE min(fault) WHEN 0 THEN 'pass' ELSE 'fail' END AS status, 'continuity plan' AS reason,
       CASE min(fault) WHEN 0 THEN 'ok' WHEN 1 THEN 'ended' WHEN 2 THEN 'draft' END AS reason_id, title, approved_at AS approved,
       valid_to AS ended
  FROM plan
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'documents' AND state <> 'missing');
