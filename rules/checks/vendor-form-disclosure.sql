-- id: vendor-form-disclosure
-- ref: V-2-03
-- title.ja: 事業者がMDS/SDSを提出したと答えている
-- title.en: the vendor says that it handed over MDS/SDS
-- severity: high
-- decides: yes
-- needs: register:contracts
-- attest: 366
-- basis: background
-- reason.ja: {who}（{system}）は事業者確認用の2-3に「いいえ」と答え、目標日{target}を過ぎても「はい」になっていない
-- reason.en: {who} ({system}) answered no to row 2-3 of the vendors' form, and the target date {target} has passed
-- reason.ja.planned: {who}（{system}）は2-3に「いいえ」と答え、{target}までに行うとしている
-- reason.en.planned: {who} ({system}) answered no to row 2-3 and means to have it done by {target}
-- reason.ja.open: 有効な契約{total}件のうち{n}件は、MDS/SDSの提出について今年度の回答がない（{who} など）
-- reason.en.open: of {total} contracts in force, {n} have no answer this fiscal year about that it handed over MDS/SDS ({who} ...)
-- reason.ja.word: 有効な契約{total}件のうち{n}件は、MDS/SDSの提出について事業者が「はい」と答えている
-- reason.en.word: of {total} contracts in force, for {n} the vendor answered yes about that it handed over MDS/SDS
-- reason.ja.nobody: 有効な契約がないため、事業者確認用は要らない
-- reason.en.nobody: no contract is in force, so no form is needed
-- fix.ja: 事業者確認用をその事業者に送り、2-3の回答を受け取って `tenken answer` に事業者番号とシステムを付けて入れる
-- fix.en: send the vendors' form, and enter its answer to row 2-3 with `tenken answer`, naming vendor and system
--
-- The vendor's word, for one fiscal year: it is attested, never measured.  Where the records of its devices say otherwise,
-- vendor-contradicted tells.

WITH contract AS (
	SELECT DISTINCT c.vendor_id, c.vendor_key, c.system_id, ifnull(c.system_key, '') AS system_key
	  FROM v_contract AS c
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
), form AS (
	SELECT c.vendor_id, ifnull(c.system_id, '-') AS system, ifnull((SELECT name FROM v_vendor AS v WHERE v.vendor_key = c.vendor_key), c.vendor_id) AS who,
	       a.answer, a.target_on, max(a.answer_id) AS newest
	  FROM contract AS c
	  LEFT JOIN v_answer AS a
	    ON a.vendor_key = c.vendor_key AND ifnull(a.system_key, c.system_key) = c.system_key AND a.item = '2-3'
	   AND a.pack GLOB 'mhlw-vendor-*'
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
	 GROUP BY c.vendor_key, c.system_key
)
SELECT vendor_id || '/' || system AS resource, CASE WHEN ifnull(target_on, '') < :today THEN 'fail' ELSE 'warn' END AS status,
       'answer of this vendor' AS reason, CASE WHEN ifnull(target_on, '') >= :today THEN 'planned' END AS reason_id, who, system,
       ifnull(target_on, '-') AS target, NULL AS n, NULL AS total
  FROM form
 WHERE answer = 'no'
UNION ALL
SELECT '未回答', 'unknown', 'no answer', 'open', min(who), NULL, NULL, count(*), (SELECT count(*) FROM form)
  FROM form
 WHERE answer IS NULL
HAVING count(*) > 0
UNION ALL
SELECT '回答', 'attested', 'answered yes', 'word', NULL, NULL, NULL, count(*), (SELECT count(*) FROM form)
  FROM form
 WHERE answer = 'yes'
HAVING count(*) > 0
UNION ALL
SELECT '契約', 'pass', 'no contract', 'nobody', NULL, NULL, NULL, 0, 0
 WHERE NOT EXISTS (SELECT 1 FROM contract) AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing');
