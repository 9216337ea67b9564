-- id: system-redundancy
-- ref: CF-P2-x5
-- title.ja: 重要なシステムに予備や二重化があり、切り替えを試している
-- title.en: critical systems have a standby or are doubled, and switching over was tried
-- severity: medium
-- decides: yes
-- needs: register:systems
-- param: warn_days = 365
-- attest: 365
-- basis: recovered
-- reason.ja: {name}の切り替えを試したのは{since}で、{age}日たっている
-- reason.en: switching {name} over was last tried on {since}, {age} days ago
-- reason.ja.untested: {name}には予備があるが、切り替えを試した記録がない
-- reason.en.untested: {name} has a standby, but no test of switching over is on record
-- reason.ja.none: {name}には予備も二重化もない
-- reason.en.none: {name} has no standby and is not doubled
-- reason.ja.blank: {name}に予備や二重化があるかどうか書かれていない
-- reason.en.blank: the register does not say whether {name} has a standby or is doubled
-- reason.ja.ok: 重要な{total}システムのうち{good}システムは、予備があり切り替えを{need}日以内に試している
-- reason.en.ok: of {total} critical systems, {good} have a standby that was tried within {need} days
-- fix.ja: 事業者と予備機や二重化の要否を取り決め、切り替えを試した日をシステム台帳の「切替試験日」に書く
-- fix.en: agree with the vendor on a standby or doubling, try switching over, and enter the day (standby_tested_at)
--
-- Backups are asked elsewhere.  A system without a standby is a decision that can be right for a small one: a warning.

WITH system AS (
	SELECT system_id, name, standby_tested_at AS since, days(standby_tested_at, :today) AS age,
	       CASE WHEN standby IS NULL AND duplex IS NULL THEN 'blank'
	            WHEN ifnull(standby, 0) = 0 AND ifnull(duplex, 0) = 0 THEN 'none'
	            WHEN standby_tested_at IS NULL THEN 'untested'
	            WHEN days(standby_tested_at, :today) > :warn_days THEN 'old' ELSE 'ok' END AS state
	  FROM v_system
	 WHERE critical = 1 AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'systems' AND state <> 'missing')
)
SELECT system_id AS resource, CASE state WHEN 'blank' THEN 'unknown' ELSE 'warn' END AS status, 'redundancy of this system' AS reason,
       CASE WHEN state <> 'old' THEN state END AS reason_id, name, since, age, NULL AS total, NULL AS good, :warn_days AS need
  FROM system
 WHERE state <> 'ok'
UNION ALL
SELECT 'システム', 'pass', 'systems', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM system), count(*), :warn_days
  FROM system
 WHERE state = 'ok'
HAVING count(*) > 0;
