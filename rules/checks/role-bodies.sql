-- id: role-bodies
-- ref: CL-1-01.d
-- title.ja: 技術担当・非常時対応・漏えい対応・教育・監査・苦情窓口の担当が決まっている
-- title.en: the six duties around the systems have somebody: technology, emergencies, leaks, training, audit, patients' questions
-- severity: medium
-- decides: no
-- needs: register:roles
-- needs: register:people
-- attest: 365
-- param: fail_count = 3
-- basis: seed
-- reason.ja: 「{name}」の担当者が決まっていない（6つの役割のうち{missing}つが空き）
-- reason.en: nobody is named for {name_en} ({missing} of six duties have nobody)
-- reason.ja.ok: 6つの役割のうち{filled}つに担当者がいる
-- reason.en.ok: of the six duties {filled} have somebody
-- fix.ja: 担当者を決め、任命台帳に役割・職員番号・任命日を書く。一人が複数の役割を持ってもよい
-- fix.en: name somebody and enter role, person and date; one person may hold several
--
-- Who has left holds nothing.  In a small institution one person may hold all six.

WITH duty (role, name, name_en) AS (VALUES
	('tech_operator', '技術担当者', 'technology'), ('emergency', '非常時の体制', 'emergencies'),
	('leak_response', '漏えい等への対応', 'leaks of data'), ('training', '教育・訓練', 'training'),
	('audit', '内部監査・自己点検', 'internal audit'), ('patient_desk', '患者からの相談・苦情の窓口', 'questions and complaints of patients')
), held AS MATERIALIZED (
	SELECT d.role, d.name, d.name_en,
	       EXISTS (SELECT 1 FROM v_role AS r LEFT JOIN v_person AS p ON p.person_key = r.person_key
	                WHERE r.role = d.role AND r.appointed_at <= :today AND ifnull(r.ended_at, '9999') >= :today
	                  AND ifnull(p.left_at, '9999') >= :today) AS filled
	  FROM duty AS d
), total AS (
	SELECT sum(filled) AS filled, sum(NOT filled) AS missing FROM held
)
SELECT h.role AS resource, CASE WHEN t.missing >= :fail_count THEN 'fail' ELSE 'warn' END AS status, 'nobody' AS reason,
       NULL AS reason_id, h.name, h.name_en, t.missing, t.filled
  FROM held AS h, total AS t
 WHERE NOT h.filled AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'roles' AND state <> 'missing')
UNION ALL
SELECT 'roles.csv', 'pass', 'duties', 'ok', NULL, NULL, missing, filled FROM total WHERE filled > 0;
