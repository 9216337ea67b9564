-- id: password-policy
-- ref: CL-2-07.a
-- title.ja: どのシステムのパスワードも、決められた長さと複雑さを守らせている
-- title.en: every system demands passwords of the length and kind that are laid down
-- severity: high
-- decides: yes
-- needs: register:systems
-- attest: 365
-- param: single = 13
-- param: with_mfa = 8
-- param: rotating = 0
-- param: rotating for 6.0 = 8
-- basis: secondary
-- reason.ja: 「{name}」のパスワードは{length}文字以上（必要なのは{need}文字以上、{how}）
-- reason.en: passwords of "{name}" need {length} characters; {need} are needed ({how_en})
-- reason.ja.blank: 「{name}」のパスワードの最小文字数が書かれていない
-- reason.en.blank: how long passwords of "{name}" must be is not written
-- reason.ja.ok: 「{name}」のパスワードは{length}文字以上（{how}）
-- reason.en.ok: passwords of "{name}" need {length} characters ({how_en})
-- fix.ja: システムの設定で最小文字数を上げる（二要素認証がなければ13文字）。できないものは事業者に聞き、二要素認証の導入か、期限付きの例外を決める
-- fix.en: raise the least length (13 without a second factor); where the system cannot, ask the vendor, and plan a second factor or an exception with an end
--
-- Eight characters do with a second factor.  By version 6.0 of the guideline eight mixed ones that are changed regularly do as
-- well; by 7.0 they do not.  What is not written is not known.

WITH system AS (
	SELECT system_id, name, CAST(pw_min_len AS INTEGER) AS length, mfa_status = 'done' AS mfa,
	       :rotating > 0 AND pw_complexity AND pw_rotation_days > 0 AS turned
	  FROM v_system
), judged AS (
	SELECT *, CASE WHEN ifnull(mfa, 0) THEN :with_mfa WHEN ifnull(turned, 0) THEN :rotating ELSE :single END AS need FROM system
)
SELECT system_id AS resource, CASE WHEN length IS NULL THEN 'unknown' WHEN length >= need THEN 'pass' ELSE 'fail' END AS status, 'policy' AS reason,
       CASE WHEN length IS NULL THEN 'blank' WHEN length >= need THEN 'ok' END AS reason_id, name, length, need,
       CASE WHEN ifnull(mfa, 0) THEN '二要素認証あり' WHEN ifnull(turned, 0) THEN '英数字・記号混在で定期変更' ELSE '二要素認証なし' END AS how,
       CASE WHEN ifnull(mfa, 0) THEN 'with a second factor' WHEN ifnull(turned, 0) THEN 'mixed and changed regularly'
            ELSE 'without a second factor' END AS how_en
  FROM judged;
