-- id: vendor-specialists
-- ref: CF-P1-1-2.b
-- title.ja: 事業者にセキュリティの有資格者や経験者がいることを確かめている
-- title.en: vendors have people who know security, and that was confirmed
-- severity: low
-- decides: no
-- needs: register:vendors
-- param: warn_days = 365
-- attest: 365
-- basis: seed
-- reason.ja: 「{name}」の専門人材を確かめた日（{since}）から{age}日たっている
-- reason.en: the specialists of {name} were last confirmed on {since}, {age} days ago
-- reason.ja.nobody: 「{name}」には有資格者も経験者もいない
-- reason.en.nobody: {name} has nobody with a qualification or experience in security
-- reason.ja.never: 「{name}」の専門人材の人数か確認日が書かれていない
-- reason.en.never: for {name} the number of specialists, or when it was confirmed, is not given
-- reason.ja.ok: 取引中の{total}社のうち{good}社は、{need}日以内に専門人材を確かめている
-- reason.en.ok: of {total} vendors in business, {good} had specialists confirmed within {need} days
-- fix.ja: 情報処理安全確保支援士などの人数か、担当者の経験を事業者に尋ね、人数と確認日を事業者台帳に書く
-- fix.en: ask the vendor how many qualified or experienced people it has, and enter number and date in the register
--
-- One of the criteria the confirmation table offers; nobody but the vendor can tell, so an old answer is worth less.

WITH vendor AS (
	SELECT vendor_id, name, specialists, specialists_confirmed_at AS since, days(specialists_confirmed_at, :today) AS age
	  FROM v_vendor
	 WHERE active
)
SELECT vendor_id AS resource, CASE WHEN specialists IS NULL OR since IS NULL THEN 'unknown' ELSE 'warn' END AS status,
       'specialists of this vendor' AS reason,
       CASE WHEN specialists IS NULL OR since IS NULL THEN 'never' WHEN specialists = 0 THEN 'nobody' END AS reason_id, name, since, age,
       NULL AS total, NULL AS good, :warn_days AS need
  FROM vendor
 WHERE specialists IS NULL OR since IS NULL OR specialists = 0 OR age > :warn_days
UNION ALL
SELECT '事業者', 'pass', 'vendors', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM vendor), count(*), :warn_days
  FROM vendor
 WHERE specialists > 0 AND age <= :warn_days
HAVING count(*) > 0;
