-- id: default-password
-- ref: CL-2-07.f
-- title.ja: ネットワーク機器を工場出荷時の名前で使っていない
-- title.en: nobody logs in to network devices by the name they came with
-- severity: high
-- by: account
-- decides: no
-- needs: register:devices
-- attest: 365
-- param: days = 90
-- param: names = admin administrator root cisco ubnt user guest manager operator support maint netscreen fortinet aruba enable
-- basis: proposed
-- reason.ja: {device}に出荷時の名前「{account}」でログインしている（{used}、接続元 {source}）
-- reason.en: {device} is used by the name it came with, "{account}" ({used}, from {source})
-- reason.ja.blind: ネットワーク機器{total}台は、ログインの記録が届かず、出荷時のパスワードが変えられたか分からない
-- reason.en.blind: whether the passwords of {total} network devices were changed is not known: no logins to them are on record
-- reason.ja.ok: ログインの記録があるネットワーク機器{total}台に、出荷時の名前は使われていない
-- reason.en.ok: none of the {total} network devices whose logins are on record is used by such a name
-- fix.ja: 担当者ごとの管理アカウントを作り、出荷時のアカウントは無効にするかパスワードを変える。変えたことを機器ごとに記録する
-- fix.en: give each administrator an account, disable the one it came with or change its password, and write down for which devices that was done
--
-- The name alone does not prove that the password is the old one, and another name does not prove that it was changed: a person
-- vouches for that, for those devices of which no login is known.

WITH device AS MATERIALIZED (
	SELECT device_id, device_key, ifnull(name, device_id) AS name
	  FROM v_device_register
	 WHERE class = 'network' AND ifnull(disposed, '9999') > :today
), label AS MATERIALIZED (
	SELECT d.device_id, d.name, v.value
	  FROM device AS d
	  JOIN v_register_value AS v ON v.kind = 'devices' AND v.column_name IN ('hostname', 'ip') AND v.row_key = d.device_key
), login AS MATERIALIZED (
	SELECT l.device_id, l.name, s.account, s.account_key, s.last_used, s.last_src_ip, s.first_event, s.last_event
	  FROM v_account_seen AS s
	  JOIN label AS l ON l.value = s.place
	 WHERE s.last_used > :seen - :days * 86400000000
), bad AS (
	SELECT * FROM login WHERE instr(' ' || :names || ' ', ' ' || account_key || ' ') > 0
)
SELECT device_id || '/' || account AS resource, 'warn' AS status, 'login by a name from the factory' AS reason, NULL AS reason_id,
       name AS device, account, day(last_used) AS used, ifnull(last_src_ip, '-') AS source, NULL AS total, first_event, last_event
  FROM bad
UNION ALL
SELECT 'network', 'pass', 'network devices', 'ok', NULL, NULL, NULL, NULL, count(DISTINCT device_id), NULL, NULL
  FROM login
HAVING count(*) > 0
UNION ALL
SELECT 'network/unheard', 'unknown', 'network devices', 'blind', NULL, NULL, NULL, NULL, count(*), NULL, NULL
  FROM device
 WHERE device_id NOT IN (SELECT device_id FROM login)
HAVING count(*) > 0;
