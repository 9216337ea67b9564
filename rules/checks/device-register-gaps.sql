-- id: device-register-gaps
-- ref: CL-2-01.c
-- title.ja: 機器台帳の欄が埋まっている
-- title.en: the cells of the register of devices are filled
-- severity: medium
-- decides: no
-- needs: register:devices
-- param: warn_percent = 98
-- param: fail_percent = 90
-- basis: proposed
-- reason.ja: 「{column}」が{total}台のうち{blank}台で空（記入率{percent}%。例: {example}）
-- reason.en: {column_en} is empty for {blank} of {total} devices ({percent} % filled; for instance {example})
-- reason.ja.ok: 機器{total}台の設置場所・利用者・版・使用可否・リモート保守は、ほかの欄がすべて{need}%以上埋まっている
-- reason.en.ok: of {total} devices, every other column (place, user, version, fit for use, remote maintenance) is filled for at least {need} %
-- fix.ja: 機器台帳のその欄を絞り込んで空の行を出し、現物か事業者に確かめて記入する
-- fix.en: filter the register for empty cells of that column, look at the device or ask the vendor, and fill them in
--
-- A row a column: somebody fills a column at a time.  Media and what was disposed of are not counted.  A version is that of the
-- operating system or of the firmware.

WITH device AS MATERIALIZED (
	SELECT device_id, location, user, ifnull(os_version, firmware) AS version, usable, remote_maintenance
	  FROM v_device_register
	 WHERE ifnull(disposed, '9999') > :today AND ifnull(class, '') <> 'media'
), cell (name, name_en, device_id, blank) AS (
	SELECT '設置場所', 'location', device_id, location IS NULL FROM device
	UNION ALL SELECT '利用者', 'user', device_id, user IS NULL FROM device
	UNION ALL SELECT 'OSバージョン/ファームウェア', 'os_version/firmware', device_id, version IS NULL FROM device
	UNION ALL SELECT '使用可否', 'usable', device_id, usable IS NULL FROM device
	UNION ALL SELECT 'リモート保守', 'remote_maintenance', device_id, remote_maintenance IS NULL FROM device
), filled AS (
	SELECT name, name_en, count(*) AS total, sum(blank) AS blank, 100.0 * sum(NOT blank) / count(*) AS percent,
	       min(CASE WHEN blank THEN device_id END) AS example
	  FROM cell
	 GROUP BY name_en
)
SELECT name_en AS resource, CASE WHEN percent < :fail_percent THEN 'fail' ELSE 'warn' END AS status, 'empty cells' AS reason,
       NULL AS reason_id, name AS column, name_en AS column_en, total, blank, CAST(percent AS INTEGER) AS percent, example, NULL AS need
  FROM filled
 WHERE percent < :warn_percent
UNION ALL
SELECT 'devices.csv', 'pass', 'cells', 'ok', NULL, NULL, count(*), NULL, NULL, NULL, :warn_percent FROM device HAVING count(*) > 0;
