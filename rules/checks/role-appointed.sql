-- id: role-appointed
-- ref: CL-1-01.a
-- title.ja: 医療情報システム安全管理責任者が任命されている
-- title.en: somebody is appointed as responsible for safety of the systems
-- severity: critical
-- decides: yes
-- needs: register:roles
-- needs: register:people
-- attest: 365
-- basis: seed
-- reason.ja: 「{name}」に任命されている人がいない
-- reason.en: nobody is appointed as {name_en}
-- reason.ja.left: 「{name}」の{person}（{person_id}）は{left}に退職している
-- reason.en.left: {person} ({person_id}), appointed as {name_en}, left on {left}
-- reason.ja.paper: 「{name}」の{person}（{person_id}）の任命文書が書かれていない
-- reason.en.paper: no document is given for {person} as {name_en}
-- reason.ja.ok: 「{name}」は{person}（{person_id}、{since}任命）
-- reason.en.ok: {name_en}: {person} ({person_id}), since {since}
-- fix.ja: 経営層の会議などで任命し、任命書の日付と番号を任命台帳に書く
-- fix.en: have the management appoint somebody, and enter date and document in the register
--
-- An appointment counts on its first and its last day.  Somebody who has left fills no office.

WITH holder AS (
	SELECT o.role, o.name, o.name_en, r.person_id, r.appointed_at, r.document, p.left_at,
	       ifnull(p.name, r.person_id) AS person,
	       CASE WHEN r.person_id IS NULL THEN 3 WHEN p.left_at < :today THEN 2 WHEN r.document IS NULL THEN 1 ELSE 0 END AS fault
	  FROM (SELECT 'responsible' AS role, '医療情報システム安全管理責任者' AS name,
	               'person responsible for safety of the systems' AS name_en) AS o
	  LEFT JOIN v_role AS r
	    ON r.role = o.role AND r.appointed_at <= :today AND ifnull(r.ended_at, '9999') >= :today
	  LEFT JOIN v_person AS p ON p.person_key = r.person_key
)
SELECT role AS resource, CASE min(fault) WHEN 0 THEN 'pass' WHEN 1 THEN 'warn' ELSE 'fail' END AS status, 'office' AS reason,
       CASE min(fault) WHEN 0 THEN 'ok' WHEN 1 THEN 'paper' WHEN 2 THEN 'left' END AS reason_id, name, name_en, person, person_id,
       left_at AS left, appointed_at AS since
  FROM holder
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'roles' AND state <> 'missing')
 GROUP BY role;
