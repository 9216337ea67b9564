-- id: login-night
-- ref: X-9
-- title.ja: 日勤のみの職種が深夜にログインしていない
-- title.en: nobody whose work is by day logs in at night
-- severity: medium
-- by: account
-- decides: no
-- needs: register:rights_matrix
-- needs: register:accounts
-- needs: register:people
-- needs: auth_success within 7d
-- param: days = 7
-- attest: 31
-- basis: proposed
-- reason.ja: 日勤のみの「{account}」（{person}、{job}）が{last}の深夜（22時から5時）にログインした（接続元 {source}）
-- reason.en: "{account}" ({person}, {job}), whose work is by day only, logged in at night (22 to 5) on {last} from {source}
-- reason.ja.blank: 権限表に「日勤のみ」の職種が書かれていないため判断できない
-- reason.en.blank: the rights matrix names no profession that works by day only
-- reason.ja.ok: {days}日間、日勤のみの職種の深夜のログインはない（対象のアカウント{total}件）
-- reason.en.ok: in {days} days none of {total} accounts of those who work by day only logged in at night
-- fix.ja: 本人に確かめる。残業や呼び出しなら記録に残し、心当たりがなければパスワードを変えて接続元を調べる
-- fix.en: ask the person; note it if it was overtime or a call; if it was not them, change the password and look at the source
--
-- Night is 22:00 to 5:00, as for night work.  Shared and break-glass accounts have no working hours and are left out, and so is
-- whoever is on duty by another row of the matrix.

WITH job AS MATERIALIZED (
	SELECT qualification AS job, min(day_only) AS day_only FROM v_right WHERE qualification IS NOT NULL GROUP BY fold(qualification)
), account AS MATERIALIZED (
	SELECT r.system_key, r.account_key, r.account, p.name AS person, j.job
	  FROM v_account_register AS r
	  JOIN v_person AS p ON p.person_key = r.person_key
	  JOIN job AS j ON fold(j.job) = fold(ifnull(r.qualification, p.qualification))
	 WHERE j.day_only = 1 AND r.kind = 'human'
)
SELECT a.system_key || '/' || a.account AS resource, 'warn' AS status, 'at night' AS reason, NULL AS reason_id, a.system_key AS system_id, a.account,
       a.person, a.job, day(max(s.last_night)) AS last, ifnull(max(s.src_ip), '-') AS source, NULL AS total, :days AS days,
       max(s.night_event) AS first_event, max(s.night_event) AS last_event
  FROM account AS a
  JOIN v_login_source AS s ON s.system_key = a.system_key AND s.account_key = a.account_key
 WHERE s.last_night > :seen - :days * 86400000000
 GROUP BY a.system_key, a.account_key
UNION ALL
SELECT 'accounts', CASE WHEN (SELECT count(*) FROM job WHERE day_only = 1) = 0 THEN 'unknown' ELSE 'pass' END, 'by day',
       CASE WHEN (SELECT count(*) FROM job WHERE day_only = 1) = 0 THEN 'blank' ELSE 'ok' END, NULL, NULL, NULL, NULL, NULL, NULL,
       (SELECT count(*) FROM account), :days, NULL, NULL
  FROM v_register
 WHERE kind = 'rights_matrix' AND rows > 0;
