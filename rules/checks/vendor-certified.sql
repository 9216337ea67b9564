-- id: vendor-certified
-- ref: CF-P1-1-2.a
-- title.ja: 事業者がプライバシーマークなどの認証を持ち、期限が切れていない
-- title.en: vendors hold a certification such as the privacy mark, and it has not run out
-- severity: medium
-- decides: yes
-- needs: register:vendors
-- needs: register:certifications
-- param: pmark_warn_days = 120
-- param: warn_days = 90
-- attest: 365
-- basis: seed
-- reason.ja: 「{name}」の認証はすべて期限が切れている（{what}、{until}まで）
-- reason.en: every certificate of {name} has run out ({what}, until {until})
-- reason.ja.soon: 「{name}」の認証（{what}）は{until}で切れる。あと{left}日
-- reason.en.soon: the certificate of {name} ({what}) ends on {until}, in {left} days
-- reason.ja.none: 「{name}」の認証が登録されていない
-- reason.en.none: no certificate is registered for {name}
-- reason.ja.undated: 「{name}」の認証（{what}）の有効期限が書かれていない
-- reason.en.undated: no end date is given for the certificate of {name} ({what})
-- reason.ja.ok: 取引中の{total}社のうち{good}社は、有効な認証を持っている
-- reason.en.ok: of {total} vendors in business, {good} hold a valid certificate
-- fix.ja: 事業者に更新後の登録番号と有効期限を尋ね、認証機関の検索で確かめて認証台帳に書く
-- fix.en: ask the vendor for number and end date of the renewed certificate, look it up at the registrar, and enter it
--
-- The row asks for "sufficient", so a vendor without one is a warning; one that let it lapse is a failure.  The best of several counts.

WITH certificate AS (
	SELECT c.vendor_key, c.kind, c.valid_to,
	       CASE WHEN c.valid_to IS NULL THEN 1
	            WHEN c.valid_to < :today THEN 0
	            WHEN days(:today, c.valid_to) < CASE WHEN c.kind = 'pmark' THEN :pmark_warn_days ELSE :warn_days END THEN 2
	            ELSE 3 END AS grade
	  FROM v_certification AS c
), best AS (
	SELECT v.vendor_id, v.name, max(c.grade) AS grade, c.valid_to AS until,
	       CASE c.kind WHEN 'pmark' THEN 'Pマーク' WHEN 'isms' THEN 'ISMS' WHEN 'isms_cloud' THEN 'ISMSクラウド' WHEN 'ismap' THEN 'ISMAP'
	                   WHEN 'soc2' THEN 'SOC2' WHEN 'iso27799' THEN 'ISO27799' ELSE 'その他' END AS what
	  FROM v_vendor AS v
	  LEFT JOIN certificate AS c ON c.vendor_key = v.vendor_key
	 WHERE v.active AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'certifications' AND state <> 'missing')
	 GROUP BY v.vendor_key
)
SELECT vendor_id AS resource, CASE grade WHEN 0 THEN 'fail' WHEN 1 THEN 'unknown' ELSE 'warn' END AS status,
       'certificates of this vendor' AS reason,
       CASE WHEN grade IS NULL THEN 'none' WHEN grade = 1 THEN 'undated' WHEN grade = 2 THEN 'soon' END AS reason_id, name, what, until,
       days(:today, until) AS left, NULL AS total, NULL AS good
  FROM best
 WHERE ifnull(grade, 0) < 3
UNION ALL
SELECT '事業者', 'pass', 'vendors', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM best), count(*)
  FROM best
 WHERE grade = 3
HAVING count(*) > 0;
