-- id: login-guessing
-- ref: CL-2-07.e
-- title.ja: パスワードの推測（総当たり・多数のアカウントへの試行）が続いていない
-- title.en: nobody keeps guessing passwords, of one account or of many
-- severity: high
-- decides: no
-- needs: auth_success within 24h
-- param: days = 7
-- param: failures = 10
-- param: accounts = 10
-- basis: proposed
-- reason.ja: {source} から5分間に{count}回のログイン失敗があった（最後は{last}、{days}日間に{windows}回の集中）
-- reason.en: {count} refused logins in five minutes from {source} (last on {last}, {windows} such bursts in {days} days)
-- reason.ja.spray: {source} から10分間に{accounts}件以上のアカウントへのログイン失敗があった（最後は{last}、{count}回）
-- reason.en.spray: refused logins of at least {accounts} accounts in ten minutes from {source} (last on {last}, {count} times)
-- reason.ja.account: アカウント「{account}」（{system}）で5分間に{count}回のログイン失敗があった（最後は{last}）
-- reason.en.account: {count} refused logins of "{account}" ({system}) in five minutes (last on {last})
-- reason.ja.unnamed: 台帳にも記録にもない名前で、5分間に{count}回のログイン失敗があった（{system}、最後は{last}）
-- reason.en.unnamed: {count} refused logins in five minutes of a name that is on no list ({system}, last on {last})
-- reason.ja.others: 接続元またはアカウントが多すぎて区別できないログイン失敗が5分間に{count}回あった（最後は{last}）
-- reason.en.others: {count} refused logins in five minutes from or of too many to tell apart (last on {last})
-- reason.ja.ok: ログインの記録が届いており、{days}日間、失敗の集中はない
-- reason.en.ok: logins are recorded, and in {days} days there was no burst of refused ones
-- fix.ja: 接続元の機器と利用者を確かめる。古いパスワードを覚えた機器なら設定を直し、心当たりがなければ接続元を遮断する
-- fix.en: find the machine and who uses it; if it only remembers an old password, correct it; if nobody knows it, block the address
--
-- Counted by our clock in pieces of five minutes; two that follow each other within five minutes count together.  A name that
-- nobody knows is not shown: people type passwords into that field.

WITH burst AS MATERIALIZED (
	SELECT *,
	       count + CASE WHEN lag(at) OVER w = at - 300000000 AND last_received - lag(first_received) OVER w <= 300000000
	                    THEN lag(count) OVER w ELSE 0 END AS together
	  FROM v_login_burst
	 WHERE at > :seen - :days * 86400000000
	WINDOW w AS (PARTITION BY kind, src_ip, system_key, account, others ORDER BY at)
), worst AS (
	SELECT kind, src_ip, system_key, account, others, max(together) AS count, max(accounts) AS accounts, max(last_received) AS last,
	       count(*) AS windows, min(first_event) AS first_event, max(last_event) AS last_event
	  FROM burst
	 WHERE together >= :failures OR (kind = 'source' AND accounts >= :accounts)
	 GROUP BY kind, src_ip, system_key, account, others
)
SELECT CASE WHEN others THEN 'その他（' || CASE kind WHEN 'source' THEN '接続元' ELSE 'アカウント' END || '）'
            WHEN kind = 'source' THEN src_ip
            ELSE system_key || '/' || ifnull(account, '?') END AS resource,
       'warn' AS status, 'passwords are guessed' AS reason,
       CASE WHEN others THEN 'others' WHEN kind = 'source' AND accounts >= :accounts THEN 'spray' WHEN kind = 'source' THEN NULL
            WHEN account IS NULL THEN 'unnamed' ELSE 'account' END AS reason_id,
       src_ip AS source, system_key AS system, account, count, accounts, windows, day(last) AS last, :days AS days, first_event, last_event,
       NULL AS system_id
  FROM worst
UNION ALL
SELECT a.system_key, 'pass', 'no burst', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'auth_success';
