-- id: rights-matrix
-- ref: CL-2-04.a
-- title.ja: 職種・担当業務・情報区分ごとの権限表があり、見直されている
-- title.en: there is a table of rights by profession, duty and class of information, and it is kept under review
-- severity: high
-- decides: yes
-- needs: register:rights_matrix
-- attest: 365
-- param: warn_days = 365
-- param: fail_days = 730
-- basis: seed
-- reason.ja: 「{profession}」の権限は{reviewed}を最後に{age}日間見直されていない
-- reason.en: the rights of {profession} were last reviewed on {reviewed}, {age} days ago
-- reason.ja.blank: 「{profession}」の権限{blank}行に見直し日が書かれていない
-- reason.en.blank: no date of a review is written for {blank} lines of {profession}
-- reason.ja.rights: 「{profession}」の{blank}行に、どの権限（参照、入力など）か書かれていない
-- reason.en.rights: which right is meant (read, write ...) is not written in {blank} lines of {profession}
-- reason.ja.ok: 権限表に{professions}職種、{total}行があり、ほかに見直しの古い職種はない
-- reason.en.ok: the table has {professions} professions in {total} lines, and no other review is old
-- fix.ja: 権限規程と実際の設定を突き合わせ、職種ごとに権限表を見直して「見直し日」を書く。年度替わりに合わせて年1回行う
-- fix.en: compare the table with the rules and with the real settings, profession by profession, and enter reviewed_at; once a year
--
-- That the table fits the rules and the settings is for a person to attest.

WITH profession AS MATERIALIZED (
	SELECT qualification_key AS key, min(qualification) AS profession, count(*) AS total, min(reviewed_at) AS reviewed,
	       days(min(reviewed_at), :today) AS age, sum(reviewed_at IS NULL) AS undated, sum(rights IS NULL) AS vague
	  FROM v_right
	 GROUP BY qualification_key
)
SELECT key AS resource, CASE WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' ELSE 'unknown' END AS status, 'rights' AS reason,
       CASE WHEN age > :warn_days THEN NULL WHEN vague > 0 THEN 'rights' ELSE 'blank' END AS reason_id, profession, reviewed, age,
       CASE WHEN vague > 0 THEN vague ELSE undated END AS blank, NULL AS professions, NULL AS total
  FROM profession
 WHERE age > :warn_days OR undated > 0 OR vague > 0
UNION ALL
SELECT 'rights_matrix.csv', 'pass', 'rights', 'ok', NULL, NULL, NULL, NULL, count(*), sum(total)
  FROM profession
HAVING sum(age <= :warn_days AND undated = 0 AND vague = 0) > 0;
