-- id: account-unregistered
-- ref: CL-2-05.d
-- title.ja: 台帳にないアカウントが使われていない
-- title.en: no account is used that stands in no register
-- severity: high
-- by: account
-- waits: events
-- waits: sources
-- decides: yes
-- needs: register:accounts
-- needs: auth_success within 7d
-- param: grace = 24h
-- param: days = 90
-- basis: proposed
-- reason.ja: 台帳にないアカウント「{account}」が{since}から使われている（{uses}回、最後は{last_use}、接続元 {source}）
-- reason.en: "{account}" is in use since {since}, but in no register ({uses} times, last on {last_use}, from {source})
-- reason.ja.created: 台帳にないアカウント「{account}」が{since}に作成された（まだ使われていない）
-- reason.en.created: "{account}" was created on {since}, not used yet, and in no register
-- reason.ja.ok: 記録に現れたアカウント{total}件のうち、ほかはすべて台帳にある
-- reason.en.ok: of {total} accounts seen, all others stand in the register
-- reason.ja.none: ログイン記録は届いているが、ここで使われたアカウントはない
-- reason.en.none: records of logins arrive, but no account was used here
-- fix.ja: 誰が何のために使っているかを確かめ、必要ならアカウント台帳に登録し、心当たりがなければ無効にして作成の経緯を調べる
-- fix.en: find out who uses it and what for; enter it in the register, or disable it and find out who created it
--
-- A day's grace is for the new colleague whose line in the register comes after the first login.  An account that was not
-- used for long has gone, as far as the logs can tell.

WITH account AS (
	SELECT s.*, ifnull(s.first_used, (SELECT e.at FROM v_rare_event AS e WHERE e.event_id = s.first_event)) AS since
	  FROM v_account_seen AS s
	 WHERE NOT s.registered
	   AND ifnull(s.login, 1) = 1
), stranger AS (
	SELECT system_key, account, min(since) AS since, max(last_used) AS last_used, sum(uses) AS uses,
	       min(first_event) AS first_event, max(last_event) AS last_event, max(ifnull(last_src_ip, last_host)) AS source
	  FROM account
	 GROUP BY system_key, account
	HAVING max(ifnull(last_used, since)) > :seen - :days * 86400000000
)
SELECT a.system_key || '/' || a.account AS resource,
       CASE WHEN a.since <= :seen - :grace THEN 'fail' ELSE 'warn' END AS status, 'in no register' AS reason,
       CASE WHEN a.uses = 0 THEN 'created' END AS reason_id, a.system_key AS system_id, a.account, day(a.since) AS since,
       day(a.last_used) AS last_use, a.uses, ifnull(a.source, '-') AS source, NULL AS total, a.first_event, a.last_event,
       CASE WHEN a.since > :seen - :grace THEN a.since + :grace END AS next
  FROM stranger AS a
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'accounts' AND state <> 'missing')
UNION ALL
SELECT system_key, 'pass', 'accounts of this system', CASE WHEN total > 0 THEN 'ok' ELSE 'none' END, system_key, NULL, NULL, NULL,
       NULL, NULL, total, NULL, NULL, NULL
  FROM (SELECT v.system_key, (SELECT count(*) FROM v_account_seen AS s WHERE s.system_key = v.system_key) AS total
          FROM v_alive AS v
         WHERE v.type = 'auth_success');
