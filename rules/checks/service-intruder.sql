-- id: service-intruder
-- ref: CL-2-12.a
-- title.ja: 侵入に使われる道具がサービスとして加えられていない
-- title.en: no tool of intruders was added as a service
-- severity: critical
-- by: event
-- waits: sources
-- decides: no
-- needs: service_change within 31d
-- param: days = 30
-- param: names = psexesvc paexec csexec remcom remcomsvc winexesvc smbexec mimikatz mimidrv meterpreter cobalt ngrok frpc chisel rclone gsecdump wce pwdump procdump plink xmrig
-- basis: proposed
-- reason.ja: {host}に侵入でよく使われる道具「{service}」がサービスとして加えられた（{last}、操作した人 {who}）
-- reason.en: "{service}", a tool that intruders use, was added as a service on {host} ({last}, by {who})
-- reason.ja.ok: サービスの変更の記録が届いており、{days}日間、侵入に使われる道具の名前はない
-- reason.en.ok: changes of services are recorded, and in {days} days none bears the name of an intruder's tool
-- fix.ja: 保守作業で使ったものか確かめる。心当たりがなければその機器をネットワークから切り離し、電源は切らずに安全管理責任者に報告する
-- fix.en: ask whether maintenance used it; if nobody knows of it, unplug the machine from the network, leave it running, and report it
--
-- By names, which an intruder can choose: what is not found here is not proven absent.  Software for remote control is the question of
-- remote-tool.

WITH change AS MATERIALIZED (
	SELECT e.event_id, e.received, e.user, e.object AS service, replace(replace(fold(e.object), '.', ' '), '_', ' ') AS name,
	       ifnull(e.host, e.system_id) AS host
	  FROM v_rare_event AS e
	 WHERE e.type = 'service_change' AND e.received > :seen - :days * 86400000000 AND e.object IS NOT NULL
), word (word, rest) AS (
	SELECT '', :names || ' '
	UNION ALL
	SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM word WHERE rest <> ''
), bad AS (
	SELECT DISTINCT c.* FROM change AS c JOIN word AS w ON w.word <> '' AND instr(c.name, w.word) > 0
	                                     AND (length(w.word) > 4 OR instr(' ' || c.name || ' ', ' ' || w.word || ' ') > 0)
)
SELECT fold(host) || '/' || fold(service) AS resource, 'fail' AS status, 'a tool of intruders' AS reason, NULL AS reason_id, max(host) AS host,
       max(service) AS service, day(max(received)) AS last, ifnull(max(user), '-') AS who, :days AS days, min(event_id) AS first_event,
       max(event_id) AS last_event, NULL AS system_id
  FROM bad
 GROUP BY fold(host), fold(service)
UNION ALL
SELECT a.system_key, 'pass', 'services', 'ok', NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'service_change';
