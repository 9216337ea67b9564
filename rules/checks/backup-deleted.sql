-- id: backup-deleted
-- ref: CL-3-02.e
-- title.ja: バックアップが予定になく消されていない
-- title.en: no backup was deleted without a plan
-- severity: critical
-- decides: no
-- needs: backup_finished within 8d
-- param: days = 30
-- param: mass = 20
-- param: slack = 30m
-- basis: proposed
-- reason.ja: {last}に{host}でバックアップの消去があった（{what}。対象 {object}、操作した人 {who}、{times}回）。作業予定も承認もない
-- reason.en: on {last} backups were deleted on {host} ({what_en}: {object}, by {who}, {times} times); there is neither a plan nor an approval
-- reason.ja.ok: バックアップの記録が届いており、予定のない消去はない
-- reason.en.ok: lines about backups arrive, and nothing was deleted without a plan
-- fix.ja: 心当たりがなければ侵入者が復旧を妨げようとしているものとして、その機器を切り離し、残っているバックアップをネットワークから外す。予定の作業なら、承認記録（区分「バックアップ」）か作業計画に書く
-- fix.en: unless somebody knows of it, take it for an intruder: isolate the machine and unplug what backups are left. For planned work, enter an approval (kind backup) or a work plan
--
-- Restore points go every day by the number of generations; only many within an hour are a deletion.  A repository, a catalog or
-- shadow copies go on purpose.

WITH word (reason, what, what_en, least) AS (VALUES
	('restore point', '復元点の大量削除', 'many restore points', :mass), ('repository', '保存先の削除', 'a repository', 1),
	('catalog', 'バックアップカタログの削除', 'the catalog', 1), ('command', 'シャドウコピーなどを消すコマンド', 'a command that deletes copies', 1)
), gone AS (
	SELECT e.received, e.event_id, e.count, ifnull(e.host, '-') AS host, e.object, e.user, e.reason, e.system_id, w.what, w.what_en, w.least
	  FROM v_rare_event AS e
	  JOIN word AS w ON w.reason = e.reason
	 WHERE e.type = 'backup_deleted' AND e.received > :seen - :days * 86400000000
), unplanned AS (
	SELECT *
	  FROM gone AS g
	 WHERE NOT EXISTS (SELECT 1 FROM v_work_plan AS p
	                    WHERE g.received BETWEEN instant(p.starts_at) - :slack AND instant(p.ends_at) + :slack
	                      AND ifnull(p.system_key, g.system_id) = g.system_id)
	   AND NOT EXISTS (SELECT 1 FROM v_approval AS a
	                    WHERE a.kind = 'backup' AND a.target_key IN (fold(g.host), fold(g.object))
	                      AND days(a.approved_at, g.received) <= 31 AND ifnull(a.until, '9999') >= day(g.received))
), burst AS (
	SELECT host, reason, what, what_en, least, received / 3600000000 AS hour, sum(count) AS times, max(received) AS last, min(object) AS object,
	       min(user) AS user, min(event_id) AS first_event, max(event_id) AS last_event
	  FROM unplanned
	 GROUP BY host, reason, received / 3600000000
)
SELECT host || '/' || reason AS resource, 'fail' AS status, 'backups were deleted' AS reason, NULL AS reason_id, host, what, what_en,
       ifnull(object, '-') AS object, ifnull(user, '-') AS who, times, day(last) AS last, first_event, last_event
  FROM (SELECT *, row_number() OVER (PARTITION BY host, reason ORDER BY last DESC) AS n FROM burst WHERE times >= least)
 WHERE n = 1
UNION ALL
SELECT 'backups', 'pass', 'nothing deleted', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM burst WHERE times >= least);
