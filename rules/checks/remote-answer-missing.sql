-- id: remote-answer-missing
-- ref: CL-2-02.a
-- title.ja: 事業者のある機器すべてに、リモート保守の有無が書かれている
-- title.en: for every device of a vendor the register says whether it is maintained remotely
-- severity: high
-- decides: yes
-- needs: register:devices
-- attest: 365
-- param: warn_percent = 5
-- basis: seed
-- reason.ja: {vendor}の機器{total}台のうち{blank}台で「リモート保守」が空（例: {example}）
-- reason.en: of {total} devices of {vendor}, remote_maintenance is empty for {blank} (for instance {example})
-- reason.ja.contrary: {example}は機器台帳では「リモート保守なし」だが、リモート保守台帳の接続 {link} の対象になっている
-- reason.en.contrary: the register of devices says no remote maintenance for {example}, but link {link} in the register of remote maintenance reaches it
-- reason.ja.novendor: 機器台帳に事業者番号の書かれた機器がない
-- reason.en.novendor: no device in the register has a vendor
-- reason.ja.ok: 事業者のある機器{total}台は、ほかに有無が分かっている（リモート保守あり {with}台）
-- reason.en.ok: for the other devices of vendors it is known ({total} devices, {with} of them maintained remotely)
-- fix.ja: 機器の一覧を事業者に送り、リモート保守をしている機器に印を付けて返してもらう。回答を「リモート保守」の欄に写し、事業者台帳に回答日を書く
-- fix.en: send the vendor the list of its devices and have those marked that it reaches remotely; copy the answer to remote_maintenance, and its date to the register of vendors
--
-- The nurse call nobody thought of is how one came in: every device with a vendor, not only servers.  The share of blanks over the
-- whole register decides between warn and fail; the rows are by vendor, as the question is put to vendors.

WITH device AS MATERIALIZED (
	SELECT d.device_id, d.device_key, d.vendor_key, d.remote_maintenance AS remote
	  FROM v_device_register AS d
	 WHERE d.vendor_key IS NOT NULL AND ifnull(d.disposed, '9999') > :today AND ifnull(d.class, '') <> 'media'
), share AS (
	SELECT count(*) AS total, 100.0 * sum(remote IS NULL) / max(count(*), 1) AS percent, sum(remote = 1) AS with_remote FROM device
)
SELECT d.vendor_key AS resource, CASE WHEN s.percent > :warn_percent THEN 'fail' ELSE 'warn' END AS status, 'not known' AS reason,
       NULL AS reason_id, ifnull((SELECT name FROM v_vendor AS v WHERE v.vendor_key = d.vendor_key), d.vendor_key) AS vendor,
       count(*) AS total, sum(d.remote IS NULL) AS blank, min(CASE WHEN d.remote IS NULL THEN d.device_id END) AS example,
       NULL AS link, NULL AS "with"
  FROM device AS d, share AS s
 GROUP BY d.vendor_key
HAVING sum(d.remote IS NULL) > 0
UNION ALL
SELECT d.device_id, 'warn', 'two registers disagree', 'contrary', NULL, NULL, NULL, d.device_id, min(r.link_id), NULL
  FROM device AS d
  JOIN v_remote_maintenance AS r ON r.device_key = d.device_key AND ifnull(r.ended_at, '9999') >= :today
 WHERE d.remote = 0
 GROUP BY d.device_id
UNION ALL
SELECT 'devices.csv', CASE WHEN total > 0 THEN 'pass' ELSE 'unknown' END, 'devices of vendors',
       CASE WHEN total > 0 THEN 'ok' ELSE 'novendor' END, NULL, total, NULL, NULL, NULL, with_remote
  FROM share
 WHERE EXISTS (SELECT 1 FROM v_device_register);
