-- id: contact-left
-- ref: CL-3-01.d
-- title.ja: 連絡先の担当者が在職している
-- title.en: the people on the emergency chart still work here
-- severity: high
-- decides: no
-- needs: register:contacts
-- needs: register:people within 31d
-- basis: proposed
-- reason.ja: 連絡先の{person}（{person_id}）は{left}に退職している
-- reason.en: {person} ({person_id}), who is on the chart, left on {left}
-- reason.ja.stranger: 連絡先の職員番号{person_id}が職員台帳にない
-- reason.en.stranger: {person_id}, who is on the chart, stands in no register of people
-- reason.ja.ok: 職員{total}人の連絡先に、退職者はほかにいない
-- reason.en.ok: of {total} people on the chart, nobody else has left
-- fix.ja: 後任を決めて連絡先を書き換え、電話で確かめる。紙の連絡体制図も差し替える
-- fix.en: name a successor, enter the new contact, call once, and replace the printed chart
--
-- Joined by person_id, never by name: two people may be called the same.

SELECT c.kind || '/' || c.organisation || ifnull('/' || c.section, '') || ifnull('/' || c.person, '') AS resource,
       CASE WHEN p.person_id IS NULL THEN 'warn' ELSE 'fail' END AS status, 'the person has left' AS reason,
       CASE WHEN p.person_id IS NULL THEN 'stranger' END AS reason_id, p.name AS person, ifnull(p.person_id, c.person_id) AS person_id,
       p.left_at AS left, NULL AS total
  FROM v_contact AS c
  LEFT JOIN v_person AS p ON p.person_key = c.person_key
 WHERE c.person_key IS NOT NULL
   AND (p.person_id IS NULL OR p.left_at < :today)
   AND EXISTS (SELECT 1 FROM v_person)
UNION ALL
SELECT 'contacts.csv', 'pass', 'people on the chart', 'ok', NULL, NULL, NULL, count(DISTINCT person_key)
  FROM v_contact
 WHERE person_key IS NOT NULL
HAVING count(*) > 0;
