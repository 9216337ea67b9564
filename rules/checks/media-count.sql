-- id: media-count
-- ref: CL-2-09.c
-- title.ja: 外部媒体を定期的に数え、持ち出しを管理している
-- title.en: media are counted from time to time, and what is taken out is approved and comes back
-- severity: low
-- decides: no
-- needs: register:media
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: 「{medium}」は{counted}を最後に{age}日間点検されていない（保管者 {holder}）
-- reason.en: "{medium}" was last counted on {counted}, {age} days ago (kept by {holder})
-- reason.ja.out: 「{medium}」は{out}に承認なく持ち出されている（保管者 {holder}）
-- reason.en.out: "{medium}" was taken out on {out} without approval (kept by {holder})
-- reason.ja.back: 「{medium}」の返却予定日{due}を過ぎている（保管者 {holder}）
-- reason.en.back: "{medium}" was to come back on {due} (kept by {holder})
-- reason.ja.blank: 媒体{total}件のうち{blank}件は、いつ点検したか書かれていない
-- reason.en.blank: of {total} media, for {blank} it is not written when they were counted
-- reason.ja.ok: 媒体{total}件は、ほかにすべて{need}日以内に点検されている
-- reason.en.ok: of {total} media, all others were counted within {need} days
-- fix.ja: 台帳を持って現物を数え、「最終点検日」に日付を書く。持ち出し中のものは承認者と返却予定日を確かめる
-- fix.en: count them against the register and enter last_count; for what is out, make sure of who approved it and when it is due back
--
-- A registered medium stays on the list until it is disposed of.

WITH medium AS (
	SELECT media_id, ifnull(name, media_id) AS medium, ifnull(holder, '未記入') AS holder, last_count AS counted, days(last_count, :today) AS age,
	       taken_out_at AS out, taken_out_until AS due, taken_out_approved_by
	  FROM v_medium
	 WHERE ifnull(disposed, '9999') > :today
), judged AS (
	SELECT *,
	       CASE WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days OR out <= :today AND (taken_out_approved_by IS NULL OR due < :today) THEN 'warn'
	            ELSE 'pass' END AS status
	  FROM medium
)
SELECT media_id AS resource, status, 'medium' AS reason,
       CASE WHEN age > :warn_days THEN NULL WHEN due < :today THEN 'back' ELSE 'out' END AS reason_id,
       medium, holder, counted, age, out, due, NULL AS total, NULL AS blank, :warn_days AS need
  FROM judged
 WHERE status <> 'pass'
UNION ALL
SELECT 'media', CASE WHEN count(counted) < count(*) THEN 'unknown' ELSE 'pass' END, 'media',
       CASE WHEN count(counted) < count(*) THEN 'blank' ELSE 'ok' END, NULL, NULL, NULL, NULL, NULL, NULL, count(*), count(*) - count(counted),
       :warn_days
  FROM judged
HAVING count(*) > 0;
