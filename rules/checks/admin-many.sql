-- id: admin-many
-- ref: CL-2-04.d
-- title.ja: 管理者権限を持つアカウントが多すぎない
-- title.en: there are not too many administrators
-- severity: medium
-- decides: no
-- needs: register:accounts
-- attest: 365
-- param: at_least = 3
-- param: percent = 5
-- basis: proposed
-- reason.ja: 有効なアカウント{total}件のうち管理者が{admins}件ある（目安は{limit}件まで）
-- reason.en: of {total} enabled accounts {admins} are administrators (at most {limit} is the rule of thumb)
-- reason.ja.blank: アカウント{total}件に、管理者権限の有無が1件も書かれていない
-- reason.en.blank: for none of {total} accounts it is written whether it is an administrator
-- reason.ja.ok: 有効なアカウント{total}件のうち管理者は{admins}件
-- reason.en.ok: of {total} enabled accounts {admins} are administrators
-- fix.ja: 管理者の一覧を企画管理者と見直し、日常業務に要らない権限を外す。一般用と管理用のアカウントを分ける
-- fix.en: go through the list with the planner, take away what daily work does not need, and separate accounts for work from those for administration
--
-- Three or one in twenty, whichever is more: a rule of thumb of ours, not the Ministry's.

WITH account AS (
	SELECT system_key, count(*) AS total, sum(ifnull(admin, 0)) AS admins, sum(admin IS NOT NULL) AS filled
	  FROM v_account_register
	 WHERE ifnull(disabled_at, '9999') > :today AND ifnull(deleted_at, '9999') > :today
	 GROUP BY system_key
)
SELECT system_key AS resource,
       CASE WHEN filled = 0 THEN 'unknown' WHEN admins > max(:at_least, total * :percent / 100.0) THEN 'warn' ELSE 'pass' END AS status,
       'number of administrators' AS reason,
       CASE WHEN filled = 0 THEN 'blank' WHEN admins <= max(:at_least, total * :percent / 100.0) THEN 'ok' END AS reason_id, total, admins,
       CAST(max(:at_least, total * :percent / 100.0) AS INTEGER) AS "limit"
  FROM account;
