-- id: disclosure-stale
-- ref: CL-2-03.c
-- title.ja: MDS/SDSが新しく、いま使っている版のシステムのものである
-- title.en: the MDS or SDS is recent and speaks of the version in use
-- severity: medium
-- decides: no
-- needs: register:disclosures
-- attest: 365
-- param: warn_days = 365
-- param: fail_days = 730
-- basis: proposed
-- reason.ja: {system}の{kind}は{dated}のもので、{age}日たっている
-- reason.en: the {kind} for {system} is of {dated}, {age} days old
-- reason.ja.version: {system}の{kind}は版{product}についてのものだが、いま使っているのは版{running}である
-- reason.en.version: the {kind} for {system} speaks of version {product}, but version {running} is in use
-- reason.ja.ok: 受け取ったMDS/SDS{total}件は、ほかに古いものがない
-- reason.en.ok: of {total} disclosures received, no other is out of date
-- fix.ja: 事業者に、いまの版についてのMDS/SDSを依頼する。内容が変わらない場合は、その旨の回答を受けて新しい作成日で登録する
-- fix.en: ask the vendor for one of the version in use; where nothing has changed, have that confirmed and enter it with the new date
--
-- The newest disclosure of each system and kind; its own date counts, else the day it came.  Versions are compared only where
-- both are written down.

WITH newest AS MATERIALIZED (
	SELECT d.system_id, d.system_key, upper(d.kind) AS kind, d.product_version, max(ifnull(d.dated, d.received_at)) AS dated,
	       days(max(ifnull(d.dated, d.received_at)), :today) AS age
	  FROM v_disclosure AS d
	 WHERE d.received_at IS NOT NULL
	 GROUP BY d.system_key, d.kind
), judged AS MATERIALIZED (
	SELECT n.*, ifnull(y.name, n.system_id) AS system, y.version AS running,
	       ifnull(fold(n.product_version) <> fold(y.version), 0) AS other
	  FROM newest AS n
	  LEFT JOIN v_system AS y ON y.system_key = n.system_key
)
SELECT system_id || '/' || fold(kind) AS resource, CASE WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status,
       'age of the disclosure' AS reason, CASE WHEN age <= :warn_days THEN 'version' END AS reason_id, system, kind, dated, age,
       product_version AS product, running, NULL AS total
  FROM judged
 WHERE age > :warn_days OR other
UNION ALL
SELECT 'disclosures.csv', 'pass', 'disclosures', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, count(*) FROM judged HAVING count(*) > 0;
