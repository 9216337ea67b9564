-- id: disclosure-unreviewed
-- ref: CL-2-03.d
-- title.ja: 受け取ったMDS/SDSを読み、「いいえ」の項目に対策を決めている
-- title.en: the MDS or SDS received was read, and every "no" in it has a measure
-- severity: medium
-- decides: no
-- needs: register:disclosures
-- attest: 365
-- basis: proposed
-- reason.ja: {system}の{kind}（{received}受領）を確かめた人と日が書かれていない
-- reason.en: who read the {kind} for {system} (received on {received}), and when, is not written
-- reason.ja.measure: {system}の{kind}で「いいえ」の{no}項目のうち{open}項目に対策が決まっていない
-- reason.en.measure: of {no} answers "no" in the {kind} for {system}, {open} have no measure
-- reason.ja.blank: {system}の{kind}の「いいえ」の数と、対策の決まっていない数が書かれていない
-- reason.en.blank: how many answers in the {kind} for {system} are no, and how many of them have no measure, is not written
-- reason.ja.ok: 受け取ったMDS/SDS{total}件は、ほかに確かめ残しがない
-- reason.en.ok: of {total} disclosures received, no other waits to be read
-- fix.ja: 開示書を読み、「いいえ」の項目ごとに運用での対策（隔離、手順、契約など）を決め、「確認者」「確認日」「いいえの数」「対策未定の数」を書く
-- fix.en: read it, decide on a measure for each "no" (isolation, procedure, contract), and enter reviewed_by, reviewed_at, no_answers and no_without_measure
--
-- That the reading was a real one is for a person to attest.

WITH newest AS (
	SELECT d.system_id, d.system_key, upper(d.kind) AS kind, d.reviewed_by, d.reviewed_at, d.no_answers, d.no_without_measure,
	       max(d.received_at) AS received
	  FROM v_disclosure AS d
	 WHERE d.received_at IS NOT NULL
	 GROUP BY d.system_key, d.kind
), judged AS MATERIALIZED (
	SELECT n.*, ifnull((SELECT name FROM v_system AS y WHERE y.system_key = n.system_key), n.system_id) AS system,
	       CASE WHEN n.reviewed_by IS NULL OR n.reviewed_at IS NULL THEN 'unread' WHEN n.no_without_measure > 0 THEN 'measure'
	            WHEN n.no_without_measure IS NULL AND ifnull(n.no_answers, 1) > 0 THEN 'blank' END AS fault
	  FROM newest AS n
)
SELECT system_id || '/' || fold(kind) AS resource, CASE fault WHEN 'blank' THEN 'unknown' ELSE 'warn' END AS status,
       'reading of the disclosure' AS reason, nullif(fault, 'unread') AS reason_id, system, kind, received,
       CAST(ifnull(no_answers, no_without_measure) AS INTEGER) AS no, CAST(no_without_measure AS INTEGER) AS open, NULL AS total
  FROM judged
 WHERE fault IS NOT NULL
UNION ALL
SELECT 'disclosures.csv', 'pass', 'disclosures', 'ok', NULL, NULL, NULL, NULL, NULL, count(*) FROM judged HAVING sum(fault IS NULL) > 0;
