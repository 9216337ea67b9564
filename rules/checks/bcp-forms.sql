-- id: bcp-forms
-- ref: CL-3-03.e
-- title.ja: システム停止時に使う紙の帳票がそろっている
-- title.en: the paper forms for working without the systems are in stock
-- severity: low
-- decides: no
-- needs: register:documents
-- attest: 180
-- param: days = 180
-- basis: proposed
-- reason.ja: 紙の帳票「{title}」の在庫は{counted}を最後に{age}日間確かめられていない（保管場所 {place}）
-- reason.en: the stock of "{title}" was last looked at on {counted}, {age} days ago ({place})
-- reason.ja.never: 紙の帳票の在庫を確かめた記録がない
-- reason.en.never: nothing says that the stock of paper forms was looked at
-- reason.ja.ok: 紙の帳票{total}種の在庫は{days}日以内に確かめられている
-- reason.en.ok: kinds of paper forms whose stock was looked at within {days} days: all {total}
-- fix.ja: 処方・検査・指示などの紙帳票を病棟ごとに数え、文書台帳（区分「紙運用の帳票」）の「見直し日」に日付を書く
-- fix.en: count the forms ward by ward, and enter the date (reviewed_at) with kind downtime_forms in the register of documents
--
-- Somebody counts, or vouches for having counted.

WITH form AS (
	SELECT title, ifnull(place, '未記入') AS place, reviewed_at AS counted, days(reviewed_at, :today) AS age
	  FROM v_document
	 WHERE kind = 'downtime_forms'
)
SELECT title AS resource, CASE WHEN age > :days THEN 'warn' ELSE 'unknown' END AS status, 'stock of forms' AS reason,
       CASE WHEN age > :days THEN NULL ELSE 'never' END AS reason_id, title, counted, age, place, NULL AS total, :days AS days
  FROM form
 WHERE age > :days OR age IS NULL OR age < 0
UNION ALL
SELECT 'forms', CASE WHEN count(*) > 0 THEN 'pass' ELSE 'unknown' END, 'stock of forms', CASE WHEN count(*) > 0 THEN 'ok' ELSE 'never' END,
       NULL, NULL, NULL, NULL, count(*), :days
  FROM form
HAVING count(*) = 0 OR sum(ifnull(age, -1) BETWEEN 0 AND :days) = count(*);
