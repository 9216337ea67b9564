-- id: bcp-review
-- ref: CL-3-03.b
-- title.ja: 事業継続計画を年に1回見直している
-- title.en: the continuity plan is reviewed once a year
-- severity: medium
-- decides: no
-- needs: register:documents
-- param: warn_days = 365
-- param: fail_days = 548
-- basis: proposed
-- reason.ja: 「{title}」は{reviewed}を最後に{age}日間見直されていない
-- reason.en: "{title}" was last reviewed on {reviewed}, {age} days ago
-- reason.ja.none: 承認された事業継続計画がなく、見直しの時期を判断できない
-- reason.en.none: there is no approved continuity plan to be reviewed
-- reason.ja.ok: 「{title}」は{reviewed}に見直されている
-- reason.en.ok: "{title}" was reviewed on {reviewed}
-- fix.ja: 訓練の結果と機器・連絡先の変更を計画に反映し、文書台帳の「見直し日」に日付を書く
-- fix.en: bring in what the drill showed and what has changed, and enter reviewed_at in the register of documents
--
-- The day of approval counts as a review.

WITH plan AS (
	SELECT title, max(ifnull(reviewed_at, ''), approved_at) AS reviewed,
	       days(max(CASE WHEN reviewed_at <= :today THEN reviewed_at ELSE '' END, approved_at), :today) AS age
	  FROM v_document
	 WHERE kind = 'bcp' AND approved_at <= :today
)
SELECT 'bcp' AS resource,
       CASE WHEN min(age) IS NULL THEN 'unknown' WHEN min(age) > :fail_days THEN 'fail' WHEN min(age) > :warn_days THEN 'warn'
            ELSE 'pass' END AS status,
       'age of the review' AS reason, CASE WHEN min(age) IS NULL THEN 'none' WHEN min(age) <= :warn_days THEN 'ok' END AS reason_id,
       title, reviewed, age
  FROM plan
HAVING EXISTS (SELECT 1 FROM v_register WHERE kind = 'documents' AND state <> 'missing');
