-- id: device-unregistered
-- ref: CL-2-01.a
-- title.ja: 台帳にない機器がネットワークにつながっていない
-- title.en: no device is on the network that stands in no register
-- severity: high
-- by: device
-- decides: yes
-- needs: register:devices
-- needs: device_seen within 3d
-- attest: 180
-- param: grace = 24h
-- param: gone_days = 30
-- basis: seed
-- reason.ja: 台帳にない機器 {mac} が{since}からつながっている（IPアドレス {ip}、名前 {host}、場所 {segment}、最後は{last}）
-- reason.en: {mac} is in no register, on the network since {since} (address {ip}, name {host}, at {segment}, last on {last})
-- reason.ja.ok: 台帳にある機器{known}台を確認した（スマートフォンなど乱数のMACアドレス{random}台は別に数える）
-- reason.en.ok: {known} registered devices seen ({random} with a randomised address counted apart)
-- fix.ja: つながっている場所をたどって現物と使用者を確かめ、業務の機器なら機器台帳に登録し、心当たりがなければ接続を切る
-- fix.en: trace where it is plugged in and who uses it; enter it in the register, or take it off the network
--
-- Counted by MAC address.  Phones that change theirs cannot be registered one by one: they are counted beside, not judged,
-- and that the guest network is separate is for a person to attest.  A device that has not been seen for long has gone.

WITH seen AS MATERIALIZED (
	SELECT mac, ip, host, ifnull(segment, '-') AS segment, first_seen, last_seen, first_event, last_event, randomised, device_key
	  FROM v_device_seen
	 WHERE last_seen > :seen - :gone_days * 86400000000
)
SELECT mac AS resource, CASE WHEN first_seen <= :seen - :grace THEN 'fail' ELSE 'warn' END AS status, 'in no register' AS reason,
       NULL AS reason_id, mac, ifnull(ip, '-') AS ip, ifnull(host, '-') AS host, segment, day(first_seen) AS since,
       day(last_seen) AS last, NULL AS known, NULL AS random, first_event, last_event,
       CASE WHEN first_seen > :seen - :grace THEN first_seen + :grace END AS next
  FROM (SELECT substr(mac, 1, 2) || ':' || substr(mac, 3, 2) || ':' || substr(mac, 5, 2) || ':' || substr(mac, 7, 2) || ':' ||
               substr(mac, 9, 2) || ':' || substr(mac, 11, 2) AS mac, ip, host, segment, first_seen, last_seen, first_event,
               last_event
          FROM seen
         WHERE device_key IS NULL AND NOT randomised)
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'devices' AND state <> 'missing')
UNION ALL
SELECT segment, 'pass', 'devices seen here', 'ok', NULL, NULL, NULL, nullif(segment, '-'), NULL, day(max(last_seen)),
       sum(device_key IS NOT NULL), sum(randomised AND device_key IS NULL), NULL, NULL, NULL
  FROM seen
 GROUP BY segment;
