-- id: account-without-job
-- ref: CL-2-04.g
-- title.ja: 個人のアカウントには、どの職種・部署の人かが書かれている
-- title.en: for every personal account it is known what its holder does
-- severity: low
-- decides: no
-- needs: register:accounts
-- basis: recovered
-- reason.ja: 個人のアカウント{total}件のうち{blank}件で、職種も所属も分からない（例: {example}）
-- reason.en: for {blank} of {total} personal accounts neither profession nor department is known (for instance {example})
-- reason.ja.ok: 個人のアカウント{total}件すべての職種か所属が分かる
-- reason.en.ok: profession or department is known for all {total} personal accounts
-- fix.ja: アカウント台帳の「職員番号」を職員台帳と合わせるか、「所属」「資格」を記入する。誰のものか分からなければ無効にする
-- fix.en: enter person_id as in the register of people, or department and qualification; disable what belongs to nobody known
--
-- Rights follow the job; without one there is nothing to follow.  What the register of people says of the holder counts.

WITH account AS MATERIALIZED (
	SELECT a.system_key, a.account,
	       coalesce(a.department, a.qualification, p.department, p.qualification, p.role) IS NULL AS blank
	  FROM v_account_register AS a
	  LEFT JOIN v_person AS p ON p.person_key = a.person_key
	 WHERE a.kind = 'human' AND ifnull(a.disabled_at, '9999') > :today AND ifnull(a.deleted_at, '9999') > :today
)
SELECT system_key AS resource, CASE WHEN sum(blank) > 0 THEN 'warn' ELSE 'pass' END AS status, 'job of the holder' AS reason,
       CASE WHEN sum(blank) = 0 THEN 'ok' END AS reason_id, count(*) AS total, sum(blank) AS blank,
       min(CASE WHEN blank THEN account END) AS example
  FROM account
 GROUP BY system_key;
