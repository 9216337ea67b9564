#!/usr/bin/env python3
"""Writes rules/checks/vendor-form-*.sql: one question, asked of every row of the vendors' form.

vendor_forms.py ROOT          writes the files
vendor_forms.py --check ROOT  says which are old, and fails
"""
import pathlib
import sys

# Row of the form, name of the file, severity, title in both languages, what the answer is about in both languages.
ROWS = [
    ("1-1", "manager", "critical",
     "事業者が安全管理の責任者を置いている", "the vendor has somebody responsible for safety",
     "提供するサービスの安全管理に責任を持つ人", "who is responsible for the safety of what it provides"),
    ("2-2", "remote", "high",
     "事業者がリモート保守をする機器を答えている", "the vendor has said which devices it maintains remotely",
     "リモート保守をする機器の有無", "which devices it maintains remotely"),
    ("2-3", "disclosure", "high",
     "事業者がMDS/SDSを提出したと答えている", "the vendor says that it handed over MDS/SDS",
     "MDS/SDSの提出", "that it handed over MDS/SDS"),
    ("2-4", "rights", "high",
     "事業者が管理する機器で利用権限を設定している", "rights are set on what the vendor manages",
     "職種や業務に応じた利用権限と管理者の明確化", "rights and who is administrator"),
    ("2-5", "accounts", "high",
     "事業者が管理する機器で不要なアカウントを消している", "accounts nobody needs are removed from what the vendor manages",
     "不要なアカウントの削除や無効化", "that accounts nobody needs are removed"),
    ("2-6", "patches", "high",
     "事業者が管理する機器に更新を適用している", "what the vendor manages is kept patched",
     "更新プログラムの適用", "that updates are applied"),
    ("2-7", "passwords", "high",
     "事業者が管理する機器のパスワードが規則に合っている", "passwords of what the vendor manages follow the rule",
     "パスワードの長さと変更", "length and change of passwords"),
    ("2-8", "reuse", "high",
     "事業者がパスワードを使い回していない", "the vendor does not use one password in several places",
     "パスワードの使い回しの禁止", "that no password is used in several places"),
    ("2-9", "media", "medium",
     "事業者が管理する機器で外部媒体の接続を制限している", "external media are restricted on what the vendor manages",
     "外部記録媒体の接続の制限", "that external media are restricted"),
    ("2-10", "factors", "high",
     "事業者が管理する機器に二要素認証があるか予定がある", "two factors are in use or planned on what the vendor manages",
     "二要素認証の実装または予定", "two-factor authentication, or when it comes"),
    ("2-11", "logs", "high",
     "事業者が管理する機器のアクセスログを管理している", "access logs of what the vendor manages are kept",
     "アクセスログの管理", "that access logs are kept"),
    ("2-12", "services", "medium",
     "事業者が管理する機器で不要なサービスを止めている", "services nobody needs are stopped on what the vendor manages",
     "不要なソフトウェアやサービスの停止", "that services nobody needs are stopped"),
    ("2-13", "sources", "high",
     "事業者が管理する機器で接続元を制限している", "connections to what the vendor manages are restricted by source",
     "接続元の制限", "that connections are restricted by source"),
]

TEMPLATE = r"""-- id: vendor-form-@SLUG@
-- ref: @REF@
-- title.ja: @TITLE_JA@
-- title.en: @TITLE_EN@
-- severity: @SEVERITY@
-- decides: yes
-- needs: register:contracts
-- attest: 366
-- basis: background
-- reason.ja: {who}（{system}）は事業者確認用の@ITEM@に「いいえ」と答え、目標日{target}を過ぎても「はい」になっていない
-- reason.en: {who} ({system}) answered no to row @ITEM@ of the vendors' form, and the target date {target} has passed
-- reason.ja.planned: {who}（{system}）は@ITEM@に「いいえ」と答え、{target}までに行うとしている
-- reason.en.planned: {who} ({system}) answered no to row @ITEM@ and means to have it done by {target}
-- reason.ja.open: 有効な契約{total}件のうち{n}件は、@SUBJECT_JA@について今年度の回答がない（{who} など）
-- reason.en.open: of {total} contracts in force, {n} have no answer this fiscal year about @SUBJECT_EN@ ({who} ...)
-- reason.ja.word: 有効な契約{total}件のうち{n}件は、@SUBJECT_JA@について事業者が「はい」と答えている
-- reason.en.word: of {total} contracts in force, for {n} the vendor answered yes about @SUBJECT_EN@
-- reason.ja.nobody: 有効な契約がないため、事業者確認用は要らない
-- reason.en.nobody: no contract is in force, so no form is needed
-- fix.ja: 事業者確認用をその事業者に送り、@ITEM@の回答を受け取って `tenken answer` に事業者番号とシステムを付けて入れる
-- fix.en: send the vendors' form, and enter its answer to row @ITEM@ with `tenken answer`, naming vendor and system
--
-- The vendor's word, for one fiscal year: it is attested, never measured.  Where the records of its devices say otherwise,
-- vendor-contradicted tells.

WITH contract AS (
	SELECT DISTINCT c.vendor_id, c.vendor_key, c.system_id, ifnull(c.system_key, '') AS system_key
	  FROM v_contract AS c
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
), form AS (
	SELECT c.vendor_id, ifnull(c.system_id, '-') AS system, ifnull((SELECT name FROM v_vendor AS v WHERE v.vendor_key = c.vendor_key), c.vendor_id) AS who,
	       a.answer, a.target_on, max(a.answer_id) AS newest
	  FROM contract AS c
	  LEFT JOIN v_answer AS a
	    ON a.vendor_key = c.vendor_key AND ifnull(a.system_key, c.system_key) = c.system_key AND a.item = '@ITEM@'
	   AND a.pack GLOB 'mhlw-vendor-*'
	   AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')
	 GROUP BY c.vendor_key, c.system_key
)
SELECT vendor_id || '/' || system AS resource, CASE WHEN ifnull(target_on, '') < :today THEN 'fail' ELSE 'warn' END AS status,
       'answer of this vendor' AS reason, CASE WHEN ifnull(target_on, '') >= :today THEN 'planned' END AS reason_id, who, system,
       ifnull(target_on, '-') AS target, NULL AS n, NULL AS total
  FROM form
 WHERE answer = 'no'
UNION ALL
SELECT '未回答', 'unknown', 'no answer', 'open', min(who), NULL, NULL, count(*), (SELECT count(*) FROM form)
  FROM form
 WHERE answer IS NULL
HAVING count(*) > 0
UNION ALL
SELECT '回答', 'attested', 'answered yes', 'word', NULL, NULL, NULL, count(*), (SELECT count(*) FROM form)
  FROM form
 WHERE answer = 'yes'
HAVING count(*) > 0
UNION ALL
SELECT '契約', 'pass', 'no contract', 'nobody', NULL, NULL, NULL, 0, 0
 WHERE NOT EXISTS (SELECT 1 FROM contract) AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing');
"""


def text(item, slug, severity, title_ja, title_en, subject_ja, subject_en):
    chapter, row = item.split("-")
    words = {"SLUG": slug, "REF": f"V-{chapter}-{int(row):02}", "SEVERITY": severity, "TITLE_JA": title_ja, "TITLE_EN": title_en,
             "SUBJECT_JA": subject_ja, "SUBJECT_EN": subject_en, "ITEM": item}
    result = TEMPLATE
    for word, value in words.items():
        result = result.replace(f"@{word}@", value)
    return result


def main():
    check = sys.argv[1] == "--check"
    folder = pathlib.Path(sys.argv[-1]) / "rules/checks"
    wanted = {f"vendor-form-{row[1]}.sql": text(*row) for row in ROWS}
    if not check:
        for name, content in wanted.items():
            (folder / name).write_text(content, encoding="utf-8")
        return 0
    is_there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("vendor-form-*.sql")}
    old = sorted(name for name in wanted.keys() | is_there.keys() if wanted.get(name) != is_there.get(name))
    for name in old:
        print(f"rules/checks/{name} is not what scripts/vendor_forms.py writes; change its table or its text, and run it")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
