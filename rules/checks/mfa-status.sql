-- id: mfa-status
-- ref: CL-2-10.a
-- title.ja: どのシステムも二要素認証を使っているか、期限までに使う予定がある
-- title.en: every system uses two factors, or will by the deadline
-- severity: high
-- decides: yes
-- needs: register:systems
-- attest: 365
-- param: deadline = 2027-03-31
-- param: deadline for 6.0 = 2028-03-31
-- basis: secondary
-- reason.ja: 「{name}」に二要素認証がなく、導入の予定もない
-- reason.en: "{name}" has no second factor, and none is planned
-- reason.ja.late: 「{name}」の二要素認証の導入予定は{plan}で、期限の{deadline}を過ぎる
-- reason.en.late: "{name}" will have a second factor on {plan}, after the deadline of {deadline}
-- reason.ja.overdue: 「{name}」の二要素認証の導入予定日{plan}を過ぎている
-- reason.en.overdue: the second factor of "{name}" was planned for {plan}, which has passed
-- reason.ja.over: 「{name}」は期限の{deadline}を過ぎても二要素認証がない
-- reason.en.over: the deadline of {deadline} has passed, and "{name}" has no second factor
-- reason.ja.undated: 「{name}」の二要素認証をいつ導入するか書かれていない
-- reason.en.undated: when "{name}" will have a second factor is not written
-- reason.ja.blank: 「{name}」が二要素認証を使っているか書かれていない
-- reason.en.blank: whether "{name}" uses a second factor is not written
-- reason.ja.planned: 「{name}」は{plan}に二要素認証を導入する予定（期限は{deadline}）
-- reason.en.planned: "{name}" will have a second factor on {plan} (deadline: {deadline})
-- reason.ja.ok: 「{name}」は二要素認証を使っている
-- reason.en.ok: "{name}" uses a second factor
-- fix.ja: 事業者に対応できる版と費用を尋ね、次の更新までに導入する日を決めてシステム台帳の「二要素認証の導入予定日」に書く。間に合わないものは代わりの対策を決め、期限付きの例外にする
-- fix.en: ask the vendor for a version that can do it, fix a day (mfa_plan_date); for what cannot be done in time, decide on other measures and record an exception with an end
--
-- The last day of the deadline is in time.  By version 7.0 of the guideline the deadline is that of systems running on 1 April
-- 2027; the checklist of R7 speaks of fiscal year R9.

WITH system AS (
	SELECT system_id, name, mfa_status, mfa_plan_date AS plan,
	       CASE WHEN mfa_status = 'done' THEN 'ok' WHEN mfa_status IS NULL THEN 'blank' WHEN :today > :deadline THEN 'over'
	            WHEN mfa_status = 'none' THEN 'none' WHEN mfa_plan_date IS NULL THEN 'undated' WHEN mfa_plan_date > :deadline THEN 'late'
	            WHEN mfa_plan_date < :today THEN 'overdue' ELSE 'planned' END AS what
	  FROM v_system
)
SELECT system_id AS resource,
       CASE WHEN what IN ('ok', 'planned') THEN 'pass' WHEN what IN ('blank', 'undated') THEN 'unknown' ELSE 'fail' END AS status,
       'second factor' AS reason, nullif(what, 'none') AS reason_id, name, plan, :deadline AS deadline
  FROM system;
