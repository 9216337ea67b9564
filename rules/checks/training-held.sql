-- id: training-held
-- ref: CL-4-01.c
-- title.ja: 情報セキュリティの研修を年に1回行い、ほとんどの職員が受けている
-- title.en: training in security is held once a year, and nearly everybody takes part
-- severity: medium
-- decides: no
-- needs: register:trainings
-- param: days = 365
-- param: warn_percent = 90
-- param: fail_percent = 70
-- basis: recovered
-- reason.ja: 「{title}」の受講率は{percent}%（{attended}人／{invited}人）
-- reason.en: {percent} % took part in "{title}" ({attended} of {invited})
-- reason.ja.old: 研修は{last}を最後に{age}日間行われていない
-- reason.en.old: the last training was on {last}, {age} days ago
-- reason.ja.never: 研修の記録がない
-- reason.en.never: no training is on record
-- reason.ja.blank: 「{title}」（{last}）の対象人数か受講人数が書かれていない
-- reason.en.blank: how many were invited to "{title}" ({last}), or how many came, is not written
-- reason.ja.ok: 「{title}」（{last}）を{attended}人が受けている（受講率{percent}%）
-- reason.en.ok: {attended} people took part in "{title}" ({last}), {percent} %
-- fix.ja: 受けていない職員に補講か動画を案内し、研修の記録に受講人数を足す（補講の行は対象人数を空にする）
-- fix.en: offer those who missed it another date or a film, and add their number (leave invited empty on such rows)
--
-- The newest training counts, with its repeats of the last year: whoever came to any of them, of all that were invited.

WITH newest AS (
	SELECT title, date FROM v_training WHERE date <= :today ORDER BY date DESC LIMIT 1
), held AS (
	SELECT n.title, n.date AS last, days(n.date, :today) AS age, CAST(sum(t.invited) AS INTEGER) AS invited,
	       CAST(sum(t.attended) AS INTEGER) AS attended, CAST(100 * sum(t.attended) / nullif(sum(t.invited), 0) AS INTEGER) AS percent
	  FROM newest AS n
	  JOIN v_training AS t ON t.title = n.title AND t.date <= :today AND days(t.date, n.date) <= :days
	 GROUP BY n.title
)
SELECT 'training' AS resource,
       CASE WHEN age > :days THEN 'warn' WHEN percent IS NULL THEN 'unknown' WHEN percent < :fail_percent THEN 'fail'
            WHEN percent < :warn_percent THEN 'warn' ELSE 'pass' END AS status,
       'training' AS reason,
       CASE WHEN age > :days THEN 'old' WHEN percent IS NULL THEN 'blank' WHEN percent >= :warn_percent THEN 'ok' END AS reason_id,
       title, last, age, invited, attended, percent
  FROM held
UNION ALL
SELECT 'training', 'unknown', 'training', 'never', NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM held);
