-- id: form-unanswered
-- ref: CL-F.a
-- title.ja: 今年度のチェックリストのすべての項目に「はい」か「いいえ」を答えている
-- title.en: every row of this fiscal year's form is answered
-- severity: high
-- stage: 2
-- basis: recovered
-- reason.ja: {pack}の{total}項目のうち{n}項目に、今年度の回答がない（{rows}）
-- reason.en: of the {total} rows of {pack}, {n} have no answer this fiscal year ({rows})
-- reason.ja.late: {pack}の{total}項目のうち{n}項目に、年が明けても今年度の回答がない（{rows}）
-- reason.en.late: of the {total} rows of {pack}, {n} still have no answer, and the calendar year is over ({rows})
-- reason.ja.ok: {pack}の{total}項目すべてに、今年度の回答がある
-- reason.en.ok: all {total} rows of {pack} are answered this fiscal year
-- fix.ja: 示された項目を確かめ、`tenken answer 項目 yes`、または目標日を付けて `tenken answer 項目 no` で答える
-- fix.en: look at the rows that are named and answer them: `tenken answer ITEM yes`, or `no` with a target date
--
-- The forms of the institution only.  Rows that do not apply need no answer, nor does any when row 0 says no.  The inspector
-- looks at answers with dates, so what is still open after the turn of the year is late.

WITH asked AS (
	SELECT i.pack, i.item,
	       EXISTS (SELECT 1 FROM v_answer AS a
	                WHERE a.pack = i.pack AND a.item = i.item AND a.vendor_id IS NULL AND a.system_id IS NULL
	                  AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')) AS answered
	  FROM v_item AS i
	 WHERE (i.pack GLOB 'mhlw-hospital-*' OR i.pack GLOB 'mhlw-pharmacy-*') AND i.status <> 'na' AND i.item <> 'R8'
), form AS (
	SELECT pack, count(*) AS total, sum(NOT answered) AS n, group_concat(CASE WHEN NOT answered THEN item END, ' ') AS rows
	  FROM asked
	 GROUP BY pack
)
SELECT pack AS resource,
       CASE WHEN n = 0 THEN 'pass' WHEN substr(:today, 6, 2) < '04' THEN 'fail' ELSE 'warn' END AS status, 'answers of this form' AS reason,
       CASE WHEN n = 0 THEN 'ok' WHEN substr(:today, 6, 2) < '04' THEN 'late' END AS reason_id, pack, total, n, rows
  FROM form;
