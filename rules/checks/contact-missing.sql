-- id: contact-missing
-- ref: CL-3-01.a
-- title.ja: 連絡体制図に必要な連絡先がそろっている
-- title.en: the emergency chart has every contact it needs
-- severity: high
-- decides: yes
-- needs: register:contacts
-- param: required = internal_executive internal_responsible internal_planner internal_operator vendor security_vendor external_expert police mhlw competent_authority
-- basis: seed
-- reason.ja: 「{name}」の連絡先が登録されていない
-- reason.en: there is no contact for {name_en}
-- reason.ja.unreachable: 「{name}」の連絡先に電話番号もメールアドレスもない
-- reason.en.unreachable: the contact for {name_en} has neither a telephone number nor an address
-- reason.ja.expired: 「{name}」の連絡先は{expired}で有効期限が切れている
-- reason.en.expired: the contact for {name_en} expired on {expired}
-- reason.ja.ok: 「{name}」の連絡先は{total}件登録されている
-- reason.en.ok: contacts listed for {name_en}: {total}
-- fix.ja: 相手の窓口を確かめて連絡先台帳に書き、電話をかけて通じることを確かめ、「確認日」を入れる。紙の連絡体制図も差し替える
-- fix.en: find out whom to call and enter it, call once to see that it works, enter verified_at, and replace the printed chart
--
-- The kinds the seed document names.  A line without any way to reach somebody is no contact.

WITH kind (kind, name, name_en) AS (VALUES
	('internal_executive', '経営層', 'the management'), ('internal_responsible', '医療情報システム安全管理責任者', 'the person responsible for safety of the systems'),
	('internal_planner', '企画管理者', 'the planner'), ('internal_operator', 'システム運用担当者', 'the operator of the systems'),
	('internal_departments', '診療部門など', 'the departments'), ('vendor', '事業者', 'the vendors'),
	('security_vendor', '情報セキュリティ事業者', 'a security company'), ('external_expert', '外部有識者', 'an outside expert'),
	('police', '都道府県警察の担当部署', 'the police'), ('mhlw', '厚生労働省', 'the Ministry of Health, Labour and Welfare'),
	('competent_authority', '所管省庁等', 'the competent authority'), ('ppc', '個人情報保護委員会', 'the data protection commission'),
	('ipa', 'IPA', 'IPA'), ('jpcert', 'JPCERT/CC', 'JPCERT/CC'), ('ceptoar', '医療セプター', 'the medical CEPTOAR'),
	('medical_isac', '医療ISAC', 'the medical ISAC'), ('saj', 'ソフトウェア協会', 'the software association'),
	('medical_association', '医師会など', 'the medical association'), ('mist', 'MIST', 'MIST'),
	('isp_cloud', '回線・クラウド事業者', 'the line and cloud providers'), ('insurer', '保険会社', 'the insurer'),
	('neighbours', '近隣医療機関', 'the neighbouring institutions'), ('public_relations', '広報', 'public relations')
), found AS (
	SELECT k.kind, k.name, k.name_en, count(c.kind) AS listed,
	       count(CASE WHEN ifnull(c.expires_at, '9999') >= :today THEN coalesce(c.phone, c.phone_alt, c.email) END) AS total,
	       count(CASE WHEN ifnull(c.expires_at, '9999') >= :today THEN c.kind END) AS valid, max(c.expires_at) AS expired
	  FROM kind AS k
	  LEFT JOIN v_contact AS c ON c.kind = k.kind
	 WHERE instr(' ' || :required || ' ', ' ' || k.kind || ' ') > 0
	 GROUP BY k.kind
)
SELECT kind AS resource, CASE WHEN total > 0 THEN 'pass' ELSE 'fail' END AS status, 'contacts of this kind' AS reason,
       CASE WHEN total > 0 THEN 'ok' WHEN valid > 0 THEN 'unreachable' WHEN listed > 0 THEN 'expired' END AS reason_id,
       name, name_en, total, expired
  FROM found
 WHERE EXISTS (SELECT 1 FROM v_register WHERE kind = 'contacts' AND state <> 'missing');
