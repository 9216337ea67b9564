-- id: password-lockout
-- ref: CL-2-07.d
-- title.ja: パスワードを何度も間違えるとロックされる
-- title.en: an account is locked after some wrong passwords
-- severity: medium
-- decides: no
-- needs: register:systems
-- attest: 365
-- param: most = 10
-- basis: secondary
-- reason.ja: 「{name}」は何度間違えてもロックされない
-- reason.en: "{name}" never locks, however often the password is wrong
-- reason.ja.many: 「{name}」は{threshold}回間違えるまでロックされない（{most}回以内が目安）
-- reason.en.many: "{name}" locks only after {threshold} wrong passwords (at most {most})
-- reason.ja.blank: 「{name}」が何回でロックされるか書かれていない
-- reason.en.blank: after how many wrong passwords "{name}" locks is not written
-- reason.ja.ok: 「{name}」は{threshold}回間違えるとロックされる
-- reason.en.ok: "{name}" locks after {threshold} wrong passwords
-- fix.ja: システムの設定（ドメインならアカウントロックアウトのしきい値）を10回以内にし、システム台帳の「ロックアウト回数」に書く
-- fix.en: set the threshold to ten or fewer, and enter lockout_threshold in the register of systems
--
-- Zero stands for never, as in Windows.

SELECT system_id AS resource,
       CASE WHEN lockout_threshold IS NULL THEN 'unknown' WHEN lockout_threshold < 1 THEN 'fail' WHEN lockout_threshold > :most THEN 'warn'
            ELSE 'pass' END AS status,
       'lockout' AS reason,
       CASE WHEN lockout_threshold IS NULL THEN 'blank' WHEN lockout_threshold < 1 THEN NULL WHEN lockout_threshold > :most THEN 'many'
            ELSE 'ok' END AS reason_id,
       name, CAST(lockout_threshold AS INTEGER) AS threshold, :most AS most
  FROM v_system;
