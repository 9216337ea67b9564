-- id: backup-offline
-- ref: CL-3-02.d
-- title.ja: 重要なシステムのバックアップを、ネットワークから切り離した所にも持っている
-- title.en: of every system that matters there is a backup off the network as well
-- severity: critical
-- waits: words
-- decides: yes
-- needs: register:backups
-- attest: 180
-- param: warn_days = 7
-- param: warn_days for pharmacy = 10
-- param: fail_days = 31
-- basis: recovered
-- reason.ja: 「{name}」のバックアップは、すべてネットワークにつながった所にある（オフラインも変更不可の保存先もない）
-- reason.en: every backup of "{name}" is on the network; none is offline or immutable
-- reason.ja.old: 「{name}」の切り離したバックアップは{last}のもので、{age}日たっている
-- reason.en.old: the backup of "{name}" off the network is of {last}, {age} days old
-- reason.ja.single: 「{name}」のバックアップの保存先が1種類しかない
-- reason.en.single: the backups of "{name}" are of one kind only
-- reason.ja.blank: 「{name}」のバックアップの保存先区分が書かれておらず、切り離されているか分からない
-- reason.en.blank: the kind of target of the backups of "{name}" is not written
-- reason.ja.undated: 「{name}」の切り離したバックアップをいつ取ったか分からない
-- reason.en.undated: when the backup of "{name}" off the network was taken is not known
-- reason.ja.ok: 「{name}」は{kinds}種類の保存先にあり、切り離したものは{last}のもの
-- reason.en.ok: "{name}" is kept in {kinds} ways, off the network as of {last}
-- fix.ja: 週に1回は外付け媒体に取って抜くか、変更不可の保存先を加え、バックアップ台帳の「保存先区分」と「オフライン保管日」を書く
-- fix.en: take it to a medium once a week and unplug that, or add an immutable target; enter target_class and offline_at in the register of backups
--
-- Of the victims that had backups, most found them encrypted as well.  Systems that the register says do not matter are left
-- out.  That the medium is really unplugged is for a person to look at.

WITH done AS (
	SELECT job_key, max(day) AS day
	  FROM (SELECT job_key, day(max(instant(finished_at))) AS day FROM v_backup_result WHERE result <> 'failed' GROUP BY job_key
	        UNION ALL
	        SELECT subject, day(last_at) FROM v_last_word WHERE type = 'backup_finished' AND subject IS NOT NULL)
	 GROUP BY job_key
), job AS (
	SELECT b.system_key, ifnull(y.system_id, b.system_id) AS system_id, ifnull(y.name, b.system_id) AS name, b.target_class,
	       CASE WHEN b.target_class IN ('offline', 'immutable')
	            THEN max(ifnull(CASE WHEN b.offline_at <= :today THEN b.offline_at END, ''), ifnull(d.day, '')) END AS apart
	  FROM v_backup AS b
	  LEFT JOIN v_system AS y ON y.system_key = b.system_key
	  LEFT JOIN done AS d ON d.job_key = b.job_key
	 WHERE ifnull(y.critical, 1)
), system AS (
	SELECT system_key, system_id, name, count(DISTINCT target_class) AS kinds, sum(target_class IS NULL) AS blank, count(apart) AS aparts,
	       nullif(max(apart), '') AS last, days(nullif(max(apart), ''), :today) AS age
	  FROM job
	 GROUP BY system_key
), judged AS (
	SELECT *,
	       CASE WHEN aparts = 0 THEN CASE WHEN blank > 0 THEN 'unknown' ELSE 'fail' END
	            WHEN last IS NULL THEN 'unknown'
	            WHEN age > :fail_days THEN 'fail'
	            WHEN age > :warn_days OR kinds < 2 THEN 'warn'
	            ELSE 'pass' END AS status
	  FROM system
)
SELECT system_id AS resource, status, 'off the network' AS reason,
       CASE WHEN aparts = 0 THEN CASE WHEN blank > 0 THEN 'blank' END WHEN last IS NULL THEN 'undated' WHEN age > :warn_days THEN 'old'
            WHEN kinds < 2 THEN 'single' ELSE 'ok' END AS reason_id,
       name, last, age, kinds
  FROM judged;
