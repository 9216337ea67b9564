-- id: record-mass
-- ref: X-8
-- title.ja: 1時間に普段より極端に多くの患者の記録が開かれていない
-- title.en: nobody opens far more patients' records in an hour than usual
-- severity: high
-- waits: sources
-- decides: no
-- needs: record_access within 7d
-- param: days = 7
-- param: patients = 100
-- param: usual_days = 30
-- param: usual_hours = 4
-- param: fail_patients = 500
-- basis: proposed
-- reason.ja: 「{account}」（{person}）が{when}の1時間に約{patients}人の記録を開いた。過去{usual_days}日間にこれほど多い時間は{before}回だけ
-- reason.en: "{account}" ({person}) opened the records of about {patients} patients in an hour on {when}; in {usual_days} days before there were {before} such hours
-- reason.ja.others: 区別できないほど多くの利用者名で、{when}の1時間に約{patients}人の記録が開かれた
-- reason.en.others: about {patients} patients' records were opened in an hour on {when} under too many names to tell apart
-- reason.ja.ok: 操作の記録が届いており、{days}日間、普段より極端に多い閲覧はない
-- reason.en.ok: records of access arrive, and in {days} days nobody opened far more than usual
-- fix.ja: 本人と部署に理由を確かめる（会計、統計、災害時の受け入れなら記録に残す）。理由がなければアカウントを止め、持ち出しを疑って調べる
-- fix.en: ask the person and the department (accounting, statistics and emergencies have reasons: note them); without a reason, disable the account and look for an export
--
-- Of one's own thirty days the hours that are as busy: with four of them (the 99.5th percentile of 720 hours) it is that person's work.

WITH busy AS MATERIALIZED (
	SELECT * FROM v_record_peak WHERE at > :seen - (:days + :usual_days) * 86400000000 AND patients >= :patients * 9 / 10
), peak AS (
	SELECT p.*, count(b.at) AS before
	  FROM busy AS p
	  LEFT JOIN busy AS b ON b.account_key = p.account_key AND b.place = p.place
	                     AND b.at BETWEEN p.at - :usual_days * 86400000000 AND p.at - 1 AND b.patients >= p.patients * 9 / 10
	 WHERE p.at > :seen - :days * 86400000000 AND p.patients >= :patients
	 GROUP BY p.place, p.account_key, p.at
), odd AS (
	SELECT *, row_number() OVER (PARTITION BY place, account_key ORDER BY patients DESC) AS n FROM peak WHERE before < :usual_hours
)
SELECT system_key || '/' || account AS resource, CASE WHEN patients >= :fail_patients THEN 'fail' ELSE 'warn' END AS status,
       'many records' AS reason, CASE WHEN others THEN 'others' END AS reason_id, system_key AS system_id, account,
       ifnull((SELECT p.name FROM v_account_register AS r JOIN v_person AS p ON p.person_key = r.person_key
                WHERE r.account_key = odd.account_key AND r.system_key = odd.system_key), '台帳に氏名なし') AS person,
       patients, day(at) AS "when", before, :usual_days AS usual_days, :days AS days, first_event, last_event
  FROM odd
 WHERE n = 1
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', a.system_key, NULL, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'record_access';
