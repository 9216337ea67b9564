-- id: allow-list-missing
-- ref: CL-2-13.a
-- title.ja: リモート接続を許可する接続元の一覧がある
-- title.en: there is a list of the sources from which remote connections are allowed
-- severity: high
-- decides: no
-- needs: register:log_sources
-- param: days = 90
-- basis: proposed
-- reason.ja: リモート接続の記録があるのに（最後は{last}）、接続元の許可一覧（network_allow.csv）がない
-- reason.en: there are remote sessions (last on {last}), but no list of allowed sources (network_allow.csv)
-- reason.ja.none: 接続元の許可一覧がなく、リモート接続の記録もまだない
-- reason.en.none: there is no list of allowed sources, and no remote session was recorded yet
-- reason.ja.ok: 接続元の許可一覧に{total}件が書かれている
-- reason.en.ok: the list of allowed sources has {total} entries
-- fix.ja: 事業者の拠点など、接続を許す接続元（IPアドレスの範囲）を許可一覧に書く。ひな形は tenken register template network_allow
-- fix.en: enter the networks from which connections are allowed; tenken register template network_allow gives a form

WITH list AS (
	SELECT ifnull((SELECT rows FROM v_register WHERE kind = 'network_allow' AND state <> 'missing'), 0) AS total,
	       (SELECT max(last_received) FROM v_source_type WHERE type = 'remote_session' AND last_received > :seen - :days * 86400000000) AS last
)
SELECT 'network_allow.csv' AS resource, CASE WHEN total > 0 THEN 'pass' WHEN last IS NOT NULL THEN 'fail' ELSE 'unknown' END AS status,
       'list of sources' AS reason, CASE WHEN total > 0 THEN 'ok' WHEN last IS NULL THEN 'none' END AS reason_id, total, day(last) AS last
  FROM list;
