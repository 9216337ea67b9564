-- id: contact-stale
-- ref: CL-3-01.c
-- title.ja: 連絡先が通じることを定期的に確かめている
-- title.en: contacts are tried out from time to time
-- severity: medium
-- decides: no
-- needs: register:contacts
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: {contact}を最後に確かめたのは{verified}で、{age}日たっている
-- reason.en: {contact} was last tried on {verified}, {age} days ago
-- reason.ja.blank: {contact}をいつ確かめたか書かれていない
-- reason.en.blank: it is not written when {contact} was last tried
-- reason.ja.ahead: {contact}の確認日が先の日付（{verified}）になっている
-- reason.en.ahead: the date of the last try of {contact} lies ahead ({verified})
-- reason.ja.ok: {contact}は{verified}に確かめている
-- reason.en.ok: {contact} was tried on {verified}
-- fix.ja: 実際に電話をかけ、部署・担当者・番号が合っていることを確かめ、「確認日」「確認者」「確認方法」を書く
-- fix.en: call the number, make sure that section, person and number are right, and enter verified_at, verified_by and verified_how
--
-- One row a contact.  What nobody wrote down is unknown, not old.

SELECT kind || '/' || organisation || ifnull('/' || section, '') || ifnull('/' || person, '') AS resource,
       CASE WHEN verified_at IS NULL OR days(verified_at, :today) < 0 THEN 'unknown'
            WHEN days(verified_at, :today) > :fail_days THEN 'fail'
            WHEN days(verified_at, :today) > :warn_days THEN 'warn'
            ELSE 'pass' END AS status,
       'age of the last try' AS reason,
       CASE WHEN verified_at IS NULL THEN 'blank'
            WHEN days(verified_at, :today) < 0 THEN 'ahead'
            WHEN days(verified_at, :today) <= :warn_days THEN 'ok' END AS reason_id,
       organisation || ifnull(' ' || section, '') || ifnull(' ' || person, '') AS contact, verified_at AS verified, days(verified_at, :today) AS age
  FROM v_contact;
