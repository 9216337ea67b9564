-- id: port-violation
-- ref: CL-2-09.d
-- title.ja: 知らない機器がネットワークの口につながれていない
-- title.en: no stranger was plugged into a port that is closed to it
-- severity: medium
-- decides: no
-- needs: port_violation within 7d
-- param: days = 7
-- basis: proposed
-- reason.ja: {switch}の{port}に{last}、知らない機器（{mac}）がつながれた（{times}回）
-- reason.en: on {last} a stranger ({mac}) was plugged into {port} of {switch} ({times} times)
-- reason.ja.known: {switch}の{port}に{last}、登録のある機器 {device}（{mac}）がつなぎ替えられた（{times}回）
-- reason.en.known: on {last} the registered device {device} ({mac}) was plugged into another port, {port} of {switch} ({times} times)
-- reason.ja.ok: スイッチの記録が届いており、この{days}日間に違反はない
-- reason.en.ok: the switches tell, and there was no violation in the last {days} days
-- fix.ja: その口の場所へ行って何がつながれたか確かめ、業務の機器なら機器台帳とスイッチの設定に加え、そうでなければ外す
-- fix.en: go and look what is plugged in there; add it to the register and the switch, or unplug it
--
-- Switches that guard their ports say so when another address comes.  A registered device on another port is noted just the same.

WITH seen AS (
	SELECT ifnull(host, '-') AS switch, ifnull(object, '-') AS port, ifnull(mac, '-') AS mac, max(received) AS last, sum(count) AS times,
	       min(event_id) AS first_event, max(event_id) AS last_event
	  FROM v_rare_event
	 WHERE type = 'port_violation' AND received > :seen - :days * 86400000000
	 GROUP BY host, object, mac
), judged AS (
	SELECT s.*, (SELECT d.device_id FROM v_register_value AS v JOIN v_device AS d ON d.device_key = v.row_key
	              WHERE v.kind = 'devices' AND v.column_name = 'mac' AND v.value = s.mac) AS device
	  FROM seen AS s
)
SELECT switch || '/' || port || '/' || mac AS resource, 'warn' AS status, 'violation' AS reason, CASE WHEN device IS NOT NULL THEN 'known' END AS reason_id,
       switch, port, mac, day(last) AS last, times, device, :days AS days, first_event, last_event
  FROM judged
UNION ALL
SELECT 'ports', 'pass', 'ports', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM judged);
