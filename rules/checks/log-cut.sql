-- id: log-cut
-- ref: CL-2-11.j
-- title.ja: 受け取った記録が切り詰められたり、区別できない送信元に埋もれたりしていない
-- title.en: no line is cut on receipt or lost among senders too many to tell apart
-- severity: medium
-- decides: no
-- needs: register:log_sources
-- param: days = 7
-- param: fail_per_million = 1000
-- basis: proposed
-- reason.ja: {days}日間の記録{lines}行のうち{cut}行が長すぎて切り詰められ、{folded}行は送信元が多すぎて区別できなかった
-- reason.en: of {lines} lines in {days} days {cut} were too long and cut, and {folded} came from too many senders to tell apart
-- reason.ja.none: {days}日間、受け取った記録の行数が分からない
-- reason.en.none: in {days} days no lines were counted
-- reason.ja.ok: {days}日間の記録{lines}行に、切り詰められたものはない
-- reason.en.ok: of {lines} lines in {days} days none was cut
-- fix.ja: 送信元の1行の長さの設定を見直す。見知らぬ多数の送信元は、登録したものだけから受け取るようファイアウォールで絞る
-- fix.en: shorten the lines where they are sent; let a firewall admit registered senders only
--
-- What senders say they had to drop is the question of log-gap.

WITH sum AS (
	SELECT ifnull(sum(CASE name WHEN 'lines' THEN value END), 0) AS lines, ifnull(sum(CASE name WHEN 'cut' THEN value END), 0) AS cut,
	       ifnull(sum(CASE name WHEN 'folded' THEN value END), 0) AS folded
	  FROM v_own_fact
	 WHERE name IN ('lines', 'cut', 'folded') AND day > day(:seen - :days * 86400000000)
)
SELECT 'receiver' AS resource,
       CASE WHEN lines = 0 THEN 'unknown' WHEN (cut + folded) * 1000000 > lines * :fail_per_million THEN 'fail' WHEN cut + folded > 0 THEN 'warn'
            ELSE 'pass' END AS status,
       'lines that were cut' AS reason, CASE WHEN lines = 0 THEN 'none' WHEN cut + folded = 0 THEN 'ok' END AS reason_id, lines, cut, folded,
       :days AS days
  FROM sum;
