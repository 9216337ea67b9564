-- id: planner-appointed
-- ref: CL-1-01.c
-- title.ja: 企画管理者が任命され、職務の範囲が書かれている
-- title.en: a planner is appointed, and what belongs to the office is written down
-- severity: high
-- decides: yes
-- needs: register:roles
-- needs: register:people
-- attest: 365
-- basis: seed
-- reason.ja: 「企画管理者」に任命されている人がいない
-- reason.en: nobody is appointed as planner
-- reason.ja.left: 「企画管理者」の{person}（{person_id}）は{left}に退職している
-- reason.en.left: {person} ({person_id}), appointed as planner, left on {left}
-- reason.ja.duties: 「企画管理者」の{person}（{person_id}）の職務内容が任命台帳に書かれていない
-- reason.en.duties: the duties of {person} ({person_id}) as planner are not written down
-- reason.ja.ok: 「企画管理者」は{person}（{person_id}、{since}任命）。職務: {duties}
-- reason.en.ok: planner: {person} ({person_id}), since {since}; duties: {duties}
-- fix.ja: 任命書と規程を確かめ、任命台帳に企画管理者の職員番号と任命日、「職務内容」に任せる範囲（規程の整備、教育、点検など）を書く
-- fix.en: enter person and date of the appointment, and in duties what the office covers (rules, training, inspection ...)
--
-- Row P1-2 (b) of the confirmation table asks for the office and its scope.  An appointment without a scope is half of it.

WITH holder AS (
	SELECT r.person_id, r.appointed_at, r.duties, p.left_at, ifnull(p.name, r.person_id) AS person,
	       CASE WHEN r.person_id IS NULL THEN 3 WHEN p.left_at < :today THEN 2 WHEN r.duties IS NULL THEN 1 ELSE 0 END AS fault
	  FROM (SELECT 'planner' AS role) AS o
	  LEFT JOIN v_role AS r
	    ON r.role = o.role AND r.appointed_at <= :today AND ifnull(r.ended_at, '9999') >= :today
	  LEFT JOIN v_person AS p ON p.person_key = r.person_key
)
SELECT 'planner' AS resource, CASE min(fault) WHEN 0 THEN 'pass' WHEN 1 THEN 'warn' ELSE 'fail' END AS status, 'office' AS reason,
       CASE min(fault) WHEN 0 THEN 'ok' WHEN 1 THEN 'duties' WHEN 2 THEN 'left' END AS reason_id, person, person_id,
       left_at AS left, duties, appointed_at AS since
  FROM holder
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'roles' AND state <> 'missing');
