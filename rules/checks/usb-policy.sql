-- id: usb-policy
-- ref: CL-2-09.a
-- title.ja: 端末とサーバでUSB媒体などの接続を制限している
-- title.en: terminals and servers restrict what may be plugged in
-- severity: medium
-- decides: yes
-- needs: register:devices
-- attest: 365
-- param: warn_percent = 5
-- basis: proposed
-- reason.ja: {class}{total}台のうち{open}台が外部媒体を制限していない（例: {example}）
-- reason.en: of {total} devices of class {class}, {open} do not restrict media (for instance {example})
-- reason.ja.blank: {class}{total}台のうち{blank}台は、外部媒体を制限しているか書かれていない（例: {example}）
-- reason.en.blank: of {total} devices of class {class}, for {blank} it is not written whether they restrict media (for instance {example})
-- reason.ja.ok: {class}{total}台はすべて、外部媒体を禁止するか登録したものだけに限っている
-- reason.en.ok: all {total} devices of class {class} forbid media or allow listed ones only
-- fix.ja: グループポリシーや資産管理ソフトで外部媒体を禁止するか登録制にし、機器台帳（またはシステム台帳）の「USB制限」に書く。設定の書き出しを証拠に残す
-- fix.en: forbid media or allow listed ones by group policy or device control, enter usb_policy for the device (or its system), and keep an export of the settings
--
-- What the register says of a system counts for its hosts.

WITH device AS MATERIALIZED (
	SELECT d.device_id, d.class,
	       ifnull(d.usb_policy,
	              (SELECT y.usb_policy
	                 FROM v_register_value AS h
	                 JOIN v_register_value AS v ON v.kind = 'systems' AND v.column_name = 'hosts' AND v.value = h.value
	                 JOIN v_system AS y ON y.system_key = v.row_key
	                WHERE h.kind = 'devices' AND h.column_name = 'hostname' AND h.row_key = d.device_key
	                LIMIT 1)) AS policy
	  FROM v_device AS d
	 WHERE d.class IN ('terminal', 'server') AND ifnull(d.disposed, '9999') > :today
), class AS (
	SELECT class, count(*) AS total, ifnull(sum(policy = 'open'), 0) AS open, sum(policy IS NULL) AS blank,
	       min(CASE WHEN policy = 'open' THEN device_id END) AS opened, min(CASE WHEN policy IS NULL THEN device_id END) AS unwritten
	  FROM device
	 GROUP BY class
)
SELECT class AS resource,
       CASE WHEN 100.0 * open / total > :warn_percent THEN 'fail' WHEN open > 0 THEN 'warn' WHEN blank > 0 THEN 'unknown' ELSE 'pass' END AS status,
       'policy' AS reason, CASE WHEN open > 0 THEN NULL WHEN blank > 0 THEN 'blank' ELSE 'ok' END AS reason_id,
       CASE class WHEN 'server' THEN 'サーバ' ELSE '端末' END AS class, total, open, blank, ifnull(opened, unwritten) AS example
  FROM class;
