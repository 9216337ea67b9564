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
-- A failure counts against a vendor when it is of a device that the register gives to it, or of a system it has a contract for
-- (rows are named DEVICE, SYSTEM or SYSTEM/ACCOUNT).  The checks of a row are known by their names here.

WITH word AS (
	SELECT a.vendor_id, a.vendor_key, a.system_key, a.item, a.answered_on, v.name
	  FROM v_answer AS a
	  LEFT JOIN v_vendor AS v ON v.vendor_key = a.vendor_key
	 WHERE a.vendor_id IS NOT NULL AND a.answer = 'yes' AND a.pack GLOB 'mhlw-vendor-*'
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
), speaks (item, pattern) AS (VALUES
	('2-2', 'remote-*'), ('2-3', 'disclosure-*'), ('2-4', 'admin-*'), ('2-4', 'rights-*'), ('2-5', 'account-*'), ('2-6', 'firmware-*'),
	('2-6', 'update-*'), ('2-6', 'patch-*'), ('2-6', 'pattern-*'), ('2-6', 'protection-*'), ('2-6', 'malware-*'), ('2-6', 'eos-*'),
	('2-7', 'password-policy*'), ('2-7', 'password-rotation'), ('2-7', 'password-lockout'), ('2-7', 'default-password'),
	('2-7', 'login-*'), ('2-8', 'password-reuse'), ('2-8', 'admin-spread'), ('2-9', 'usb-*'), ('2-9', 'media-*'), ('2-9', 'port-*'),
	('2-10', 'mfa-*'), ('2-11', 'source-*'), ('2-11', 'log-*'), ('2-12', 'service-*'), ('2-12', 'software-*'), ('2-12', 'baseline-*'),
	('2-13', 'vpn-*'), ('2-13', 'network-*'), ('2-13', 'wifi-*'), ('2-13', 'filter-*'), ('2-13', 'country-*')
), bad AS (
	SELECT check_id, resource, reason_ja, reason_en, fold(substr(resource, 1, instr(resource || '/', '/') - 1)) AS head
	  FROM v_verdict
	 WHERE status = 'fail' AND check_id NOT GLOB 'vendor-*' AND check_id NOT GLOB 'form-*'
), broken AS (
	SELECT w.*, b.check_id, b.resource AS what, b.reason_ja AS said, b.reason_en AS said_en
	  FROM bad AS b
	  JOIN speaks AS s ON b.check_id GLOB s.pattern
	  JOIN word AS w ON w.item = s.item
	 WHERE EXISTS (SELECT 1 FROM v_device AS d WHERE d.device_key = b.head AND d.vendor_key = w.vendor_key)
	    OR (b.head = w.system_key)
	    OR (w.system_key IS NULL AND EXISTS (SELECT 1 FROM v_contract AS c WHERE c.vendor_key = w.vendor_key AND c.system_key = b.head))
)
SELECT vendor_id || '/' || item || '/' || what AS resource, 'fail' AS status, 'contradicted' AS reason, NULL AS reason_id,
       ifnull(name, vendor_id) AS name, item, answered_on AS day, what, said, said_en, NULL AS total
  FROM broken
UNION ALL
SELECT '事業者', 'pass', 'answers of vendors', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM word
 WHERE NOT EXISTS (SELECT 1 FROM broken)
HAVING count(*) > 0;
