-- id: disclosure-missing
-- ref: CL-2-03.a
-- title.ja: 事業者のあるシステムごとにMDSかSDSを受け取っている
-- title.en: for every system with a vendor there is an MDS or SDS
-- severity: high
-- decides: yes
-- needs: register:systems
-- needs: register:disclosures
-- attest: 365
-- basis: recovered
-- reason.ja: {system}（事業者 {vendor}）のMDS/SDSを受け取っていない
-- reason.en: no MDS or SDS has been received for {system} (vendor {vendor})
-- reason.ja.asked: {system}のMDS/SDSを{asked}に{vendor}へ依頼したが、まだ受け取っていない
-- reason.en.asked: the MDS or SDS for {system} was asked of {vendor} on {asked}, but has not come
-- reason.ja.ok: 事業者のあるシステム{total}件は、ほかにMDS/SDSの漏れがない
-- reason.en.ok: of {total} systems with a vendor, no other lacks its MDS or SDS
-- reason.ja.novendor: システム台帳に事業者番号が1件も書かれていない
-- reason.en.novendor: no system in the register has a vendor
-- fix.ja: 事業者にMDS/SDS（最新の様式）を依頼し、受け取ったら開示書台帳に受領日と様式の版を書く。依頼しただけの間は「依頼日」を書いておく
-- fix.en: ask the vendor for an MDS or SDS (newest form) and enter when it came and its version; until then enter requested_at
--
-- A system made in the house has no vendor and needs none.  What stands as a document (kind mds or sds) with its system counts too.

WITH served AS MATERIALIZED (
	SELECT y.system_id, y.system_key, y.name, ifnull(v.name, y.vendor_id) AS vendor,
	       EXISTS (SELECT 1 FROM v_disclosure AS d WHERE d.system_key = y.system_key AND d.received_at <= :today)
	       OR EXISTS (SELECT 1 FROM v_document AS d WHERE d.kind IN ('mds', 'sds') AND d.system_key = y.system_key) AS present,
	       (SELECT max(d.requested_at) FROM v_disclosure AS d
	         WHERE d.system_key = y.system_key AND d.received_at IS NULL) AS asked
	  FROM v_system AS y
	  LEFT JOIN v_vendor AS v ON v.vendor_key = y.vendor_key
	 WHERE y.vendor_id IS NOT NULL
)
SELECT system_id AS resource, 'fail' AS status, 'no disclosure' AS reason, CASE WHEN asked IS NOT NULL THEN 'asked' END AS reason_id,
       name AS system, vendor, asked, NULL AS total
  FROM served
 WHERE NOT present AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'disclosures' AND state <> 'missing')
UNION ALL
SELECT 'systems.csv', CASE WHEN (SELECT count(*) FROM served) > 0 THEN 'pass' ELSE 'unknown' END, 'disclosures',
       CASE WHEN (SELECT count(*) FROM served) > 0 THEN 'ok' ELSE 'novendor' END, NULL, NULL, NULL, (SELECT count(*) FROM served)
 WHERE EXISTS (SELECT 1 FROM v_system);
