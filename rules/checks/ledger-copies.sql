-- id: ledger-copies
-- ref: CL-2-01.f
-- title.ja: 機器台帳の写しを、ネットワークから切り離した場所にも持っている
-- title.en: copies of the register of devices exist, one of them off the network
-- severity: low
-- decides: no
-- needs: register:documents
-- attest: 365
-- param: copies = 2
-- basis: proposed
-- reason.ja: 機器台帳の写しは{copies}つで、切り離した場所（紙や外付け媒体）にあるものは{apart}つ
-- reason.en: copies of the register of devices: {copies}, of them off the network (paper or a detached medium): {apart}
-- reason.ja.never: 機器台帳の写しをどこに持っているか、文書台帳に書かれていない
-- reason.en.never: where copies of the register of devices are is not written in the register of documents
-- reason.ja.blank: 機器台帳の写し{copies}つのうち{blank}つは、媒体（紙、サーバなど）が書かれていない
-- reason.en.blank: of {copies} copies of the register of devices, the medium of {blank} is not written
-- reason.ja.ok: 機器台帳の写しは{copies}つ、うち切り離した場所に{apart}つある
-- reason.en.ok: copies of the register of devices: {copies}, of them off the network: {apart}
-- fix.ja: 台帳を印刷するか外付け媒体に写し、文書台帳に区分「台帳の写し」、媒体（紙、切り離した媒体、サーバ、クラウド）、保管場所を書く
-- fix.en: print the register or copy it to a detached medium, and enter kind ledger_copy, medium and place in the register of documents
--
-- When everything is encrypted, the list of what has to be restored must not be among it.

WITH copy AS (
	SELECT count(*) AS copies, ifnull(sum(medium IN ('paper', 'offline')), 0) AS apart, ifnull(sum(medium IS NULL), 0) AS blank
	  FROM v_document
	 WHERE kind = 'ledger_copy'
)
SELECT 'ledger_copy' AS resource,
       CASE WHEN copies = 0 THEN 'unknown' WHEN copies >= :copies AND apart > 0 THEN 'pass'
            WHEN copies >= :copies AND blank > 0 THEN 'unknown' ELSE 'warn' END AS status,
       'copies of the register' AS reason,
       CASE WHEN copies = 0 THEN 'never' WHEN copies >= :copies AND apart > 0 THEN 'ok' WHEN copies >= :copies AND blank > 0 THEN 'blank'
            END AS reason_id, copies, apart, blank
  FROM copy;
