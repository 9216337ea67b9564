-- id: firmware-vulnerable
-- ref: CL-2-06.a
-- title.ja: VPN装置などのネットワーク機器に、既知の脆弱性が残っていない
-- title.en: no network device runs firmware with a known hole
-- severity: critical
-- waits: words
-- decides: yes
-- needs: register:devices
-- needs: register:advisories
-- attest: 90
-- param: kev_warn_days = 3
-- param: kev_days = 14
-- param: critical_days = 30
-- param: advisory_days = 31
-- basis: proposed
-- reason.ja: {device}（{name}）の{product} {version}には、悪用されている脆弱性 {advisory} がある（公表{published}から{age}日、対策版は{safe}）
-- reason.en: {device} ({name}) runs {product} {version} with {advisory}, which is being exploited (published {published}, {age} days ago; safe from {safe})
-- reason.ja.critical: {device}（{name}）の{product} {version}には、緊急の脆弱性 {advisory} がある（公表{published}から{age}日、対策版は{safe}）
-- reason.en.critical: {device} ({name}) runs {product} {version} with the critical {advisory} (published {published}, {age} days ago; safe from {safe})
-- reason.ja.blank: ネットワーク機器{total}台は、製品名かファームウェアの版が書かれておらず判断できない（例: {device}）
-- reason.en.blank: of {total} network devices, product or version is not known (for instance {device})
-- reason.ja.unclear: {device}（{name}）の{product} {version}が {advisory} の影響を受けるか分からない（対策版の記載「{safe}」と比べられない）
-- reason.en.unclear: whether {product} {version} of {device} ({name}) has {advisory} is not clear: its safe version ("{safe}") cannot be compared
-- reason.ja.stale: 脆弱性情報の最終確認が{age}日前（{published}）で、新しい脆弱性を見落としているおそれがある
-- reason.en.stale: advisories were last looked at {age} days ago ({published}); newer ones may have been missed
-- reason.ja.ok: 版の分かるネットワーク機器{total}台に、期限を過ぎて残る緊急・悪用確認済みの脆弱性はない
-- reason.en.ok: none of the {total} network devices of known version has a critical or exploited hole that is overdue
-- fix.ja: 事業者に連絡して対策版へ更新する。すぐにできなければ、その機能（SSL-VPNなど）を止めるか接続元を絞り、期限付きの例外として記録する
-- fix.en: have it updated to the safe version; until then switch the feature off (SSL VPN) or limit where it can be reached from, and record an exception with an end
--
-- The version that the device itself told of counts before the ledger, when it is the newer word.  Several safe versions in one
-- cell are those of several lines (7.2.11 7.4.8).  An advisory gives days of grace from its publication.

WITH watch AS (
	SELECT max(CASE WHEN checked_at <= :today THEN checked_at END) AS checked FROM v_advisory
), device AS MATERIALIZED (
	SELECT d.device_id, ifnull(d.name, d.device_id) AS name, d.product, fold(d.product) AS product_key,
	       CASE WHEN h.version IS NOT NULL AND ifnull(day(h.version_at), '') >= ifnull(d.last_inventory, '') THEN h.version
	            ELSE ifnull(d.firmware, h.version) END AS version
	  FROM v_device AS d
	  JOIN v_device_health AS h ON h.device_key = d.device_key
	 WHERE (d.class = 'network' OR d.edge) AND ifnull(d.disposed, '9999') > :today AND ifnull(d.usable, 'yes') <> 'no'
), hit AS (
	SELECT d.*, a.advisory_id AS advisory, a.severity, a.published_at AS published, days(a.published_at, :today) AS age,
	       ifnull(a.min_safe_version, '-') AS safe, version_safe(d.version, a.min_safe_version) AS fixed
	  FROM device AS d
	  JOIN v_advisory AS a ON a.product_key = d.product_key
	 WHERE d.version IS NOT NULL AND a.severity IN ('kev', 'critical')
), judged AS (
	SELECT *,
	       CASE WHEN fixed IS NULL THEN 1
	            WHEN severity = 'kev' THEN CASE WHEN ifnull(age, 9999) > :kev_days THEN 3 WHEN age > :kev_warn_days THEN 2 ELSE 0 END
	            ELSE CASE WHEN ifnull(age, 9999) > :critical_days THEN 3 WHEN age > :kev_warn_days THEN 2 ELSE 0 END END AS fault
	  FROM hit
	 WHERE ifnull(fixed, 0) = 0
), worst AS (
	SELECT *, max(fault * 100000 + ifnull(age, 99999)) FROM judged WHERE fault > 0 GROUP BY device_id
)
SELECT device_id AS resource, CASE fault WHEN 3 THEN 'fail' WHEN 2 THEN 'warn' ELSE 'unknown' END AS status, 'known hole' AS reason,
       CASE WHEN fault = 1 THEN 'unclear' WHEN severity = 'critical' THEN 'critical' END AS reason_id, device_id AS device, name, product, version,
       advisory, ifnull(published, '-') AS published, ifnull(age, '-') AS age, safe, NULL AS total
  FROM worst
UNION ALL
SELECT 'network', CASE WHEN days(w.checked, :today) <= :advisory_days THEN 'pass' ELSE 'unknown' END, 'network devices',
       CASE WHEN days(w.checked, :today) <= :advisory_days THEN 'ok' ELSE 'stale' END, NULL, NULL, NULL, NULL, NULL, ifnull(w.checked, '-'),
       ifnull(days(w.checked, :today), '-'), NULL, count(*)
  FROM device, watch AS w
 WHERE version IS NOT NULL AND product IS NOT NULL
HAVING count(*) > 0
UNION ALL
SELECT 'network/blank', 'unknown', 'network devices', 'blank', min(device_id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM device
 WHERE version IS NULL OR product IS NULL
HAVING count(*) > 0;
