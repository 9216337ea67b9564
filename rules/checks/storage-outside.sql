-- id: storage-outside
-- ref: CF-P2-A9
-- title.ja: 外部に保存する記録の保存先と条件が決まっている
-- title.en: for records stored outside, place and conditions are settled
-- severity: high
-- decides: yes
-- needs: register:systems
-- attest: 365
-- basis: recovered
-- reason.ja: {name}は記録を外部に保存しているが、{missing}が決まっていない
-- reason.en: {name} stores records outside, but this is not settled: {missing_en}
-- reason.ja.blank: {name}の記録を外部に保存しているかどうか書かれていない
-- reason.en.blank: the register does not say whether {name} stores records outside
-- reason.ja.ok: {total}システムのうち{outside}システムが外部に保存し、保存先と条件がそろっている。{inside}システムは外部に保存していない
-- reason.en.ok: of {total} systems, {outside} store outside with everything settled, {inside} do not
-- fix.ja: 保存先の国、国内法が及ぶこと、契約が終わるときの返却と消去を契約で決め、システム台帳に書く
-- fix.en: settle in the contract in which country it lies, that domestic law applies, and return and erasure at the end; enter it
--
-- Systems of which nobody has said whether they store outside are not known; inside is an answer, too.

WITH system AS (
	SELECT system_id, name, external_storage AS outside,
	       CASE WHEN storage_country IS NULL THEN '保存先の国、' ELSE '' END
	       || CASE WHEN ifnull(storage_law_clause, 0) = 0 THEN '国内法の適用、' ELSE '' END
	       || CASE WHEN ifnull(storage_return_clause, 0) = 0 THEN '終了時の返却・消去、' ELSE '' END AS missing,
	       CASE WHEN storage_country IS NULL THEN 'the country, ' ELSE '' END
	       || CASE WHEN ifnull(storage_law_clause, 0) = 0 THEN 'that domestic law applies, ' ELSE '' END
	       || CASE WHEN ifnull(storage_return_clause, 0) = 0 THEN 'return and erasure at the end, ' ELSE '' END AS missing_en
	  FROM v_system
	 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'systems' AND state <> 'missing')
)
SELECT system_id AS resource, CASE WHEN outside THEN 'fail' ELSE 'unknown' END AS status, 'storage of this system' AS reason,
       CASE WHEN outside IS NULL THEN 'blank' END AS reason_id, name, rtrim(missing, '、') AS missing, rtrim(missing_en, ', ') AS missing_en,
       NULL AS total, NULL AS outside, NULL AS inside
  FROM system
 WHERE outside IS NULL OR (outside = 1 AND missing <> '')
UNION ALL
SELECT 'システム', 'pass', 'systems', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM system), sum(outside = 1), sum(outside = 0)
  FROM system
 WHERE outside = 0 OR missing = ''
HAVING count(*) > 0;
