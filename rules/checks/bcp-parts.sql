-- id: bcp-parts
-- ref: CL-3-03.d
-- title.ja: 事業継続計画に必要な部分がそろっている
-- title.en: the continuity plan has the parts it needs
-- severity: medium
-- decides: no
-- needs: register:documents
-- attest: 365
-- basis: proposed
-- reason.ja: 「{title}」に足りない部分がある: {missing}
-- reason.en: "{title}" lacks: {missing_en}
-- reason.ja.blank: 「{title}」に何が書かれているか、文書台帳に記入されていない（発動基準、復旧の優先順位、紙運用の帳票、事後入力の手順、連絡体制図の参照）
-- reason.en.blank: what "{title}" holds is not entered in the register of documents
-- reason.ja.none: 承認された事業継続計画がない
-- reason.en.none: there is no approved continuity plan
-- reason.ja.ok: 「{title}」に発動基準、復旧の優先順位、紙運用の帳票、事後入力の手順、連絡体制図の参照がある
-- reason.en.ok: "{title}" says when it starts, in which order things are restored, which forms are used, how records are entered afterwards, and whom to call
-- fix.ja: 足りない部分を計画に書き足し、文書台帳のその欄に「はい」を入れる
-- fix.en: add what is missing to the plan, and answer its column in the register of documents with yes
--
-- The newest approved plan.  An empty cell beside filled ones is a part nobody found; a row without any is not filled in yet.

WITH plan AS (
	SELECT title, ifnull(start_criteria, 0) AS a, ifnull(recovery_order, 0) AS b, ifnull(downtime_forms, 0) AS c,
	       ifnull(afterwards_entry, 0) AS d, ifnull(contact_chart, 0) AS e,
	       coalesce(start_criteria, recovery_order, downtime_forms, afterwards_entry, contact_chart) IS NULL AS blank
	  FROM v_document
	 WHERE kind = 'bcp' AND approved_at <= :today
	 ORDER BY approved_at DESC
	 LIMIT 1
)
SELECT 'bcp' AS resource, CASE WHEN blank THEN 'unknown' WHEN a AND b AND c AND d AND e THEN 'pass' ELSE 'warn' END AS status,
       'parts of the plan' AS reason, CASE WHEN blank THEN 'blank' WHEN a AND b AND c AND d AND e THEN 'ok' END AS reason_id, title,
       substr(CASE a WHEN 0 THEN '、発動基準' ELSE '' END || CASE b WHEN 0 THEN '、復旧の優先順位' ELSE '' END ||
              CASE c WHEN 0 THEN '、紙運用の帳票' ELSE '' END || CASE d WHEN 0 THEN '、事後入力の手順' ELSE '' END ||
              CASE e WHEN 0 THEN '、連絡体制図の参照' ELSE '' END, 2) AS missing,
       substr(CASE a WHEN 0 THEN ', when it starts' ELSE '' END || CASE b WHEN 0 THEN ', the order of restoring' ELSE '' END ||
              CASE c WHEN 0 THEN ', forms on paper' ELSE '' END || CASE d WHEN 0 THEN ', entering records afterwards' ELSE '' END ||
              CASE e WHEN 0 THEN ', whom to call' ELSE '' END, 3) AS missing_en
  FROM plan
UNION ALL
SELECT 'bcp', 'unknown', 'parts of the plan', 'none', NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM plan);
