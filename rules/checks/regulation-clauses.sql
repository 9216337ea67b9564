-- id: regulation-clauses
-- ref: CL-4-01.a
-- title.ja: チェックリストの各項目のやり方が規程に定められている
-- title.en: the rules of the house say how each row of the checklist is done
-- severity: medium
-- decides: yes
-- needs: register:regulations
-- attest: 365
-- param: items = 1-1 2-1 2-2 2-3 2-4 2-5 2-6 2-7 2-8 2-9 2-10 2-11 2-12 2-13 3-1 3-2 3-3
-- param: warn_missing = 3
-- basis: proposed
-- reason.ja: 規程の条項が書かれていない項目が{missing}ある: {list}
-- reason.en: rows without a clause: {missing} ({list})
-- reason.ja.ok: {total}項目すべてに規程の条項がある
-- reason.en.ok: all {total} rows have a clause
-- fix.ja: 運用管理規程に足りない項目の条項を加え、規程の対応表に「チェックリスト項目」と「該当条項」を書く
-- fix.en: add the clauses to the rules of the house, and enter item and clause in the register of regulations
--
-- That the clause says something useful is for a person to read.

WITH item AS (
	SELECT CAST(value AS TEXT) AS item, key AS place FROM json_each('["' || replace(:items, ' ', '","') || '"]')
), missing AS (
	SELECT item FROM item WHERE item NOT IN (SELECT item FROM v_regulation WHERE clause IS NOT NULL AND ifnull(approved_at, '') <= :today)
	 ORDER BY place
)
SELECT 'regulations' AS resource,
       CASE count(*) WHEN 0 THEN 'pass' ELSE CASE WHEN count(*) > :warn_missing THEN 'fail' ELSE 'warn' END END AS status, 'clauses' AS reason,
       CASE WHEN count(*) = 0 THEN 'ok' END AS reason_id, count(*) AS missing, group_concat(item, ', ') AS list,
       (SELECT count(*) FROM item) AS total
  FROM missing
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'regulations' AND state <> 'missing');
