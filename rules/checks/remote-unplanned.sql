-- id: remote-unplanned
-- ref: CL-2-02.c
-- title.ja: リモート保守が作業計画の時間内に行われている
-- title.en: vendors connect within the hours of a plan of work
-- severity: high
-- by: event
-- waits: sources
-- decides: no
-- needs: register:work_plans
-- needs: remote_session within 7d
-- param: days = 30
-- param: slack = 30m
-- param: entry_business_days = 1
-- basis: seed
-- reason.ja: 「{account}」の遠隔接続{times}回に作業計画がない（最後は{last}、{days}日間）。緊急の作業なら1営業日以内に作業計画へ書く
-- reason.en: {times} remote sessions of "{account}" in {days} days have no plan of work (the last on {last}); emergency work is to be entered within a business day
-- reason.ja.hours: 「{account}」が利用時間帯（{hours}）の外に、作業計画なしで{out}回遠隔接続した（最後は{last}、{days}日間）
-- reason.en.hours: "{account}" connected {out} times outside of its hours ({hours}) without a plan of work (the last on {last}, in {days} days)
-- reason.ja.ok: {days}日間の事業者の遠隔接続は、ほかはどれも作業計画の時間内だった
-- reason.en.ok: in {days} days every other remote session of a vendor was within a plan of work
-- fix.ja: 事業者に作業の内容を確かめ、作業計画に開始・終了の日時とアカウントを書く（緊急対応は区分「緊急対応」で1営業日以内に）。身に覚えがなければ接続を止める
-- fix.en: ask the vendor what was done and enter begin, end and account in work_plans (kind emergency within one business day); if nobody knows of it, cut the connection
--
-- The start of a session is compared, with half an hour before and after the plan.  A plan holds for its accounts, else for its vendor,
-- else for anybody.  What was entered afterwards counts for emergencies only, and only within a business day.  Sessions of
-- accounts that are in no register are the question of remote-unregistered.

WITH began AS MATERIALIZED (
	SELECT e.event_id, fold(e.user) AS user, e.at, day(e.at) AS day, (e.at - instant(day(e.at))) / 60000000 AS minute
	  FROM v_rare_event AS e
	 WHERE e.type = 'remote_session' AND e.received > :seen - :days * 86400000000 AND e.user IS NOT NULL
), plan AS MATERIALIZED (
	SELECT p.row_key, p.accounts, p.vendor_key, ifnull(p.kind, '') AS kind, ifnull(p.entered_at, '') AS entered, instant(p.starts_at) AS starts,
	       instant(p.ends_at) + CASE WHEN length(p.ends_at) = 10 THEN 86400000000 ELSE 0 END AS ends
	  FROM v_work_plan AS p
	 WHERE p.ends_at >= (SELECT day(min(e.at) - :slack - 86400000000) FROM began AS e)
), vendor (user, vendor_key, hours) AS MATERIALIZED (
	SELECT v.value, r.vendor_key, r.hours
	  FROM v_register_value AS v
	  JOIN v_remote_maintenance AS r ON r.row_key = v.row_key
	 WHERE v.kind = 'remote_maintenance' AND v.column_name = 'accounts'
	UNION
	SELECT a.account_key, a.vendor_key, NULL FROM v_account_register AS a WHERE a.kind = 'vendor'
), slot AS MATERIALIZED (
	SELECT v.value AS user, p.kind, p.entered, p.starts, p.ends
	  FROM plan AS p
	  JOIN v_register_value AS v ON v.kind = 'work_plans' AND v.column_name = 'accounts' AND v.row_key = p.row_key
	UNION ALL
	SELECT v.user, p.kind, p.entered, p.starts, p.ends
	  FROM plan AS p
	  JOIN vendor AS v ON p.accounts IS NULL AND ifnull(p.vendor_key = v.vendor_key, 1)
), session AS MATERIALIZED (
	SELECT e.event_id, e.user, e.at, e.day, max(v.hours) AS hours,
	       ifnull(min(CASE WHEN substr(v.hours, 1, 5) <= substr(v.hours, 7)
	                   THEN e.minute < CAST(substr(v.hours, 1, 2) AS INTEGER) * 60 + CAST(substr(v.hours, 4, 2) AS INTEGER)
	                        OR e.minute > CAST(substr(v.hours, 7, 2) AS INTEGER) * 60 + CAST(substr(v.hours, 10, 2) AS INTEGER)
	                   ELSE e.minute < CAST(substr(v.hours, 1, 2) AS INTEGER) * 60 + CAST(substr(v.hours, 4, 2) AS INTEGER)
	                        AND e.minute > CAST(substr(v.hours, 7, 2) AS INTEGER) * 60 + CAST(substr(v.hours, 10, 2) AS INTEGER) END), 0) AS out
	  FROM began AS e
	  JOIN vendor AS v ON v.user = e.user
	 GROUP BY e.event_id
), unplanned AS MATERIALIZED (
	SELECT s.event_id, s.user, s.at, s.out, s.hours
	  FROM session AS s
	  LEFT JOIN slot AS p
	    ON p.user = s.user AND s.at BETWEEN p.starts - :slack AND p.ends + :slack
	   AND (p.entered <= s.day OR (p.kind = 'emergency' AND business_days(s.day, p.entered) <= :entry_business_days))
	 WHERE p.user IS NULL
)
SELECT user AS resource, CASE WHEN sum(out) > 0 THEN 'fail' ELSE 'warn' END AS status, 'no plan of work' AS reason,
       CASE WHEN sum(out) > 0 THEN 'hours' END AS reason_id, NULL AS system_id, user AS account, count(*) AS times, sum(out) AS out,
       max(hours) AS hours, day(ifnull(max(CASE WHEN out THEN at END), max(at))) AS last,
       :days AS days, min(event_id) AS first_event, max(event_id) AS last_event
  FROM unplanned
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'work_plans' AND state <> 'missing')
 GROUP BY user
UNION ALL
SELECT a.system_key, 'pass', 'remote sessions', 'ok', a.system_key, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'remote_session';
