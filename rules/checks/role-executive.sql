-- id: role-executive
-- ref: CL-1-01.b
-- title.ja: 安全管理責任者は経営層の一員である
-- title.en: the person responsible for safety belongs to the management
-- severity: low
-- decides: no
-- needs: register:roles
-- attest: 365
-- basis: recovered
-- reason.ja: 安全管理責任者の{person}（{person_id}）は経営層ではない（望ましいとされている。兼務は認められる）
-- reason.en: {person} ({person_id}), responsible for safety, is no member of the management (desirable; holding several offices is allowed)
-- reason.ja.blank: 安全管理責任者の{person}（{person_id}）が経営層かどうか書かれていない
-- reason.en.blank: whether {person} ({person_id}), responsible for safety, belongs to the management is not written
-- reason.ja.ok: 安全管理責任者の{person}（{person_id}）は経営層の一員である
-- reason.en.ok: {person} ({person_id}), responsible for safety, belongs to the management
-- fix.ja: 任命台帳の「経営層である」に はい か いいえ を書く。いいえ の場合は、経営層でない人を任命した理由を規程か任命書に残す
-- fix.en: enter yes or no in is_executive; where it is no, keep the reason in the rules or the letter of appointment
--
-- Desirable, not required: never a fail.

SELECT 'responsible/' || r.person_id AS resource,
       CASE r.is_executive WHEN 1 THEN 'pass' WHEN 0 THEN 'warn' ELSE 'unknown' END AS status, 'member of the management' AS reason,
       CASE r.is_executive WHEN 1 THEN 'ok' WHEN 0 THEN NULL ELSE 'blank' END AS reason_id, ifnull(p.name, r.person_id) AS person,
       r.person_id
  FROM v_role AS r
  LEFT JOIN v_person AS p ON p.person_key = r.person_key
 WHERE r.role = 'responsible' AND r.appointed_at <= :today AND ifnull(r.ended_at, '9999') >= :today;
