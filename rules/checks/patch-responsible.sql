-- id: patch-responsible
-- ref: CL-2-06.h
-- title.ja: サーバとネットワーク機器の更新を誰が行うか決まっている
-- title.en: who updates each server and network device is agreed
-- severity: high
-- decides: no
-- needs: register:devices
-- needs: register:contracts
-- basis: proposed
-- reason.ja: {class}{total}台のうち{blank}台は、更新を誰が行うか機器台帳にも契約にも書かれていない（例: {device}）
-- reason.en: of {total} devices of class {class}, for {blank} neither register nor contract says who updates them (for instance {device})
-- reason.ja.ok: {class}{total}台すべてに、更新の担当が決まっている
-- reason.en.ok: for all {total} devices of class {class} it is agreed who updates them
-- fix.ja: 事業者と話し合い、契約台帳の「更新作業の責任者」か機器台帳の「更新作業の担当」に、院内か事業者かを書く。保守契約にVPN装置の更新が含まれるかを必ず確かめる
-- fix.en: agree with the vendor and enter update_responsible in the contract or for the device; make sure whether the contract covers updates of the VPN gateway
--
-- By a running contract with the device's vendor that names somebody, or by the device's own cell.  A gateway that nobody felt
-- responsible for is how one hospital was entered.

WITH device AS MATERIALIZED (
	SELECT d.device_id, d.class,
	       d.update_responsible IS NOT NULL OR
	       EXISTS (SELECT 1 FROM v_contract AS c
	                WHERE c.vendor_key = d.vendor_key AND c.update_responsible IS NOT NULL AND ifnull(c.starts_at, '') <= :today
	                  AND ifnull(c.ends_at, '9999') >= :today) AS agreed
	  FROM v_device AS d
	 WHERE d.class IN ('server', 'network') AND ifnull(d.disposed, '9999') > :today
)
SELECT class AS resource, CASE WHEN sum(NOT agreed) > 0 THEN 'fail' ELSE 'pass' END AS status, 'who updates' AS reason,
       CASE WHEN sum(NOT agreed) = 0 THEN 'ok' END AS reason_id, CASE class WHEN 'server' THEN 'サーバ' ELSE 'ネットワーク機器' END AS class,
       count(*) AS total, sum(NOT agreed) AS blank, min(CASE WHEN NOT agreed THEN device_id END) AS device
  FROM device
 GROUP BY class
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing');
