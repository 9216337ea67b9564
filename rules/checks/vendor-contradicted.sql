-- id: vendor-contradicted
-- ref: V-contradiction
-- title.ja: 事業者の回答が、その事業者の機器やシステムで測った結果と食い違っていない
-- title.en: what a vendor answered is not contradicted by what is measured on its devices and systems
-- severity: high
-- stage: 2
-- basis: proposed
-- reason.ja: 「{name}」は事業者確認用の{item}に「はい」と答えたが（{day}）、{what}は不適合（{said}）
-- reason.en: {name} answered yes to row {item} of the vendors' form on {day}, but {what} fails: {said_en}
-- reason.ja.ok: 事業者の「はい」{total}件に、測った結果と食い違うものはない
-- reason.en.ok: none of the {total} answers of vendors is contradicted
-- fix.ja: 事業者に測った結果を示して確かめ、直してもらうか、目標日を付けて答え直してもらう
-- fix.en: show the vendor what was measured; have it mended, or the answer corrected with a target date
--
-- A failure counts against a vendor when it is of a device that the register gives to it, or of a system that it looks after
-- (v_vendor_fault).  A word about no system in particular is about all of that vendor's.

WITH word AS (
	SELECT a.vendor_id, a.vendor_key, a.system_key, a.item, a.answered_on, v.name
	  FROM v_answer AS a
	  LEFT JOIN v_vendor AS v ON v.vendor_key = a.vendor_key
	 WHERE a.vendor_id IS NOT NULL AND a.answer = 'yes' AND a.pack GLOB 'mhlw-vendor-*'
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
), broken AS (
	SELECT w.vendor_id, w.item, w.answered_on, w.name, f.resource AS what, f.reason_ja AS said, f.reason_en AS said_en, min(f.check_id)
	  FROM word AS w
	  JOIN v_vendor_fault AS f ON f.vendor_key = w.vendor_key AND f.item = w.item
	 WHERE f.system_key IS NULL OR w.system_key IS NULL OR f.system_key = w.system_key
	 GROUP BY w.vendor_key, w.item, f.resource
)
SELECT vendor_id || '/' || item || '/' || what AS resource, 'fail' AS status, 'contradicted' AS reason, NULL AS reason_id,
       ifnull(name, vendor_id) AS name, item, answered_on AS day, what, said, said_en, NULL AS total
  FROM broken
UNION ALL
SELECT '事業者', 'pass', 'answers of vendors', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM word
 WHERE NOT EXISTS (SELECT 1 FROM broken)
HAVING count(*) > 0;
