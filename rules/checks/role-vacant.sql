-- id: role-vacant
-- ref: CL-1-01.e
-- title.ja: 任命した役割が空席のままになっていない
-- title.en: no office that was filled stays vacant
-- severity: high
-- decides: no
-- needs: register:roles
-- needs: register:people
-- param: fail_days = 14
-- basis: proposed
-- reason.ja: 「{name}」が{since}の後、{vacant}日間空席になっている（前任は{person}）
-- reason.en: {name_en} has been vacant for {vacant} days, since {since} ({person} held it last)
-- reason.ja.ok: 一度任命された役割{total}つは、ほかに空席がない
-- reason.en.ok: of {total} offices that were ever filled, no other is vacant
-- fix.ja: 後任を任命し、任命台帳に行を足す。前任の行には「解任日」を書く
-- fix.en: appoint somebody, add a line to the register, and enter ended_at in the line of the one before
--
-- An office ends with the appointment or with the job of who holds it, whichever comes first; that day is still held.  What was
-- never filled is the question of other checks.

WITH word (role, name, name_en) AS (VALUES
	('responsible', '医療情報システム安全管理責任者', 'the office of the person responsible for safety'), ('planner', '企画管理者', 'the office of the planner'),
	('operator', 'システム運用担当者', 'the office of the operator'), ('executive', '経営層', 'the management'),
	('tech_operator', '技術担当者', 'technology'), ('emergency', '非常時の体制', 'emergencies'),
	('leak_response', '漏えい等への対応', 'leaks of data'), ('training', '教育・訓練', 'training'),
	('audit', '内部監査・自己点検', 'internal audit'), ('patient_desk', '患者からの相談・苦情の窓口', 'questions of patients')
), term AS (
	SELECT r.role, ifnull(p.name, r.person_id) AS person, min(ifnull(r.ended_at, '9999'), ifnull(p.left_at, '9999')) AS until
	  FROM v_role AS r
	  LEFT JOIN v_person AS p ON p.person_key = r.person_key
	 WHERE r.appointed_at <= :today
), office AS MATERIALIZED (
	SELECT role, person, max(until) AS until FROM term GROUP BY role
)
SELECT o.role AS resource, CASE WHEN days(o.until, :today) > :fail_days THEN 'fail' ELSE 'warn' END AS status, 'vacant' AS reason,
       NULL AS reason_id, w.name, w.name_en, o.person, o.until AS since, days(o.until, :today) AS vacant, NULL AS total
  FROM office AS o
  JOIN word AS w ON w.role = o.role
 WHERE o.until < :today
UNION ALL
SELECT 'roles.csv', 'pass', 'offices', 'ok', NULL, NULL, NULL, NULL, NULL, count(*) FROM office HAVING count(*) > 0;
