-- id: bcp-current
-- ref: CL-3-03.a
-- title.ja: サイバー攻撃を想定した事業継続計画があり、見直されている
-- title.en: there is a continuity plan for a cyber attack, and it is kept under review
-- severity: high
-- decides: yes
-- needs: register:documents
-- attest: 365
-- param: warn_days = 365
-- param: fail_days = 548
-- basis: proposed
-- reason.ja: 事業継続計画（BCP）が文書台帳にない
-- reason.en: there is no continuity plan in the register of documents
-- reason.ja.draft: 「{title}」は承認されていない（承認日が書かれていない）
-- reason.en.draft: "{title}" is not approved (no date of approval)
-- reason.ja.old: 「{title}」は{reviewed}を最後に{age}日間見直されていない
-- reason.en.old: "{title}" was last reviewed on {reviewed}, {age} days ago
-- reason.ja.ok: 「{title}」は{reviewed}に見直されている
-- reason.en.ok: "{title}" was reviewed on {reviewed}
-- fix.ja: 厚生労働省のひな形を参考に計画を作り、経営層の承認を得て文書台帳に登録する。年に1回は訓練の結果を受けて見直す
-- fix.en: write the plan, for instance after the Ministry's template, have it approved and enter it; review it once a year after a drill
--
-- That the plan is good is for a person to attest.  The best one counts: an old draft beside the plan in force does no harm.

WITH plan AS (
	SELECT title, approved_at, max(ifnull(reviewed_at, ''), ifnull(approved_at, '')) AS reviewed,
	       days(max(ifnull(reviewed_at, ''), ifnull(approved_at, '')), :today) AS age
	  FROM v_document
	 WHERE kind = 'bcp'
), judged AS (
	SELECT *,
	       CASE WHEN approved_at IS NULL OR approved_at > :today THEN 3 WHEN age > :fail_days THEN 2 WHEN age > :warn_days THEN 1
	            ELSE 0 END AS fault
	  FROM plan
)
SELECT 'bcp' AS resource, CASE min(fault) WHEN 0 THEN 'pass' WHEN 1 THEN 'warn' ELSE 'fail' END AS status,
       'continuity plan' AS reason, CASE min(fault) WHEN 0 THEN 'ok' WHEN 1 THEN 'old' WHEN 2 THEN 'old' WHEN 3 THEN 'draft' END AS reason_id,
       title, reviewed, age
  FROM judged
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'documents' AND state <> 'missing');
