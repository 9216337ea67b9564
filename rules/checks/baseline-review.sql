-- id: baseline-review
-- ref: CL-2-12.b
-- title.ja: 必要なソフトウェアとサービスの一覧を毎年見直している
-- title.en: the list of software and services that are needed is reviewed every year
-- severity: low
-- decides: no
-- needs: register:software_baseline
-- param: warn_days = 365
-- param: fail_days = 730
-- basis: proposed
-- reason.ja: {class}の一覧{count}件の最後の見直しは{last}で、{age}日たっている
-- reason.en: the {count} entries for {class} were last reviewed on {last}, {age} days ago
-- reason.ja.never: {class}の一覧{count}件に見直し日が書かれていない
-- reason.en.never: {count} entries for {class} have no date of a review
-- reason.ja.ok: {class}の一覧は{last}に見直されている
-- reason.en.ok: the list for {class} was reviewed on {last}
-- fix.ja: 一覧を見直し、不要なものを消し、企画管理者の承認を得て見直し日を書く
-- fix.en: review the list, remove what is not needed, let it be approved and enter the date

WITH part AS (
	SELECT host_class AS class, count(*) AS count, min(ifnull(reviewed_at, '')) AS last
	  FROM v_software_baseline
	 GROUP BY host_class
), judged AS (
	SELECT *, CASE WHEN last <> '' THEN days(last, :now) END AS age FROM part
)
SELECT class AS resource,
       CASE WHEN last = '' THEN 'unknown' WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' ELSE 'pass' END AS status,
       'review of the baseline' AS reason, CASE WHEN last = '' THEN 'never' WHEN age <= :warn_days THEN 'ok' END AS reason_id, class, count,
       nullif(last, '') AS last, age,
       CASE WHEN age <= :warn_days THEN instant(last) + (:warn_days + 1) * 86400000000
            WHEN age <= :fail_days THEN instant(last) + (:fail_days + 1) * 86400000000 END AS next
  FROM judged;
