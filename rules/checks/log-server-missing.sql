-- id: log-server-missing
-- ref: CL-2-11.a
-- title.ja: すべてのサーバとシステムの記録が集まっている
-- title.en: every server and every system sends its logs
-- severity: high
-- decides: yes
-- needs: register:devices
-- needs: register:log_sources
-- param: fail_percent = 80
-- attest: 365
-- basis: proposed
-- reason.ja: サーバ {device}（{name}）の記録が届いておらず、ログ送信元の台帳にもない（記録のあるサーバ・システム {percent}%）
-- reason.en: the server {device} ({name}) sends no logs and is not among the log sources ({percent}% of servers and systems are)
-- reason.ja.system: システム「{name}」の記録が届いておらず、ログ送信元の台帳にもない（記録のあるサーバ・システム {percent}%）
-- reason.en.system: the system "{name}" sends no logs and is not among the log sources ({percent}% of servers and systems are)
-- reason.ja.ok: サーバとシステム{total}件のうち{covered}件の記録が集まっている
-- reason.en.ok: logs of {covered} of {total} servers and systems arrive
-- fix.ja: 記録の送信先をこの点検サーバに設定し、ログ送信元の台帳に加える。記録の機能がない機器は、業務日誌に操作を記録していることを確認して証言する
-- fix.en: let it send its logs here and enter it among the log sources; where it can keep none, attest that a journal of its use is kept
--
-- Whether a source that is declared also sends is the question of source-silent.

WITH sender AS MATERIALIZED (
	SELECT fold(host) AS value FROM v_source WHERE host <> ''
	UNION SELECT substr(fold(host), 1, instr(host || '.', '.') - 1) FROM v_source WHERE host <> '' AND NOT host GLOB '[0-9]*.[0-9]*.[0-9]*.[0-9]*'
	UNION SELECT peer FROM v_source WHERE peer <> ''
	UNION SELECT value FROM v_register_value WHERE kind = 'log_sources' AND column_name = 'host'
), alive AS MATERIALIZED (
	SELECT DISTINCT system_key FROM v_alive
), part AS MATERIALIZED (
	SELECT d.device_id AS id, NULL AS kind, ifnull(d.name, d.device_id) AS name,
	       EXISTS (SELECT 1 FROM v_register_value AS v JOIN sender AS s ON s.value = v.value
	                WHERE v.kind = 'devices' AND v.column_name IN ('hostname', 'ip') AND v.row_key = d.device_key) AS covered
	  FROM v_device AS d
	 WHERE d.class = 'server' AND d.networked = 1 AND ifnull(d.disposed, '9999') >= :today
	UNION ALL
	SELECT y.system_id, 'system', y.name,
	       EXISTS (SELECT 1 FROM v_log_source AS l WHERE fold(l.system_id) = y.system_key)
	       OR EXISTS (SELECT 1 FROM v_register_value AS v JOIN sender AS s ON s.value = v.value
	                   WHERE v.kind = 'systems' AND v.column_name = 'hosts' AND v.row_key = y.system_key)
	       OR EXISTS (SELECT 1 FROM alive AS a WHERE a.system_key = y.system_key)
	  FROM v_system AS y
), total AS (
	SELECT count(*) AS total, sum(covered) AS covered FROM part
)
SELECT p.id AS resource, CASE WHEN 100 * t.covered < :fail_percent * t.total THEN 'fail' ELSE 'warn' END AS status,
       'sends no logs' AS reason, p.kind AS reason_id, p.id AS device, p.name, 100 * t.covered / t.total AS percent, NULL AS total,
       NULL AS covered
  FROM part AS p, total AS t
 WHERE NOT p.covered
UNION ALL
SELECT 'servers', 'pass', 'servers and systems', 'ok', NULL, NULL, NULL, total, covered
  FROM total
 WHERE covered > 0;
