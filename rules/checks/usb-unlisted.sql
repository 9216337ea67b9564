-- id: usb-unlisted
-- ref: CL-2-09.b
-- title.ja: 登録していないUSB媒体が接続されていない
-- title.en: no medium is plugged in that is not registered
-- severity: high
-- decides: yes
-- needs: register:media
-- needs: usb_attached within 30d
-- param: days = 30
-- basis: proposed
-- reason.ja: {host}に{last}、登録のない媒体がつながれた（{device}、{times}回）
-- reason.en: on {last} a medium that is not registered was plugged into {host} ({device}, {times} times)
-- reason.ja.nameless: {host}に{last}、媒体がつながれた（{times}回）。記録に製造番号がなく、登録したものか分からない
-- reason.en.nameless: on {last} a medium was plugged into {host} ({times} times); its serial is not in the record
-- reason.ja.ok: 媒体の接続の記録が届いており、登録のないものはつながれていない（登録{total}件）
-- reason.en.ok: what is plugged in is on record, and nothing unregistered was ({total} media registered)
-- fix.ja: 誰が何のためにつないだかを確かめ、必要な媒体なら製造番号を外部媒体台帳に登録する。心当たりがなければその機器のマルウェア検査を行う
-- fix.en: find out who plugged it in and why; register it with its serial if it is needed, or have the machine scanned
--
-- Storage only: keyboards, printers and card readers are no media.  A record names the serial within the device's path; one
-- that does not is no proof either way.

WITH plugged AS (
	SELECT ifnull(host, '-') AS host, received, count, event_id, coalesce(object, device, '-') AS device,
	       fold(ifnull(object, '') || ' ' || ifnull(device, '')) AS path
	  FROM v_rare_event
	 WHERE type = 'usb_attached' AND received > :seen - :days * 86400000000
	   AND (method = 'storage' OR object LIKE 'USBSTOR%' OR device LIKE '%USBSTOR%' OR reason IN ('DiskDrive', 'WPD'))
), judged AS (
	SELECT p.*,
	       CASE WHEN EXISTS (SELECT 1 FROM v_medium AS m
	                          WHERE length(m.serial_key) > 3 AND instr(p.path, m.serial_key) > 0
	                            AND ifnull(m.disposed, '9999') > day(p.received)) THEN 0
	            WHEN path LIKE '%usbstor%\%\%' THEN 2
	            ELSE 1 END AS fault
	  FROM plugged AS p
), bad AS (
	SELECT host, fault, max(received) AS last, sum(count) AS times, device, min(event_id) AS first_event, max(event_id) AS last_event
	  FROM judged
	 WHERE fault > 0
	 GROUP BY host, fault, CASE fault WHEN 2 THEN device END
)
SELECT host || CASE fault WHEN 2 THEN '/' || device ELSE '' END AS resource, CASE fault WHEN 2 THEN 'fail' ELSE 'warn' END AS status,
       'medium plugged in' AS reason, CASE fault WHEN 1 THEN 'nameless' END AS reason_id, host, day(last) AS last, device, times, NULL AS total,
       first_event, last_event
  FROM bad
UNION ALL
SELECT 'media', 'pass', 'media', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM v_medium), NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM bad);
