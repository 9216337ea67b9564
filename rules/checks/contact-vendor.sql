-- id: contact-vendor
-- ref: CL-3-01.b
-- title.ja: 取引中のすべての事業者に緊急時の電話番号がある
-- title.en: every vendor can be reached by telephone in an emergency
-- severity: high
-- decides: no
-- needs: register:contacts
-- needs: register:vendors
-- basis: proposed
-- reason.ja: {name}の連絡先が登録されていない
-- reason.en: there is no contact for {name}
-- reason.ja.phone: {name}の連絡先に電話番号がない
-- reason.en.phone: the contact for {name} has no telephone number
-- reason.ja.stranger: 契約{contract}の事業者番号{vendor}が事業者台帳にない
-- reason.en.stranger: contract {contract} is with vendor {vendor}, who stands in no register
-- reason.ja.ok: {name}には電話で連絡できる
-- reason.en.ok: {name} can be called
-- fix.ja: 事業者に緊急時の電話番号（夜間・休日も）を尋ね、連絡先台帳に「区分: 事業者」と事業者番号を付けて登録する
-- fix.en: ask the vendor for an emergency number, nights and holidays too, and enter it with kind vendor and its vendor_id
--
-- A vendor counts while it is active or a contract with it runs.  Matched by vendor_id, never by name.

WITH running AS (
	SELECT vendor_key, min(vendor_id) AS vendor_id, min(contract_id) AS contract
	  FROM v_contract
	 WHERE ifnull(starts_at, '') <= :today AND ifnull(ends_at, '9999') >= :today
	 GROUP BY vendor_key
), vendor AS (
	SELECT v.vendor_key, v.vendor_id, v.name, NULL AS contract
	  FROM v_vendor AS v
	 WHERE v.active OR v.vendor_key IN (SELECT vendor_key FROM running)
	UNION ALL
	SELECT vendor_key, vendor_id, vendor_id, contract
	  FROM running
	 WHERE vendor_key NOT IN (SELECT vendor_key FROM v_vendor)
), found AS (
	SELECT v.*, count(c.contact_key) AS listed, count(coalesce(c.phone, c.phone_alt)) AS phones
	  FROM vendor AS v
	  LEFT JOIN v_contact AS c ON c.vendor_key = v.vendor_key AND ifnull(c.expires_at, '9999') >= :today
	 GROUP BY v.vendor_key
)
SELECT vendor_id AS resource, CASE WHEN contract IS NULL AND phones > 0 THEN 'pass' ELSE 'fail' END AS status,
       'contact of this vendor' AS reason,
       CASE WHEN contract IS NOT NULL THEN 'stranger' WHEN phones > 0 THEN 'ok' WHEN listed > 0 THEN 'phone' END AS reason_id,
       name, vendor_id AS vendor, contract
  FROM found
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'contacts' AND state <> 'missing');
