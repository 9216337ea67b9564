-- id: remote-tool
-- ref: CL-2-02.g
-- title.ja: 登録のない遠隔操作ソフトが入っていない
-- title.en: no unregistered program for remote control is installed
-- severity: high
-- by: event
-- waits: sources
-- decides: no
-- needs: register:remote_maintenance
-- param: days = 90
-- param: quiet = 7d
-- basis: seed
-- reason.ja: {host}に遠隔操作ソフト {tool} が入った（{last}、「{name}」、操作した人 {who}）。リモート保守台帳に登録がない
-- reason.en: {tool}, a program for remote control, was installed on {host} ({last}, "{name}", by {who}); it is not in the register of remote maintenance
-- reason.ja.quiet: サービスやソフトウェアの変更の記録が{last}を最後に届いていない
-- reason.en.quiet: no record of changed services or software has arrived since {last}
-- reason.ja.ok: {days}日間、登録のない遠隔操作ソフトの導入は記録されていない
-- reason.en.ok: in {days} days no unregistered program for remote control was recorded
-- fix.ja: その機器の利用者と事業者に確かめ、不要なら削除する。保守に必要なら、リモート保守台帳に「ツール」と対象の機器かシステムを書く。心当たりがなければ、その機器をネットワークから切り離して報告する
-- fix.en: ask who uses the machine and the vendor; remove it if nobody needs it, or enter tool and device in the register; if nobody knows of it, take the machine off the network and report it
--
-- By the name of a new service, task or package.  What runs without being installed leaves no such line: this finds the ordinary
-- case, not the clever one.  A link with a system or a device allows the tool there only; one with neither, anywhere.

WITH tool (word, name) AS (VALUES
	('anydesk', 'AnyDesk'), ('teamviewer', 'TeamViewer'), ('screenconnect', 'ScreenConnect'), ('splashtop', 'Splashtop'),
	('rustdesk', 'RustDesk'), ('ultravnc', 'UltraVNC'), ('uvnc', 'UltraVNC'), ('tightvnc', 'TightVNC'), ('tvnserver', 'TightVNC'),
	('vncserver', 'VNC'), ('realvnc', 'RealVNC'), ('logmein', 'LogMeIn'), ('chromoting', 'Chrome Remote Desktop'),
	('remote utilities', 'Remote Utilities'), ('rutserv', 'Remote Utilities'), ('ammyy', 'Ammyy Admin'), ('supremo', 'Supremo'),
	('dwagent', 'DWService'), ('dwservice', 'DWService'), ('mesh agent', 'MeshCentral'), ('meshagent', 'MeshCentral'),
	('ateraagent', 'Atera'), ('zoho assist', 'Zoho Assist'), ('zohoassist', 'Zoho Assist'), ('ngrok', 'ngrok'), ('radmin', 'Radmin'),
	('isl alwayson', 'ISL AlwaysOn'), ('brynhildr', 'Brynhildr'), ('netsupport', 'NetSupport'), ('dameware', 'DameWare')
), change AS MATERIALIZED (
	SELECT ifnull(e.object, '') || ' ' || ifnull(e.reason, '') || ' ' || ifnull(e.device, '') AS words, ifnull(e.host, e.system_id) AS host,
	       e.system_id, e.object, e.user, max(e.received) AS received, max(e.event_id) AS event_id
	  FROM v_rare_event AS e
	 WHERE e.type IN ('service_change', 'software_change') AND e.received > :seen - :days * 86400000000
	 GROUP BY e.object, e.reason, e.device, e.host, e.system_id
), seen AS MATERIALIZED (
	SELECT t.name AS tool, c.host, fold(c.system_id) AS system_key, c.object, c.user, c.received, c.event_id
	  FROM (SELECT *, fold(words) AS folded FROM change) AS c
	  JOIN tool AS t ON instr(c.folded, t.word) > 0
), odd AS (
	SELECT s.tool, s.host, s.system_key, s.object, s.user, max(s.received) AS last, min(s.event_id) AS first_event, max(s.event_id) AS last_event
	  FROM seen AS s
	 WHERE NOT EXISTS (SELECT 1 FROM v_remote_maintenance AS r
	                    WHERE instr(fold(r.tool), fold(s.tool)) > 0 AND ifnull(r.ended_at, '9999') >= :today
	                      AND ((r.system_id IS NULL AND r.device_id IS NULL) OR r.system_key = s.system_key
	                           OR EXISTS (SELECT 1 FROM v_register_value AS v
	                                       WHERE v.kind = 'devices' AND v.column_name = 'hostname' AND v.row_key = r.device_key
	                                         AND v.value IN (fold(s.host), substr(fold(s.host), 1, instr(s.host || '.', '.') - 1)))))
	   AND NOT EXISTS (SELECT 1 FROM v_software_baseline AS b WHERE instr(fold(b.name), fold(s.tool)) > 0)
	 GROUP BY s.tool, fold(s.host)
)
SELECT fold(host) || '/' || fold(tool) AS resource, 'fail' AS status, 'unregistered remote control' AS reason, NULL AS reason_id, NULL AS system_id,
       host, tool, ifnull(object, tool) AS name, ifnull(user, '-') AS who, day(last) AS last, :days AS days, first_event, last_event
  FROM odd
UNION ALL
SELECT a.system_key, CASE WHEN max(a.last_received) > :seen - :quiet THEN 'pass' ELSE 'unknown' END, 'programs',
       CASE WHEN max(a.last_received) > :seen - :quiet THEN 'ok' ELSE 'quiet' END, a.system_key, NULL, NULL, NULL, NULL,
       day(max(a.last_received)), :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type IN ('service_change', 'software_change')
 GROUP BY a.system_key;
