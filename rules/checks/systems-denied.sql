-- id: systems-denied
-- ref: CL-0.a
-- title.ja: 「医療情報システムを使っていない」という回答が、届いている記録と食い違っていない
-- title.en: the answer that there are no medical information systems is not contradicted by what is seen
-- severity: high
-- stage: 2
-- param: days = 30
-- basis: seed
-- reason.ja: {pack}の0に「いいえ」と答えているが（{who}、{day}）、システム台帳に{systems}件あり、診療情報へのアクセスの記録が{sources}か所から届いている
-- reason.en: row 0 of {pack} is answered no ({who}, {day}), but the register has {systems} systems, and records of access to medical information come from {sources} sources
-- reason.ja.ok: {pack}の0の回答（{answer}）と食い違う記録はない
-- reason.en.ok: nothing contradicts the answer to row 0 of {pack} ({answer})
-- fix.ja: 0は「はい」に答え直す。システムをやめたのなら、システム台帳の行を消し、まだ送られてくる記録の送信元を止める
-- fix.en: answer row 0 with yes; if the systems are gone, take them out of the register and switch off what still sends records
--
-- A no in row 0 takes every other row out of the form: the one answer that has to be true.

WITH seen AS (
	SELECT (SELECT count(*) FROM v_system) AS systems,
	       (SELECT count(*) FROM v_source_type WHERE type = 'record_access' AND last_received > :seen - :days * 86400000000) AS sources
), said AS (
	SELECT a.pack, a.answer, a.answered_on, a.who
	  FROM v_answer AS a
	 WHERE a.item = '0' AND a.vendor_id IS NULL AND a.system_id IS NULL
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
)
SELECT a.pack AS resource, CASE WHEN a.answer = 'no' AND s.systems + s.sources > 0 THEN 'fail' ELSE 'pass' END AS status, 'row 0' AS reason,
       CASE WHEN a.answer = 'no' AND s.systems + s.sources > 0 THEN NULL ELSE 'ok' END AS reason_id, a.pack, a.who, a.answered_on AS day,
       CASE a.answer WHEN 'no' THEN 'いいえ' ELSE 'はい' END AS answer, s.systems, s.sources
  FROM said AS a, seen AS s;
