-- id: device-register-old
-- ref: CL-2-01.d
-- title.ja: 機器台帳の棚卸が古くなっていない
-- title.en: the register of devices has been checked against the shelves lately
-- severity: medium
-- decides: no
-- needs: register:devices
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: {overdue}台の棚卸が{need}日を超えて古い（最も古いものは{oldest}、{age}日前）
-- reason.en: devices last checked over {need} days ago: {overdue} (the oldest on {oldest}, {age} days)
-- reason.ja.blank: {blank}台に棚卸日が書かれていない
-- reason.en.blank: devices without a date of a check: {blank}
-- reason.ja.ok: {total}台は、すべて{need}日以内に棚卸されている
-- reason.en.ok: devices checked within {need} days: all {total}
-- reason.ja.file: 機器台帳が{oldest}から{age}日間更新されていない
-- reason.en.file: the register of devices has not been touched since {oldest}, for {age} days
-- reason.ja.fresh: 機器台帳は{oldest}に更新されている
-- reason.en.fresh: the register of devices was touched on {oldest}
-- fix.ja: 台帳を持って現物を確かめ、「最終棚卸日」に確かめた日を書く。半年に1回の予定を決めておく
-- fix.en: take the register and look at the devices, and enter the date (last_inventory); plan it twice a year
--
-- One row a class of device, not one a device: a stocktaking is missed for a whole ward at a time.

WITH device AS (
	SELECT ifnull(class, '-') AS class, last_inventory FROM v_device_register WHERE ifnull(disposed, '9999') > :today
), class AS (
	SELECT class, count(*) AS total, sum(last_inventory IS NULL) AS blank, min(last_inventory) AS oldest,
	       sum(days(last_inventory, :today) > :warn_days) AS overdue, days(min(last_inventory), :today) AS age
	  FROM device
	 GROUP BY class
)
SELECT class AS resource,
       CASE WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' WHEN blank > 0 THEN 'unknown' ELSE 'pass' END AS status,
       'age of the stocktaking' AS reason,
       CASE WHEN age > :warn_days THEN NULL WHEN blank > 0 THEN 'blank' ELSE 'ok' END AS reason_id, total, blank, overdue, oldest,
       age, :warn_days AS need
  FROM class
UNION ALL
SELECT 'devices.csv', CASE WHEN days(updated_at, :seen) > :fail_days THEN 'fail' WHEN days(updated_at, :seen) > :warn_days THEN 'warn'
                           ELSE 'pass' END,
       'age of the register', CASE WHEN days(updated_at, :seen) > :warn_days THEN 'file' ELSE 'fresh' END, NULL, NULL, NULL,
       day(updated_at), days(updated_at, :seen), :warn_days
  FROM v_register
 WHERE kind = 'devices' AND updated_at IS NOT NULL AND state <> 'missing';
