-- id: service-unlisted
-- ref: CL-2-12.a
-- title.ja: 承認した一覧にないサービスが加えられていない
-- title.en: no service was added that is not on the approved list
-- severity: medium
-- by: event
-- waits: sources
-- decides: yes
-- needs: register:software_baseline
-- needs: service_change within 31d
-- param: days = 30
-- param: fail_days = 7
-- attest: 90
-- basis: proposed
-- reason.ja: {host}に一覧にないサービス「{service}」が加えられた（{since}、操作した人 {who}）。必要か確かめて一覧に書くか止める
-- reason.en: the service "{service}", which is not on the list, was added on {host} ({since}, by {who})
-- reason.ja.late: {host}に加えられたサービス「{service}」が、{age}日たっても一覧に書かれず止められてもいない（{since}、操作した人 {who}）
-- reason.en.late: the service "{service}", added on {host} on {since} by {who}, is neither on the list nor stopped after {age} days
-- reason.ja.ok: サービスの変更の記録が届いており、{days}日間、一覧にないものは加えられていない
-- reason.en.ok: changes of services are recorded, and in {days} days none was added that is not on the list
-- fix.ja: 必要なら企画管理者が承認してソフトウェア一覧に書く。不要なら停止・削除する
-- fix.en: if it is needed let it be approved and enter it in the list; if not, stop and remove it
--
-- By what the machines tell of new services and tasks.  The class of the machine is the register's; an entry for "all" (全て, any, *)
-- holds for every one.

WITH change AS MATERIALIZED (
	SELECT e.event_id, e.received, e.count, e.user, e.object AS service, fold(e.object) AS name, ifnull(e.host, e.system_id) AS host,
	       substr(fold(ifnull(e.host, e.system_id)), 1, instr(ifnull(e.host, e.system_id) || '.', '.') - 1) AS short, e.system_id
	  FROM v_rare_event AS e
	 WHERE e.type = 'service_change' AND e.received > :seen - :days * 86400000000 AND e.object IS NOT NULL
), unlisted AS (
	SELECT c.*
	  FROM change AS c
	 WHERE NOT EXISTS (SELECT 1 FROM v_software_baseline AS b
	                    WHERE fold(b.name) = c.name
	                      AND (fold(b.host_class) IN ('all', 'any', '*', '全て', 'すべて', c.short)
	                           OR b.host_class = (SELECT d.class FROM v_register_value AS v
	                                                JOIN v_device AS d ON d.device_key = v.row_key
	                                               WHERE v.kind = 'devices' AND v.column_name = 'hostname'
	                                                 AND v.value IN (fold(c.host), c.short) LIMIT 1)))
)
SELECT short || '/' || name AS resource, CASE WHEN days(min(received), :seen) > :fail_days THEN 'fail' ELSE 'warn' END AS status,
       'service is not listed' AS reason, CASE WHEN days(min(received), :seen) > :fail_days THEN 'late' END AS reason_id, max(host) AS host,
       max(service) AS service, day(min(received)) AS since, days(min(received), :seen) AS age, ifnull(max(user), '-') AS who, :days AS days,
       min(event_id) AS first_event, max(event_id) AS last_event, NULL AS system_id,
       CASE WHEN days(min(received), :seen) <= :fail_days THEN instant(day(min(received))) + (:fail_days + 1) * 86400000000 END AS next
  FROM unlisted
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'software_baseline' AND rows > 0)
 GROUP BY short, name
UNION ALL
SELECT a.system_key, 'pass', 'services', 'ok', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key, NULL
  FROM v_alive AS a
 WHERE a.type = 'service_change';
