-- id: account-export-differs
-- ref: CL-2-05.e
-- title.ja: アカウント台帳と、システムに実際にあるアカウントが一致している
-- title.en: the register of accounts and what the system really has are the same
-- severity: low
-- waits: words
-- decides: no
-- needs: register:accounts
-- attest: 90
-- basis: proposed
-- reason.ja: {system}の台帳にあるアカウント{total}件のうち{gone}件が、システムには見当たらない（例: {account}）
-- reason.en: of {total} registered accounts of {system}, {gone} are not there (for instance {account})
-- reason.ja.none: {system}からアカウントの一覧を取っていないため、台帳{total}件と比べられない
-- reason.en.none: no list of accounts is taken from {system}, so its {total} registered ones cannot be compared
-- reason.ja.ok: {system}の台帳にあるアカウント{total}件は、すべてシステムにある
-- reason.en.ok: all {total} registered accounts of {system} are there
-- fix.ja: 消したアカウントなら台帳の「削除日」に日付を書く。名前の書き間違いなら直す。一覧を取れないシステムは、書き出しと見比べて確かめたことを残す
-- fix.en: enter deleted_at for what was deleted, or correct the name; where no list can be taken, compare with an export and attest it
--
-- The other way round, accounts that stand in no register, is account-unregistered's question.

WITH account AS MATERIALIZED (
	SELECT system_key, system_id, account, registered, stored, enabled, disabled_at, deleted_at FROM v_account
), system AS (
	SELECT system_key, min(system_id) AS system, max(stored) AS read,
	       sum(registered AND disabled_at IS NULL AND deleted_at IS NULL) AS total,
	       sum(registered AND NOT stored AND enabled) AS gone, min(CASE WHEN registered AND NOT stored AND enabled THEN account END) AS account
	  FROM account
	 GROUP BY system_key
)
SELECT system AS resource, CASE WHEN NOT read THEN 'unknown' WHEN gone > 0 THEN 'warn' ELSE 'pass' END AS status, 'compared' AS reason,
       CASE WHEN NOT read THEN 'none' WHEN gone = 0 THEN 'ok' END AS reason_id, system_key AS system_id, system, total, gone, account
  FROM system
 WHERE total > 0;
