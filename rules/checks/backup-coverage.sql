-- id: backup-coverage
-- ref: CL-3-02.b
-- title.ja: 重要なシステムのすべてにバックアップがある
-- title.en: every system that matters has a backup
-- severity: high
-- decides: yes
-- needs: register:systems
-- needs: register:backups
-- basis: proposed
-- reason.ja: 重要なシステム「{name}」のバックアップがない（バックアップ台帳にも契約にもない）
-- reason.en: there is no backup of "{name}", a system that matters, in the register of backups or by contract
-- reason.ja.blank: システム{blank}件は重要かどうかが書かれておらず、判断できない
-- reason.en.blank: of {blank} systems it is not written whether they matter
-- reason.ja.ok: 重要なシステム{total}件のすべてにバックアップがある（うち契約によるもの{agreed}件）
-- reason.en.ok: all {total} systems that matter have a backup ({agreed} of them by contract)
-- fix.ja: バックアップの作業を設定してバックアップ台帳に書く。事業者が取得しているなら、契約台帳に条件を書くか、文書台帳に「バックアップの契約」を登録する
-- fix.en: set up a job and enter it; where a vendor takes it, enter the terms in the contract (cloud_backup_ref) or the agreement as a document
--
-- A contract that says so counts as a job: whether it is kept is backup-result's question.

WITH system AS (
	SELECT y.system_id, y.name, y.critical,
	       EXISTS (SELECT 1 FROM v_backup AS b WHERE b.system_key = y.system_key) AS job,
	       EXISTS (SELECT 1 FROM v_contract AS c
	                WHERE c.system_key = y.system_key AND c.cloud_backup_ref IS NOT NULL AND ifnull(c.ends_at, '9999') >= :today) OR
	       EXISTS (SELECT 1 FROM v_document AS d
	                WHERE d.system_key = y.system_key AND d.kind = 'backup_agreement' AND ifnull(d.valid_to, '9999') >= :today) AS agreed
	  FROM v_system AS y
)
SELECT system_id AS resource, 'fail' AS status, 'no backup' AS reason, NULL AS reason_id, name, NULL AS total, NULL AS agreed, NULL AS blank
  FROM system
 WHERE critical AND NOT job AND NOT agreed
UNION ALL
SELECT 'systems.csv', 'pass', 'systems', 'ok', NULL, count(*), sum(NOT job), NULL
  FROM system
 WHERE critical AND (job OR agreed)
HAVING count(*) > 0 AND count(*) = (SELECT count(*) FROM system WHERE critical)
UNION ALL
SELECT 'systems.csv/blank', 'unknown', 'systems', 'blank', NULL, NULL, NULL, count(*)
  FROM system
 WHERE critical IS NULL
HAVING count(*) > 0;
