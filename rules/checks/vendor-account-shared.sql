-- id: vendor-account-shared
-- ref: CL-2-02.e
-- title.ja: 保守用のアカウントが使い回されていない
-- title.en: no account for maintenance is shared
-- severity: high
-- waits: events
-- waits: sources
-- decides: no
-- needs: register:remote_maintenance
-- needs: remote_session within 7d
-- attest: 365
-- param: days = 30
-- param: window = 30m
-- basis: proposed
-- reason.ja: 保守用の「{account}」が{last}に、{window}分以内に2か所（{one}、{other}）から使われた（{days}日間に{times}回）
-- reason.en: the maintenance account "{account}" was used from two places ({one}, {other}) within {window} minutes on {last} ({times} times in {days} days)
-- reason.ja.vendors: 「{account}」がリモート保守台帳の{times}つの事業者の接続に書かれている
-- reason.en.vendors: "{account}" stands at links of {times} vendors in the register of remote maintenance
-- reason.ja.shared: 「{account}」（{one}）は台帳で共有アカウントとされているが、事業者が使っている
-- reason.en.shared: the register calls "{account}" ({one}) shared, and a vendor uses it
-- reason.ja.nameless: 遠隔接続{times}回の記録に利用者名がない（{one}）。誰が使ったか分からない
-- reason.en.nameless: {times} remote sessions are recorded without a user ({one}); nobody can say who it was
-- reason.ja.ok: {days}日間、ほかに使い回された保守用アカウントはない
-- reason.en.ok: in {days} days no other account for maintenance was shared
-- fix.ja: 作業する人ごとに別のアカウントを出し、共用のものは止める。事業者に「一人一ID」を確かめる。利用者名の出ない装置は、利用者認証のある接続に改める
-- fix.en: give each person an account and disable the shared one; have the vendor confirm one person, one account; where the device logs no user, change to a way that asks for one
--
-- Logs know when a session begins, seldom when it ends: two starts from two addresses within the window are two at once.

WITH vendor (user) AS MATERIALIZED (
	SELECT v.value FROM v_register_value AS v WHERE v.kind = 'remote_maintenance' AND v.column_name = 'accounts'
	UNION
	SELECT a.account_key FROM v_account_register AS a WHERE a.kind = 'vendor' OR a.vendor_key IS NOT NULL
), session AS MATERIALIZED (
	SELECT fold(user) AS user, src_ip, received, event_id, count, system_id
	  FROM v_rare_event
	 WHERE type = 'remote_session' AND received > :seen - :days * 86400000000
), pair AS (
	SELECT user, src_ip, received, event_id, lag(src_ip) OVER at AS one, lag(received) OVER at AS before, lag(event_id) OVER at AS earlier
	  FROM session
	 WHERE user IN (SELECT user FROM vendor) AND src_ip IS NOT NULL
	WINDOW at AS (PARTITION BY user ORDER BY received, event_id)
), parallel AS (
	SELECT user, one, src_ip AS other, max(received) AS last, count(*) AS times, min(earlier) AS first_event, max(event_id) AS last_event
	  FROM pair
	 WHERE one <> src_ip AND received - before <= :window
	 GROUP BY user
)
SELECT user AS resource, 'fail' AS status, 'two at once' AS reason, NULL AS reason_id, NULL AS system_id, user AS account, one, other,
       day(last) AS last, times, :days AS days, :window / 60000000 AS window, first_event, last_event
  FROM parallel
UNION ALL
SELECT v.value || '/vendors', 'fail', 'several vendors', 'vendors', NULL, v.value, NULL, NULL, NULL, count(DISTINCT r.vendor_key), NULL, NULL, NULL, NULL
  FROM v_register_value AS v
  JOIN v_remote_maintenance AS r ON r.row_key = v.row_key
 WHERE v.kind = 'remote_maintenance' AND v.column_name = 'accounts' AND ifnull(r.ended_at, '9999') >= :today
 GROUP BY v.value
HAVING count(DISTINCT r.vendor_key) > 1
UNION ALL
SELECT a.system_id || '/' || a.account, 'fail', 'shared', 'shared', NULL, a.account, a.system_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM v_account_register AS a
 WHERE a.kind = 'shared' AND a.vendor_key IS NOT NULL AND ifnull(a.disabled_at, '9999') > :today AND ifnull(a.deleted_at, '9999') > :today
UNION ALL
SELECT system_id || '/nameless', 'unknown', 'no user in the log', 'nameless', fold(system_id), NULL, system_id, NULL, NULL, sum(count), :days, NULL,
       min(event_id), max(event_id)
  FROM session
 WHERE user IS NULL
 GROUP BY fold(system_id)
UNION ALL
SELECT a.system_key, 'pass', 'remote sessions', 'ok', a.system_key, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'remote_session';
