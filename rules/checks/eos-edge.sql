-- id: eos-edge
-- ref: CL-2-01.i
-- title.ja: 外部とつながるVPN装置・ファイアウォールのサポートが切れていない
-- title.en: no firewall or VPN device is in use past the end of its support
-- severity: critical
-- decides: no
-- needs: register:devices
-- param: warn_days = 180
-- basis: proposed
-- reason.ja: 境界機器 {device}（{name}）のサポートは{eos}に終わっている（{over}日経過）
-- reason.en: support of {device} ({name}), at the border of the network, ended on {eos}, {over} days ago
-- reason.ja.soon: 境界機器 {device}（{name}）のサポートは{eos}に終わる（あと{left}日）
-- reason.en.soon: support of {device} ({name}), at the border of the network, ends on {eos}, in {left} days
-- reason.ja.blank: 境界機器 {device}（{name}）のサポート終了日が書かれていない
-- reason.en.blank: no end of support is written for {device} ({name}), at the border of the network
-- reason.ja.none: どの機器が境界機器（VPN装置、ファイアウォール、外部につながるルータ）か、機器台帳からは分からない
-- reason.en.none: the register does not tell which devices stand at the border of the network (firewalls, VPN devices, routers to the outside)
-- reason.ja.ok: 境界機器{total}台のうち、ほかに期限の近いものはない
-- reason.en.ok: of {total} devices at the border, no other is near its end of support
-- fix.ja: サポートの切れたVPN装置は侵入の入口になる。更新を手配し、それまでは使わないVPNを止めて接続元を絞る。台帳の「境界機器」と「サポート終了日」も記入する
-- fix.en: an outdated VPN device is how intruders come in: replace it, and until then switch off what is not used and limit who may connect; enter edge and eos_date
--
-- The critical half of CL-2-01.i; all other devices are the question of eos-passed.  A device is at the border when the register
-- says so, or when log_sources.csv calls the host of its name or address one.  The last day of support is still in support.

WITH device AS MATERIALIZED (
	SELECT device_id, ifnull(name, device_id) AS name, eos_date, days(:today, eos_date) AS left
	  FROM v_device_register
	 WHERE edge = 1 AND ifnull(disposed, '9999') > :today AND ifnull(usable, 'yes') <> 'no'
)
SELECT device_id AS resource, CASE WHEN eos_date IS NULL THEN 'unknown' WHEN left < 0 THEN 'fail' ELSE 'warn' END AS status,
       'end of support' AS reason, CASE WHEN eos_date IS NULL THEN 'blank' WHEN left >= 0 THEN 'soon' END AS reason_id,
       device_id AS device, name, eos_date AS eos, left, -left AS over, NULL AS total
  FROM device
 WHERE eos_date IS NULL OR left < :warn_days
UNION ALL
SELECT 'devices.csv', CASE WHEN count(*) > 0 THEN 'pass' ELSE 'unknown' END, 'devices at the border',
       CASE WHEN count(*) > 0 THEN 'ok' ELSE 'none' END, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM device;
