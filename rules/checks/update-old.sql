-- id: update-old
-- ref: CL-2-06.b
-- title.ja: サーバと端末に更新プログラムが適用されている
-- title.en: servers and terminals get their updates
-- severity: high
-- waits: words
-- decides: yes
-- needs: register:devices
-- param: warn_days = 45
-- param: fail_days = 90
-- param: failures = 3
-- basis: proposed
-- reason.ja: {device}（{name}）の更新は{patched}を最後に{age}日間成功していない
-- reason.en: {device} ({name}) was last updated on {patched}, {age} days ago
-- reason.ja.failing: {device}（{name}）の更新が{failures}回失敗している（最後の成功は{patched}）
-- reason.en.failing: updates of {device} ({name}) failed {failures} times (last success on {patched})
-- reason.ja.blind: {class}{total}台は、更新の記録がログにも端末管理の書き出しにもない（例: {device}）
-- reason.en.blind: of {total} devices of class {class} no update is known, neither from logs nor from an export (for instance {device})
-- reason.ja.ok: {class}のうち更新の記録がある{total}台は、ほかにすべて{need}日以内に更新されている
-- reason.en.ok: all other devices of class {class} with known updates ({total}) were updated within {need} days
-- fix.ja: 更新を手動で実行して失敗の理由を直す。事業者や医療機器の都合で更新できないものは、ネットワークを分けたうえで期限付きの例外にする。記録がなければ、端末管理の書き出しを台帳に置く
-- fix.en: run the update by hand and cure what fails; what may not be updated goes into a network of its own with an exception that ends; where nothing is known, drop the export of the console among the registers
--
-- The newest success counts, by the machine's own log or by the export of WSUS, an MDM or the like.  Medical devices are not
-- terminals here.

WITH device AS MATERIALIZED (
	SELECT device_id, class, name, max(ifnull(day(patched_at), ''), ifnull(CASE WHEN patched_on <= :today THEN patched_on END, '')) AS patched,
	       max(ifnull(CASE WHEN failed_at > ifnull(patched_at, 0) THEN failures END, 0), ifnull(failed_updates, 0)) AS failures, patched_event AS last_event
	  FROM v_device_health
	 WHERE class IN ('server', 'terminal') AND ifnull(disposed, '9999') > :today AND ifnull(usable, 'yes') <> 'no'
), judged AS MATERIALIZED (
	SELECT *, days(nullif(patched, ''), :seen) AS age,
	       CASE WHEN patched = '' AND failures < :failures THEN 'unknown'
	            WHEN patched <> '' AND days(patched, :seen) > :fail_days THEN 'fail'
	            WHEN failures >= :failures OR days(patched, :seen) > :warn_days THEN 'warn'
	            ELSE 'pass' END AS status
	  FROM device
)
SELECT device_id AS resource, status, 'updates' AS reason, CASE WHEN ifnull(age, 0) <= :warn_days THEN 'failing' END AS reason_id,
       device_id AS device, name, class, ifnull(nullif(patched, ''), '-') AS patched, age, failures, NULL AS total, :warn_days AS need,
       last_event AS first_event, last_event
  FROM judged
 WHERE status IN ('warn', 'fail')
UNION ALL
SELECT class, 'pass', 'updates', 'ok', NULL, NULL, CASE class WHEN 'server' THEN 'サーバ' ELSE '端末' END, NULL, NULL, NULL, count(*), :warn_days,
       NULL, NULL
  FROM judged
 WHERE status <> 'unknown'
 GROUP BY class
UNION ALL
SELECT class || '/unheard', 'unknown', 'updates', 'blind', min(device_id), NULL, CASE class WHEN 'server' THEN 'サーバ' ELSE '端末' END, NULL, NULL,
       NULL, count(*), :warn_days, NULL, NULL
  FROM judged
 WHERE status = 'unknown'
 GROUP BY class;
