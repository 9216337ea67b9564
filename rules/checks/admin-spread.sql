-- id: admin-spread
-- ref: CL-2-08.b
-- title.ja: 同じ名前のローカルアカウントが短い間に多くの機器へ入っていない
-- title.en: no local account enters many machines within minutes under one name
-- severity: high
-- waits: logins
-- decides: no
-- needs: auth_success within 7d
-- param: machines = 5
-- param: window = 10m
-- param: days = 30
-- basis: proposed
-- reason.ja: 「{account}」という名前のローカルアカウントが{last}の10分以内に{total}台へログインした（{hosts}）
-- reason.en: the local account "{account}" logged in to {total} machines within ten minutes on {last} ({hosts})
-- reason.ja.ok: ログインの記録があり、同じ名前で多くの機器に入ったローカルアカウントはない
-- reason.en.ok: logins are on record, and no local account entered many machines under one name
-- fix.ja: 心当たりのある作業かを確かめる。なければ同じパスワードが盗まれて横に広がっている疑いがあるので、その端末とアカウントを止める。ローカル管理者のパスワードは台ごとに変える（LAPSなど）
-- fix.en: find out whether it was planned work; if not, a stolen password may be spreading: stop that machine and account, and give each machine a password of its own (LAPS)
--
-- Accounts of a domain are one account however many machines they enter; only those that live on the machine count, by the last
-- login to each.

WITH local AS (
	SELECT s.account_key, s.account, s.place, s.last_used, s.first_event, s.last_event
	  FROM v_account_seen AS s
	 WHERE s.last_used > :seen - :days * 86400000000 AND s.place NOT IN (SELECT value FROM v_register_value WHERE kind = 'systems' AND column_name = 'domains')
), many AS (
	SELECT account_key FROM local GROUP BY account_key HAVING count(*) >= :machines
), spread AS (
	SELECT a.account, a.account_key, a.last_used AS last, count(*) AS total, min(b.place) || ' ... ' || max(b.place) AS hosts,
	       min(b.first_event) AS first_event, max(b.last_event) AS last_event
	  FROM local AS a
	  JOIN local AS b ON b.account_key = a.account_key AND b.last_used BETWEEN a.last_used - :window AND a.last_used
	 WHERE a.account_key IN (SELECT account_key FROM many)
	 GROUP BY a.account_key, a.place
	HAVING count(*) >= :machines
), worst AS (
	SELECT *, max(total * 1000000000000000000.0 + last) FROM spread GROUP BY account_key
)
SELECT account AS resource, 'warn' AS status, 'one name on many machines' AS reason, NULL AS reason_id, account, day(last) AS last, total, hosts,
       first_event, last_event
  FROM worst
UNION ALL
SELECT 'logins', 'pass', 'local accounts', 'ok', NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM worst);
