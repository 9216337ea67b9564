-- id: attestation-contradicted
-- title.ja: 人が確認したとしたことと、記録が食い違っていない
-- title.en: what people vouched for is not contradicted by what is measured
-- severity: high
-- stage: 2
-- basis: proposed
-- reason.ja: {who}が{day}に確認済みとしたが、その後の判定は「{measured}」になっている（{said}）
-- reason.en: {who} vouched for it on {day}, but it is measured as {measured} ({said})
-- reason.ja.ok: 有効な確認{attestations}件のうち、記録と食い違うものはない
-- reason.en.ok: none of the {attestations} attestations in force is contradicted
-- fix.ja: 何が変わったのかを確認した人と一緒に調べ、直す。直したことが記録で分かるまで、この確認は数えられない
-- fix.en: find out with who vouched for it what has changed, and mend it; until the records show it the attestation does not count
--
-- An attestation speaks where nothing is measured.  Once something is measured and says otherwise, both cannot be right.

WITH word AS (
	SELECT check_id, resource, max(at) AS at, who, until
	  FROM v_attestation
	 WHERE until >= :today
	 GROUP BY check_id, resource
), broken AS (
	SELECT w.check_id, w.resource, w.who, w.at, v.status AS measured, v.reason_ja AS said
	  FROM word AS w
	  JOIN v_verdict AS v
	    ON v.check_id = w.check_id AND v.resource = w.resource
	 WHERE v.status IN ('warn', 'fail')
)
SELECT check_id || '/' || resource AS resource, 'fail' AS status, 'contradicted' AS reason, NULL AS reason_id, who, day(at) AS day,
       measured, said, NULL AS attestations
  FROM broken
 UNION ALL
SELECT 'attestations', 'pass', 'none is contradicted', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM word)
 WHERE NOT EXISTS (SELECT 1 FROM broken);
