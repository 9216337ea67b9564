-- id: eos-passed
-- ref: CL-2-01.i
-- title.ja: サポートの切れた機器を使っていない
-- title.en: no device is in use past the end of its support
-- severity: high
-- decides: no
-- needs: register:devices
-- effort: replace
-- param: warn_days = 180
-- basis: proposed
-- reason.ja: {device}（{name}）のサポートは{eos}に終わっている（{over}日経過）
-- reason.en: support of {device} ({name}) ended on {eos}, {over} days ago
-- reason.ja.soon: {device}（{name}）のサポートは{eos}に終わる（あと{left}日）
-- reason.en.soon: support of {device} ({name}) ends on {eos}, in {left} days
-- reason.ja.blank: サーバとネットワーク機器{total}台にサポート終了日が書かれていない
-- reason.en.blank: servers and network devices without a date for the end of support: {total}
-- reason.ja.ok: サポート終了日の分かる{total}台に、ほかに期限の近いものはない
-- reason.en.ok: of {total} devices with a known date, no other is near its end of support
-- fix.ja: 更新の計画と予算を決める。すぐに替えられない機器はネットワークを分け、責任者の承認を得て期限付きの例外として記録する
-- fix.en: plan the replacement; what cannot be replaced soon goes into a network of its own, with an approved exception
--
-- The last day of support is still in support.  Devices at the border of the network are the question of eos-edge.

WITH device AS (
	SELECT device_id, ifnull(name, device_id) AS name, ifnull(class, '-') AS class, eos_date, days(:today, eos_date) AS left
	  FROM v_device_register
	 WHERE ifnull(disposed, '9999') > :today AND ifnull(usable, 'yes') <> 'no' AND ifnull(edge, 0) = 0
)
SELECT device_id AS resource, CASE WHEN left < 0 THEN 'fail' ELSE 'warn' END AS status, 'end of support' AS reason,
       CASE WHEN left >= 0 THEN 'soon' END AS reason_id, device_id AS device, name, eos_date AS eos, left, -left AS over, NULL AS total
  FROM device
 WHERE left < :warn_days
UNION ALL
SELECT 'devices.csv', 'pass', 'end of support', 'ok', NULL, NULL, NULL, NULL, NULL, count(eos_date) FROM device HAVING count(eos_date) > 0
UNION ALL
SELECT 'devices.csv/blank', 'unknown', 'end of support', 'blank', NULL, NULL, NULL, NULL, NULL, count(*)
  FROM device
 WHERE class IN ('server', 'network') AND eos_date IS NULL
HAVING count(*) > 0;
