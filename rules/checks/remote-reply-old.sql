-- id: remote-reply-old
-- ref: CL-2-02.a
-- title.ja: リモート保守の有無について、事業者の回答が1年以内にある
-- title.en: every vendor has answered within a year which devices it maintains remotely
-- severity: medium
-- decides: no
-- needs: register:vendors
-- needs: register:devices
-- attest: 365
-- param: warn_days = 365
-- basis: proposed
-- reason.ja: {vendor}の回答は{replied}で、{age}日たっている
-- reason.en: the answer of {vendor} is of {replied}, {age} days old
-- reason.ja.never: {vendor}（機器{total}台）の回答日が書かれていない
-- reason.en.never: no date of an answer is written for {vendor} ({total} devices)
-- reason.ja.ok: 機器のある事業者{total}社は、ほかに回答の古いところがない
-- reason.en.ok: of {total} vendors with devices, no other's answer is old
-- fix.ja: リモート保守の有無を書面かメールで尋ね、回答を保管して、事業者台帳の「リモート保守の回答日」に日付を書く
-- fix.en: ask in writing, keep the answer, and enter remote_confirmed_at in the register of vendors
--
-- The row of the checklist is that the vendors were asked.  What nobody wrote down may have been done: unknown, and a person may
-- attest it.

WITH own AS MATERIALIZED (
	SELECT vendor_key, count(*) AS devices FROM v_device_register WHERE ifnull(disposed, '9999') > :today AND vendor_key IS NOT NULL GROUP BY vendor_key
), asked AS MATERIALIZED (
	SELECT v.vendor_id, v.name AS vendor, v.remote_confirmed_at AS replied, days(v.remote_confirmed_at, :today) AS age, o.devices
	  FROM v_vendor AS v
	  JOIN own AS o ON o.vendor_key = v.vendor_key
	 WHERE v.active
)
SELECT vendor_id AS resource, CASE WHEN replied IS NULL OR age < 0 THEN 'unknown' ELSE 'warn' END AS status, 'answer of the vendor' AS reason,
       CASE WHEN replied IS NULL OR age < 0 THEN 'never' END AS reason_id, vendor, replied, age, devices AS total
  FROM asked
 WHERE replied IS NULL OR age < 0 OR age > :warn_days
UNION ALL
SELECT 'vendors.csv', 'pass', 'answers of vendors', 'ok', NULL, NULL, NULL, count(*)
  FROM asked
HAVING sum(age BETWEEN 0 AND :warn_days) > 0;
