-- id: device-disposed-alive
-- ref: CL-2-01.h
-- title.ja: 廃棄したはずの機器がネットワークに現れていない
-- title.en: no device is on the network that was disposed of
-- severity: high
-- by: device
-- decides: no
-- needs: register:devices
-- needs: device_seen within 3d
-- param: days = 90
-- basis: proposed
-- reason.ja: {disposed}に廃棄したはずの機器 {device}（{name}）が、{last}にネットワークに現れた
-- reason.en: {device} ({name}) was disposed of on {disposed}, but seen on the network on {last}
-- reason.ja.ok: 廃棄済み{total}台に、その後ネットワークに現れたものはほかにない
-- reason.en.ok: of {total} devices disposed of, no other has been on the network since
-- reason.ja.none: 台帳に廃棄済みの機器はない
-- reason.en.none: no device in the register is disposed of
-- fix.ja: 現物の所在を確かめる。廃棄証明と突き合わせ、使い続けているなら台帳を直し、第三者の手にあるなら情報漏えいを疑って報告する
-- fix.en: find out where it is; compare with the certificate of disposal, correct the register, or report a possible leak
--
-- The day of disposal is still a day of use.

SELECT d.device_id AS resource, 'fail' AS status, 'disposed of, but alive' AS reason, NULL AS reason_id,
       d.device_id AS device,
       ifnull(d.name, d.device_id) AS name, d.disposed, day(d.last_seen) AS last, NULL AS total, d.last_event AS first_event,
       d.last_event
  FROM v_device AS d
 WHERE d.disposed < :today
   AND d.last_seen > :seen - :days * 86400000000
   AND day(d.last_seen) > d.disposed
UNION ALL
SELECT 'devices.csv', 'pass', 'devices disposed of', CASE WHEN count(*) > 0 THEN 'ok' ELSE 'none' END, NULL, NULL, NULL, NULL, count(*), NULL, NULL
  FROM v_device
 WHERE disposed <= :today
HAVING EXISTS (SELECT 1 FROM v_device);
