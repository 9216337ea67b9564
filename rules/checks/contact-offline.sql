-- id: contact-offline
-- ref: CL-3-01.e
-- title.ja: 院内の回線やメールが止まっても連絡体制図を使える
-- title.en: the emergency chart still works when the house's own lines and mail are down
-- severity: medium
-- decides: no
-- needs: register:contacts
-- needs: register:documents
-- attest: 180
-- param: kinds = internal_executive internal_responsible internal_planner internal_operator
-- basis: proposed
-- reason.ja.alt: 院内の連絡先{total}件のうち{blank}件に、別の回線の電話（代替電話）がない（例: {example}）
-- reason.en.alt: of {total} contacts inside, {blank} have no number on another line (for instance {example})
-- reason.ja.alt_ok: 院内の連絡先{total}件すべてに、別の回線の電話がある
-- reason.en.alt_ok: all {total} contacts inside have a number on another line
-- reason.ja.none: 連絡体制図が文書台帳に登録されていない
-- reason.en.none: the chart does not stand in the register of documents
-- reason.ja.paper: 「{example}」をいつ印刷して配ったか書かれていない
-- reason.en.paper: it is not written when "{example}" was printed and handed out
-- reason.ja.old: 「{example}」は{dated}に改められたが、印刷・配布は{printed}が最後
-- reason.en.old: "{example}" was changed on {dated}, but last printed on {printed}
-- reason.ja.paper_ok: 「{example}」は{printed}に印刷・配布されている
-- reason.en.paper_ok: "{example}" was printed on {printed}
-- fix.ja: 責任者らの携帯電話など院外の回線の番号を「代替電話」に書き、連絡体制図を印刷して当直室と防災センターに置き、文書台帳の「印刷・配布日」に日付を書く
-- fix.en: enter numbers on another line (mobile) as phone_alt, print the chart for the duty room, and enter printed_at in the register of documents
--
-- An attack takes the telephone exchange and the mail with it.  The paper must be at least as new as the version in force.

WITH inside AS (
	SELECT count(*) AS total, ifnull(sum(phone_alt IS NULL), 0) AS blank,
	       min(CASE WHEN phone_alt IS NULL THEN ifnull(person, organisation) END) AS example
	  FROM v_contact
	 WHERE instr(' ' || :kinds || ' ', ' ' || kind || ' ') > 0 AND ifnull(expires_at, '9999') >= :today
), chart AS (
	SELECT title, max(ifnull(approved_at, ''), ifnull(reviewed_at, '')) AS dated, printed_at
	  FROM v_document
	 WHERE kind = 'chart'
	 ORDER BY 2 DESC
	 LIMIT 1
)
SELECT 'phone_alt' AS resource, CASE WHEN total = 0 THEN 'unknown' WHEN blank > 0 THEN 'warn' ELSE 'pass' END AS status,
       'another line' AS reason, CASE WHEN blank > 0 THEN 'alt' WHEN total > 0 THEN 'alt_ok' END AS reason_id, total, blank, example,
       NULL AS dated, NULL AS printed
  FROM inside
UNION ALL
SELECT 'paper', CASE WHEN printed_at IS NULL OR printed_at > :today OR printed_at < dated THEN 'warn' ELSE 'pass' END, 'printed chart',
       CASE WHEN printed_at IS NULL OR printed_at > :today THEN 'paper' WHEN printed_at < dated THEN 'old' ELSE 'paper_ok' END, NULL, NULL,
       title, dated, printed_at
  FROM chart
UNION ALL
SELECT 'paper', 'unknown', 'printed chart', 'none', NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM chart);
