-- id: systems-known
-- ref: CL-0.a
-- title.ja: 使っている医療情報システムがシステム台帳にある
-- title.en: the medical information systems in use stand in the register of systems
-- severity: high
-- decides: yes
-- needs: register:systems
-- attest: 365
-- basis: seed
-- reason.ja: システム台帳に{total}件のシステムがあり、うち{heard}件からログが届いている
-- reason.en: systems in the register: {total}; {heard} of them send logs
-- fix.ja: 電子カルテ、レセコン、オーダリング、画像管理など、診療の情報を扱うシステムをすべてシステム台帳に書く。何も使っていない場合は、チェックリストの0に「いいえ」と答える
-- fix.en: enter every system that handles medical information: records, billing, orders, images; if there is none at all, answer row 0 with no
--
-- Row 0 of the form.  That the answer no contradicts what is seen is the question of systems-denied.

SELECT 'systems.csv' AS resource, 'pass' AS status, 'systems in use' AS reason, count(*) AS total,
       sum(EXISTS (SELECT 1 FROM v_source AS s WHERE fold(s.system_id) = y.system_key)) AS heard
  FROM v_system AS y
HAVING count(*) > 0;
