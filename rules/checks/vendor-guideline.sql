-- id: vendor-guideline
-- ref: CF-P1-1-2.c
-- title.ja: 事業者から「2省ガイドライン」に基づく資料を受け取っている
-- title.en: vendors have handed over what the guideline of the two ministries asks them to tell
-- severity: medium
-- decides: no
-- needs: register:vendors
-- basis: seed
-- reason.ja: 「{name}」から「2省ガイドライン」に基づく資料を受け取っていない
-- reason.en: nothing under the guideline of the two ministries was received from {name}
-- reason.ja.blank: 「2省ガイドライン」の資料を受け取ったかどうかが台帳に書かれていない（取引中 {total}社）
-- reason.en.blank: the register does not say whether anything under the guideline was received ({total} vendors in business)
-- reason.ja.ok: 取引中の{total}社のうち{good}社から資料を受け取っている
-- reason.en.ok: of {total} vendors in business, {good} have handed it over
-- fix.ja: サービス仕様適合開示書など、2省ガイドラインへの対応が分かる資料を事業者に求め、受け取った日を事業者台帳に書く
-- fix.en: ask the vendor for its statement under the guideline, and enter the day it came (gl2_received_at)
--
-- A statement dated ahead is not received.  A register without the column says nothing about anybody.

WITH vendor AS (
	SELECT vendor_id, vendor_key, name,
	       coalesce(gl2_received_at, (SELECT min(ifnull(d.approved_at, '0000')) FROM v_document AS d
	                                   WHERE d.kind = 'gl2' AND d.vendor_key = v.vendor_key)) AS received
	  FROM v_vendor AS v
	 WHERE active
), sum AS (
	SELECT count(*) AS total, count(CASE WHEN received <= :today THEN 1 END) AS good, count(received) AS said
	  FROM vendor
)
SELECT v.vendor_id AS resource, 'warn' AS status, 'statement of this vendor' AS reason, NULL AS reason_id, v.name, s.total, s.good
  FROM vendor AS v
 CROSS JOIN sum AS s
 WHERE s.said > 0 AND ifnull(v.received, '9999') > :today
UNION ALL
SELECT '事業者', CASE WHEN said > 0 THEN 'pass' ELSE 'unknown' END, 'vendors', CASE WHEN said > 0 THEN 'ok' ELSE 'blank' END, NULL, total,
       good
  FROM sum
 WHERE total > 0 AND (said = 0 OR good > 0);
