-- id: contact-mismatch
-- ref: CL-3-01.d
-- title.ja: 連絡体制図の責任者が任命された人と一致している
-- title.en: the emergency chart names the people who were appointed
-- severity: high
-- decides: no
-- needs: register:contacts
-- needs: register:roles
-- basis: proposed
-- reason.ja: 「{name}」に任命されている{appointed}が連絡体制図にない（図にあるのは{listed}）
-- reason.en: {appointed} is appointed as {name_en}, but the chart has {listed}
-- reason.ja.nobody: 「{name}」に任命されている人が任命台帳にいない
-- reason.en.nobody: nobody is appointed as {name_en}
-- reason.ja.anonymous: 「{name}」の連絡先に職員番号がなく、任命された{appointed}と照合できない
-- reason.en.anonymous: the contact for {name_en} has no person_id, so it cannot be compared with {appointed}
-- reason.ja.ok: 「{name}」は任命された{appointed}と一致している
-- reason.en.ok: {name_en}: {appointed}, as appointed
-- fix.ja: 任命台帳と連絡先台帳を見比べ、正しい方に合わせる。交代したのに任命がなければ任命の手続きをする
-- fix.en: compare the appointments with the chart and correct the wrong one; if somebody took over without being appointed, appoint
--
-- By person_id.  A role without an appointment is unknown here: that is for the check of appointments to judge.

WITH pair (role, kind, name, name_en) AS (VALUES
	('responsible', 'internal_responsible', '医療情報システム安全管理責任者', 'person responsible for safety of the systems'),
	('planner', 'internal_planner', '企画管理者', 'planner'), ('operator', 'internal_operator', 'システム運用担当者', 'operator'),
	('executive', 'internal_executive', '経営層', 'management')
), appointed AS (
	SELECT p.role, p.kind, p.name, p.name_en, group_concat(DISTINCT ifnull(n.name || ' (' || r.person_id || ')', r.person_id)) AS appointed,
	       max(EXISTS (SELECT 1 FROM v_contact AS c WHERE c.kind = p.kind AND c.person_key = r.person_key)) AS matches
	  FROM pair AS p
	  LEFT JOIN v_role AS r
	    ON r.role = p.role AND r.appointed_at <= :today AND ifnull(r.ended_at, '9999') >= :today
	  LEFT JOIN v_person AS n ON n.person_key = r.person_key
	 GROUP BY p.role
), listed AS (
	SELECT p.kind, group_concat(DISTINCT coalesce(c.person, c.person_id)) AS listed, count(c.kind) AS entries,
	       count(c.person_key) AS ids
	  FROM pair AS p
	  LEFT JOIN v_contact AS c ON c.kind = p.kind
	 GROUP BY p.kind
)
SELECT a.role AS resource,
       CASE WHEN a.appointed IS NULL THEN 'unknown'
            WHEN a.matches THEN 'pass'
            WHEN l.entries > 0 AND l.ids = 0 THEN 'unknown'
            ELSE 'fail' END AS status,
       'chart and appointment' AS reason,
       CASE WHEN a.appointed IS NULL THEN 'nobody'
            WHEN a.matches THEN 'ok'
            WHEN l.entries > 0 AND l.ids = 0 THEN 'anonymous' END AS reason_id,
       a.name, a.name_en, a.appointed, ifnull(l.listed, '-') AS listed
  FROM appointed AS a
  JOIN listed AS l ON l.kind = a.kind
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'roles' AND state <> 'missing')
   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contacts' AND state <> 'missing');
