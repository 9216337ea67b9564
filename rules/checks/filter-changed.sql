-- id: filter-changed
-- ref: CL-2-13.d
-- title.ja: ネットワーク機器の通信制御の変更が、作業計画か承認に基づいている
-- title.en: changes of network devices follow a plan or an approval
-- severity: high
-- decides: no
-- needs: register:devices
-- needs: config_change within 31d
-- param: days = 30
-- param: slack = 30m
-- attest: 90
-- basis: proposed
-- reason.ja: {device}の設定が計画にも承認にもなく変えられた（{object}、操作した人 {who}、{times}回、最後は{last}）
-- reason.en: {device} was changed without a plan or an approval ({object}, by {who}, {times} times, last on {last})
-- reason.ja.open: {device}で、すべての通信を通す設定が計画にも承認にもなく入れられた（{object}、操作した人 {who}、最後は{last}）
-- reason.en.open: on {device} a rule that lets everything through was set without a plan or an approval ({object}, by {who}, last on {last})
-- reason.ja.ok: {days}日間のネットワーク機器の設定変更に、計画や承認のないものはない
-- reason.en.ok: in {days} days no network device was changed without a plan or an approval
-- fix.ja: 変更した人に内容を確かめ、正当なら承認記録（区分「通信制御」、対象は機器）か作業計画に書く。心当たりがなければ元に戻して侵入を調べる
-- fix.en: ask who changed what; if it was right, enter the approval (kind filter, target the device) or the plan; if nobody knows of it, undo it and look for an intruder

WITH label AS MATERIALIZED (
	SELECT d.device_key, ifnull(d.name, d.device_id) AS name, v.value
	  FROM v_device_register AS d
	  JOIN v_register_value AS v ON v.kind = 'devices' AND v.column_name IN ('hostname', 'ip') AND v.row_key = d.device_key
	 WHERE d.class = 'network'
), change AS MATERIALIZED (
	SELECT e.event_id, e.received, e.count, e.user, ifnull(e.object, e.reason) AS object, l.device_key, l.name, l.value, fold(e.system_id) AS system_key,
	       fold(ifnull(e.object, '') || ' ' || ifnull(e.reason, '')) GLOB '*any any*' OR fold(ifnull(e.object, '') || ' ' || ifnull(e.reason, '')) GLOB '*pass \* \**' AS open
	  FROM v_rare_event AS e
	  JOIN label AS l ON l.value = fold(e.host)
	 WHERE e.type = 'config_change' AND e.received > :seen - :days * 86400000000
), unplanned AS (
	SELECT *
	  FROM change AS c
	 WHERE NOT EXISTS (SELECT 1 FROM v_work_plan AS p
	                    WHERE c.received BETWEEN instant(p.starts_at) - :slack
	                                         AND instant(p.ends_at) + CASE WHEN length(p.ends_at) = 10 THEN 86400000000 ELSE 0 END + :slack
	                      AND ifnull(p.device_key, c.device_key) = c.device_key AND ifnull(p.system_key, c.system_key) = c.system_key)
	   AND NOT EXISTS (SELECT 1 FROM v_approval AS a
	                    WHERE a.kind = 'filter' AND ifnull(a.target_key, c.device_key) IN (c.device_key, c.value)
	                      AND days(a.approved_at, c.received) BETWEEN -1 AND 31 AND ifnull(a.until, '9999') >= day(c.received))
)
SELECT device_key AS resource, CASE WHEN max(open) THEN 'fail' ELSE 'warn' END AS status, 'changed without a plan' AS reason,
       CASE WHEN max(open) THEN 'open' END AS reason_id, max(name) AS device, ifnull(substr(max(object), 1, 80), '-') AS object,
       ifnull(max(user), '-') AS who, sum(count) AS times, day(max(received)) AS last, :days AS days, min(event_id) AS first_event,
       max(event_id) AS last_event, NULL AS system_id
  FROM unplanned
 GROUP BY device_key
UNION ALL
SELECT a.system_key, 'pass', 'changes', 'ok', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'config_change'
   AND a.system_key NOT IN (SELECT value FROM unplanned UNION SELECT ifnull(system_key, '') FROM unplanned);
