-- id: remote-always-on
-- ref: CL-2-02.f
-- title.ja: リモート保守の回線を、理由なく常時つないだままにしていない
-- title.en: no path for remote maintenance stays open all the time without a reason
-- severity: medium
-- decides: no
-- needs: register:remote_maintenance
-- attest: 365
-- basis: proposed
-- reason.ja: 接続 {link}（{vendor}）は常時接続だが、その理由が書かれていない
-- reason.en: link {link} ({vendor}) is open all the time, and no reason is given
-- reason.ja.blank: 接続 {link}（{vendor}）が都度接続か常時接続か書かれていない
-- reason.en.blank: whether link {link} ({vendor}) is opened on request or open all the time is not written
-- reason.ja.ok: リモート保守の接続{total}本のうち、ほかに理由なく常時つながっているものはない
-- reason.en.ok: of {total} links for remote maintenance, no other is open all the time without a reason
-- fix.ja: 作業のときだけつなぐ運用（都度接続）に変えられるか事業者と決める。監視などで常時必要なら、リモート保守台帳の「常時接続の理由」に書く
-- fix.en: agree with the vendor to open it on request only; where it must stay open (monitoring), write why in justification
--
-- How long a tunnel stays up no line tells reliably; the register is asked, and a person may attest the setting.

WITH link AS MATERIALIZED (
	SELECT r.link_id, ifnull((SELECT name FROM v_vendor AS v WHERE v.vendor_key = r.vendor_key), r.vendor_id) AS vendor, r.mode, r.justification
	  FROM v_remote_maintenance AS r
	 WHERE ifnull(r.ended_at, '9999') >= :today
)
SELECT link_id AS resource, CASE WHEN mode IS NULL THEN 'unknown' ELSE 'warn' END AS status, 'always on' AS reason,
       CASE WHEN mode IS NULL THEN 'blank' END AS reason_id, link_id AS link, vendor, NULL AS total
  FROM link
 WHERE mode IS NULL OR (mode = 'always' AND justification IS NULL)
UNION ALL
SELECT 'remote_maintenance.csv', 'pass', 'links', 'ok', NULL, NULL, count(*)
  FROM link
HAVING sum(mode = 'on_request' OR justification IS NOT NULL) > 0;
