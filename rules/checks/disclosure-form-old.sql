-- id: disclosure-form-old
-- ref: CL-2-03.b
-- title.ja: MDS/SDSが最新の様式で書かれている
-- title.en: the MDS or SDS is on the current form
-- severity: low
-- decides: no
-- needs: register:disclosures
-- param: form_version = 5.0
-- basis: recovered
-- reason.ja: {system}の{kind}は様式の版が{version}で、最新の{current}より古い
-- reason.en: the {kind} for {system} is on form version {version}, older than {current}
-- reason.ja.blank: {system}の{kind}の様式の版が書かれていない
-- reason.en.blank: the form version of the {kind} for {system} is not written
-- reason.ja.ok: 受け取ったMDS/SDS{total}件は、ほかに古い様式のものがない
-- reason.en.ok: of {total} disclosures received, no other is on an old form
-- fix.ja: 次の更新のときに最新の様式で出してもらう。受け取った開示書の表紙にある版を「様式の版」に書く
-- fix.en: ask for the current form at the next renewal; enter the version printed on the form (form_version)
--
-- The newest disclosure of each system and kind.  People write 5.0, Ver.5.0 or 第5.0版: the number counts.

WITH newest AS MATERIALIZED (
	SELECT system_id, system_key, upper(kind) AS kind, form_version, max(ifnull(dated, received_at)) AS dated,
	       CAST(ltrim(fold(form_version), 'ver. 第') AS REAL) AS number
	  FROM v_disclosure
	 WHERE received_at IS NOT NULL
	 GROUP BY system_key, kind
)
SELECT n.system_id || '/' || fold(n.kind) AS resource, CASE WHEN n.number > 0 THEN 'warn' ELSE 'unknown' END AS status, 'form' AS reason,
       CASE WHEN n.number > 0 THEN NULL ELSE 'blank' END AS reason_id,
       ifnull((SELECT name FROM v_system AS y WHERE y.system_key = n.system_key), n.system_id) AS system, n.kind,
       n.form_version AS version, :form_version AS current, NULL AS total
  FROM newest AS n
 WHERE ifnull(n.number, 0) < :form_version
UNION ALL
SELECT 'disclosures.csv', 'pass', 'forms', 'ok', NULL, NULL, NULL, NULL, count(*) FROM newest HAVING sum(number >= :form_version) > 0;
