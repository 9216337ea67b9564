-- id: fuzz
-- ref: X-1
-- title.ja: 題
-- title.en: title
-- severity: high
-- decides: yes
-- needs: register:people register:accounts within 31d
-- needs: auth_success within 24h
-- applies: hospital clinic
-- attest: 180
-- param: warn_days = 90
-- reason.ja: {person}が退職した
-- reason.en.ok: fine
-- basis: proposed
-- fix.ja: 直す
-- fix.en: mend
--
-- Why.

WITH a AS (SELECT 1) SELECT 'x' AS resource, 'pass' AS status, '' AS reason FROM a;
