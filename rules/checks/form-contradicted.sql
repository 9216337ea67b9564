-- id: form-contradicted
-- ref: CL-F.d
-- title.ja: チェックリストの回答が、測った結果と食い違っていない
-- title.en: what the form says is not contradicted by what is measured
-- severity: high
-- stage: 2
-- basis: proposed
-- reason.ja: {pack}の{item}に「はい」と答えているが（{who}、{day}）、測った結果は{since}から不適合
-- reason.en: row {item} of {pack} is answered yes ({who}, {day}), but it is measured as failing since {since}
-- reason.ja.ok: {pack}の回答{total}件に、測った結果と食い違うものはない（「いいえ」だが適合しているもの {better}件）
-- reason.en.ok: none of the {total} answers in {pack} is contradicted (answered no, but measured as passing: {better})
-- fix.ja: 立入検査の前に、不適合の理由を直すか、目標日を付けて「いいえ」に答え直す（`tenken explain 項目` に理由がある）
-- fix.en: before the inspection, mend what fails, or answer no with a target date (`tenken explain ITEM` says why it fails)
--
-- What people say and what is measured are kept apart; where they differ, the inspector will ask.  A no that is measured as
-- passing is modesty, and only counted.

WITH said AS (
	SELECT i.pack, i.item, i.status, i.since, a.answer, a.answered_on, a.who
	  FROM v_item AS i
	  JOIN v_answer AS a
	    ON a.pack = i.pack AND a.item = i.item AND a.vendor_id IS NULL AND a.system_id IS NULL
	   AND ifnull(a.fiscal_year, CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04'))
	       = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
)
SELECT pack || '/' || item AS resource, 'fail' AS status, 'answer of this row' AS reason, NULL AS reason_id, pack, item, who,
       answered_on AS day, day(since) AS since, NULL AS total, NULL AS better
  FROM said
 WHERE answer = 'yes' AND status = 'fail'
UNION ALL
SELECT pack, 'pass', 'answers', 'ok', pack, NULL, NULL, NULL, NULL, count(*), sum(answer = 'no' AND status = 'pass')
  FROM said
 GROUP BY pack
HAVING sum(answer = 'yes' AND status = 'fail') = 0;
