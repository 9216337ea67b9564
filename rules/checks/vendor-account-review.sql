-- id: vendor-account-review
-- ref: CL-2-02.h
-- title.ja: 事業者のアカウントを、辞めた担当者が残っていないか定期的に見直している
-- title.en: accounts of vendors are reviewed for people who have left the vendor
-- severity: medium
-- decides: no
-- needs: register:accounts
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: {vendor}のアカウント{total}件の最後の見直しは{reviewed}で、{age}日たっている（例: {example}）
-- reason.en: the last review of {total} accounts of {vendor} was on {reviewed}, {age} days ago (for instance {example})
-- reason.ja.never: {vendor}のアカウント{total}件を見直した日が書かれていない（例: {example}）
-- reason.en.never: no review of {total} accounts of {vendor} is written (for instance {example})
-- reason.ja.ok: {vendor}のアカウント{total}件は{reviewed}に見直している
-- reason.en.ok: {total} accounts of {vendor} were reviewed on {reviewed}
-- reason.ja.none: アカウント台帳に事業者のアカウントはない
-- reason.en.none: the register of accounts has none of a vendor
-- fix.ja: 使う人の一覧を事業者からもらい、辞めた人や担当を外れた人のアカウントを止める。アカウント台帳の「最終棚卸日」か、事業者台帳の「担当者名簿の確認日」に日付を書く
-- fix.en: have the vendor list who uses them, disable those of people who have left, and enter last_review, or left_accounts_confirmed_at in the register of vendors
--
-- Only the vendor knows who left it.  The review of the account counts, or the vendor's own confirmation, whichever is later.

WITH account AS (
	SELECT a.account, a.system_id, ifnull(a.vendor_key, '-') AS vendor_key, ifnull(v.name, ifnull(a.vendor_id, '事業者番号のない業者')) AS vendor,
	       nullif(max(ifnull(a.last_review, ''), ifnull(v.left_accounts_confirmed_at, '')), '') AS reviewed
	  FROM v_account_register AS a
	  LEFT JOIN v_vendor AS v ON v.vendor_key = a.vendor_key
	 WHERE a.kind = 'vendor' AND ifnull(a.disabled_at, '9999') > :today AND ifnull(a.deleted_at, '9999') > :today
), vendor AS MATERIALIZED (
	SELECT vendor_key, vendor, count(*) AS total, sum(reviewed IS NULL) AS blank, min(reviewed) AS reviewed, days(min(reviewed), :today) AS age,
	       min(CASE WHEN reviewed IS NULL THEN system_id || '/' || account END) AS unread, min(system_id || '/' || account) AS example
	  FROM account
	 GROUP BY vendor_key
)
SELECT vendor_key AS resource,
       CASE WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' WHEN blank > 0 THEN 'unknown' ELSE 'pass' END AS status,
       'review of accounts' AS reason, CASE WHEN age > :warn_days THEN NULL WHEN blank > 0 THEN 'never' ELSE 'ok' END AS reason_id, vendor,
       CASE WHEN ifnull(age, 0) <= :warn_days AND blank > 0 THEN blank ELSE total END AS total, reviewed, age, ifnull(unread, example) AS example
  FROM vendor
UNION ALL
SELECT 'accounts.csv', 'pass', 'review of accounts', 'none', NULL, NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM vendor) AND EXISTS (SELECT 1 FROM v_account_register);
