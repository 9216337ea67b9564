-- id: advisory-watch
-- ref: CL-2-06.g
-- title.ja: 脆弱性の情報を毎月確かめている
-- title.en: advisories are looked at every month
-- severity: medium
-- decides: no
-- needs: register:advisories
-- attest: 31
-- param: warn_days = 31
-- param: fail_days = 90
-- basis: proposed
-- reason.ja: 脆弱性情報を最後に確かめたのは{checked}で、{age}日たっている
-- reason.en: advisories were last looked at on {checked}, {age} days ago
-- reason.ja.never: 脆弱性情報をいつ確かめたか書かれていない
-- reason.en.never: it is not written when advisories were last looked at
-- reason.ja.ok: 脆弱性情報を{checked}に確かめている
-- reason.en.ok: advisories were looked at on {checked}
-- fix.ja: 使っている機器の製造元、IPA、JPCERT/CCの情報を確かめ、該当があれば脆弱性情報の台帳に加え、なくても「確認日」を書き直す
-- fix.en: look at the news of the makers, IPA and JPCERT/CC, enter what concerns you, and renew checked_at in any case
--
-- The newest date of any row: they are looked at together.

WITH watch AS (
	SELECT max(CASE WHEN checked_at <= :today THEN checked_at END) AS checked FROM v_advisory HAVING count(*) > 0
)
SELECT 'advisories' AS resource,
       CASE WHEN checked IS NULL THEN 'unknown' WHEN days(checked, :today) > :fail_days THEN 'fail' WHEN days(checked, :today) > :warn_days THEN 'warn'
            ELSE 'pass' END AS status,
       'age of the look' AS reason, CASE WHEN checked IS NULL THEN 'never' WHEN days(checked, :today) <= :warn_days THEN 'ok' END AS reason_id,
       checked, days(checked, :today) AS age
  FROM watch;
