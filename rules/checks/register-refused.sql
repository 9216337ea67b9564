-- id: register-refused
-- title.ja: 台帳のファイルがすべて読めている
-- title.en: every register's file can be read
-- severity: high
-- stage: 2
-- basis: proposed
-- reason.ja: 台帳のファイルを受け付けられない。{error_ja}（{held}）
-- reason.en: the register's file is refused: {error_en} ({held_en})
-- reason.ja.ok: {rows}件を読み込んでいる
-- reason.en.ok: {rows} rows are loaded
-- fix.ja: 示された行と列を直して保存し直す。読めるようになれば、すぐに取り込まれる
-- fix.en: correct the line and column that are named and save the file again; it is taken as soon as it can be read
--
-- The last good file holds for a day.  A register that was never there is no row: what needs it says so itself.

SELECT kind || '.csv' AS resource, CASE state WHEN 'refused' THEN 'fail' ELSE 'pass' END AS status, 'state of the register' AS reason,
       CASE state WHEN 'ok' THEN 'ok' END AS reason_id, rows, ifnull(error_ja, '') AS error_ja, ifnull(error_en, '') AS error_en,
       CASE WHEN loaded_at IS NULL THEN '読み込めたことはない' ELSE '最後に読めた内容は' || day(loaded_at) || 'のもの' END AS held,
       CASE WHEN loaded_at IS NULL THEN 'it was never read' ELSE 'the last good one is of ' || day(loaded_at) END AS held_en
  FROM v_register
 WHERE state IN ('ok', 'refused');
