-- id: device-unseen
-- ref: CL-2-01.b
-- title.ja: 台帳の機器が所在不明になっていない
-- title.en: no registered device has vanished from the network
-- severity: medium
-- by: device
-- waits: sources
-- decides: no
-- needs: register:devices
-- needs: device_seen within 3d
-- attest: 180
-- param: warn_days = 30
-- param: fail_days = 90
-- basis: proposed
-- reason.ja: {device}（{name}）は{last}を最後に{idle}日間、ネットワークに見えていない（設置場所 {location}）
-- reason.en: {device} ({name}) has not been on the network for {idle} days, last on {last} ({location})
-- reason.ja.never: {device}（{name}）は一度もネットワークに見えていない（確認できる{since}から{idle}日間。設置場所 {location}）
-- reason.en.never: {device} ({name}) was never on the network in the {idle} days since {since}, as far back as the records go ({location})
-- reason.ja.short: {waiting}台は所在をまだ判断できない（機器の記録は{since}から。{need}日分が必要）
-- reason.en.short: devices that cannot be judged yet: {waiting}; sightings are on record since {since}, {need} days are needed
-- reason.ja.blind: {waiting}台は所在を判断できない（その機器のネットワークを見ている記録がない）
-- reason.en.blind: devices that cannot be judged: {waiting}; nothing watches the network they are on
-- reason.ja.ok: 登録{total}台のうち、ほかに{need}日を超えて見えていない機器はない
-- reason.en.ok: of {total} devices, no other has been out of sight for more than {need} days
-- fix.ja: 設置場所へ行って現物を確かめる。廃棄や保管なら台帳の「廃棄日」か「ネットワーク接続」を直し、見つからなければ紛失として報告する
-- fix.en: go and look for it; enter disposed or networked in the register if that is the reason, or report it as lost
--
-- Out of sight is counted up to the last sighting of anything, not up to now: a dead source must not make devices vanish.  A
-- device that was never seen counts from the first record or its purchase, and only where its network is watched at all.

WITH watch AS (
	SELECT min(first_received) AS first, min(max(last_received), :seen) AS last FROM v_alive WHERE type = 'device_seen'
), device AS MATERIALIZED (
	SELECT d.device_id, ifnull(d.class, '-') AS class, ifnull(d.name, d.device_id) AS name, ifnull(d.location, '未記入') AS location,
	       d.last_seen, d.first_event, d.last_event, d.acquired, d.ip, d.mac, ifnull(d.unseen_ok_days, 0) AS allowed
	  FROM v_device AS d
	 WHERE d.networked
	   AND ifnull(d.usable, 'yes') <> 'no'
	   AND ifnull(d.class, '') <> 'media'
	   AND ifnull(d.disposed, '9999') > :today
	   AND ifnull(d.last_seen, 0) <= :seen - max(:warn_days, ifnull(d.unseen_ok_days, 0)) * 86400000000
), idle AS (
	SELECT d.*, w.first, w.last,
	       CASE WHEN d.last_seen IS NULL THEN max(ifnull(d.acquired, ''), ifnull(day(w.first), '')) END AS since,
	       CASE WHEN d.last_seen IS NOT NULL THEN days(d.last_seen, w.last)
	            WHEN d.ip IS NULL OR rtrim(rtrim(d.ip, '0123456789'), '.') IN (SELECT segment FROM v_segment)
	            THEN days(max(ifnull(d.acquired, ''), ifnull(day(w.first), '')), w.last) END AS idle
	  FROM device AS d, watch AS w
), judged AS MATERIALIZED (
	SELECT *,
	       CASE WHEN idle > max(:fail_days, allowed + :fail_days - :warn_days) THEN 'fail'
	            WHEN idle > max(:warn_days, allowed) THEN 'warn'
	            WHEN days(last_seen, :seen) <= max(:warn_days, allowed) OR days(acquired, :seen) <= max(:warn_days, allowed)
	            THEN 'pass'
	            ELSE 'unknown' END AS status
	  FROM idle
), waiting AS (
	SELECT class, count(*) AS devices, first FROM judged WHERE status = 'unknown' GROUP BY class
)
SELECT device_id AS resource, status, 'out of sight' AS reason, CASE WHEN last_seen IS NULL THEN 'never' END AS reason_id,
       device_id AS device, class,
       name, location, day(last_seen) AS last, idle, since, NULL AS total, NULL AS waiting, :warn_days AS need, first_event,
       last_event
  FROM judged
 WHERE status IN ('warn', 'fail')
UNION ALL
SELECT c.class, CASE WHEN w.devices > 0 THEN 'unknown' ELSE 'pass' END, 'devices of this class',
       CASE WHEN w.devices IS NULL THEN 'ok' WHEN days(w.first, :seen) > :warn_days THEN 'blind' ELSE 'short' END, NULL, c.class, NULL, NULL, NULL, NULL, day(w.first), c.devices, w.devices,
       :warn_days, NULL, NULL
  FROM v_device_class AS c
  LEFT JOIN waiting AS w ON w.class = c.class;
