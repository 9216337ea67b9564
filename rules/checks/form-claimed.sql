-- id: form-claimed
-- ref: CL-F.a
-- title.ja: 加算を届け出ている薬局が、チェックリストに答えている
-- title.en: a pharmacy that claims a premium has its form answered
-- severity: high
-- stage: 2
-- applies: pharmacy
-- param: claims_dx = no
-- basis: secondary
-- reason.ja: 連携強化加算や医療DX推進体制整備加算を届け出ているが、{pack}の{n}項目に今年度の回答がない
-- reason.en: premiums for cooperation or for medical DX are claimed, but {n} rows of {pack} have no answer this fiscal year
-- reason.ja.ok: {pack}のすべての項目に今年度の回答があり、加算の要件の一つを満たしている
-- reason.en.ok: every row of {pack} is answered this fiscal year, as the premiums ask
-- reason.ja.none: 加算を届け出ていない設定になっている（届け出たら claims_dx を yes にする）
-- reason.en.none: set as claiming none of the premiums (set claims_dx to yes once one is claimed)
-- fix.ja: 残りの項目に答えてから加算を算定する。届け出ていないなら、設定の claims_dx を no に戻す
-- fix.en: answer the remaining rows before claiming; or set claims_dx back to no where nothing is claimed
--
-- The premiums ask for a form such as the checklist.  Whether one is claimed only the pharmacy knows, so it is a setting.

WITH open AS (
	SELECT i.pack, sum(NOT EXISTS (SELECT 1 FROM v_answer AS a
	                                WHERE a.pack = i.pack AND a.item = i.item AND a.vendor_id IS NULL AND a.system_id IS NULL
	                                  AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04'))) AS n
	  FROM v_item AS i
	 WHERE i.pack GLOB 'mhlw-pharmacy-*' AND i.status <> 'na'
	 GROUP BY i.pack
)
SELECT pack AS resource, CASE WHEN :claims_dx = 'yes' AND n > 0 THEN 'fail' ELSE 'pass' END AS status, 'form of a pharmacy' AS reason,
       CASE WHEN :claims_dx <> 'yes' THEN 'none' WHEN n = 0 THEN 'ok' END AS reason_id, pack, n
  FROM open;
