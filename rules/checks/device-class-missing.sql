-- id: device-class-missing
-- ref: CL-2-01.g
-- title.ja: サーバ・端末・ネットワーク機器・医療機器がどれも機器台帳にある
-- title.en: servers, terminals, network devices and medical devices all stand in the register
-- severity: medium
-- waits: sightings
-- decides: no
-- needs: register:devices
-- attest: 365
-- basis: seed
-- reason.ja: 「{name}」が機器台帳に1台もない
-- reason.en: the register of devices has no {name_en}
-- reason.ja.seen: 「{name}」が機器台帳に1台もないが、実際には使われている（{what}）
-- reason.en.seen: the register of devices has no {name_en}, but some are in use ({what_en})
-- reason.ja.none: 「{name}」が機器台帳に1台もない（院内に無ければ、無いことを申告する）
-- reason.en.none: the register of devices has no {name_en}; if there is none in the house, say so by an attestation
-- reason.ja.ok: {total}台に区分が書かれ、{classes}
-- reason.en.ok: {total} devices have a class: {classes}
-- fix.ja: 漏れている区分の機器を現場で確かめて台帳に足す。区分が空の行には「機器区分」を書く
-- fix.en: look for devices of that class and enter them; fill in class where it is empty
--
-- That a class is in use is told by other evidence: systems.csv names hosts (servers), devices are seen on a network (terminals,
-- and the switches they hang on).  Nobody can see that a house has no medical device: that is for a person to say.

WITH want (class, name, name_en, what, what_en, seen) AS (
	SELECT 'server', 'サーバ', 'server', 'システム台帳にホストがある', 'the register of systems names hosts',
	       EXISTS (SELECT 1 FROM v_system WHERE hosts IS NOT NULL)
	UNION ALL SELECT 'terminal', '端末', 'terminal', 'ネットワークに機器が見えている', 'devices are seen on the network',
	       EXISTS (SELECT 1 FROM v_device_seen)
	UNION ALL SELECT 'network', 'ネットワーク機器', 'network device', 'ネットワークに機器が見えている', 'devices are seen on the network',
	       EXISTS (SELECT 1 FROM v_device_seen)
	UNION ALL SELECT 'medical_device', '医療機器', 'medical device', NULL, NULL, 0
), have AS MATERIALIZED (
	SELECT class, count(*) AS devices
	  FROM v_device_register
	 WHERE ifnull(disposed, '9999') > :today AND class IS NOT NULL
	 GROUP BY class
)
SELECT w.class AS resource, CASE WHEN w.seen THEN 'fail' WHEN w.class = 'medical_device' THEN 'unknown' ELSE 'warn' END AS status,
       'class of devices' AS reason, CASE WHEN w.seen THEN 'seen' WHEN w.class = 'medical_device' THEN 'none' END AS reason_id,
       w.name, w.name_en, w.what, w.what_en, NULL AS total, NULL AS classes
  FROM want AS w
 WHERE w.class NOT IN (SELECT class FROM have)
   AND EXISTS (SELECT 1 FROM v_device_register)
UNION ALL
SELECT 'devices.csv', 'pass', 'classes', 'ok', NULL, NULL, NULL, NULL, sum(devices), group_concat(class || ' ' || devices, ', ')
  FROM have
HAVING count(*) > 0;
