/*
 * The registers and their columns (domain.md 3.5, 3.6, 4 and 8.2; design.md section 8).  Adding a column is adding a line:
 * the table, the template and the view's source follow.  What is peculiar: headings are compared with case, width and
 * blanks folded, so that a sheet that came out of a spreadsheet is read as it is.
 */

#include "core/register.h"

#define KIND \
	"human=個人|職員|利用者 shared=共有 service=サービス|システム用 vendor=業者|保守業者|事業者 break_glass=緊急|緊急用 test=テスト|試験"
#define CLASS                                                                                                                                        \
	"server=サーバ|サーバー terminal=端末|端末PC|PC network=ネットワーク機器|ネットワーク medical_device=医療機器 " \
	"iot=IoT|IoT機器 storage=ストレージ|NAS media=媒体|外部媒体 byod=BYOD|私物"

static const struct column people[] = {
	{ "person_id", "職員番号", "職員ID|職員コード|ID", COLUMN_ID, true, NULL, "E0001" },
	{ "name", "氏名", "名前", COLUMN_TEXT, true, NULL, "山田 太郎" },
	{ "department", "所属", "部署|部門", COLUMN_TEXT, false, NULL, "医事課" },
	{ "role", "役職", "職名", COLUMN_TEXT, false, NULL, "主任" },
	{ "qualification", "資格", "職種", COLUMN_TEXT, false, NULL, "診療情報管理士" },
	{ "joined_at", "入職日", "採用日|入社日", COLUMN_DATE, false, NULL, "2020-04-01" },
	{ "left_at", "退職日", "退職年月日", COLUMN_DATE, false, NULL, "" },
	{ "on_leave_until", "休職終了予定日", "休業終了予定日", COLUMN_DATE, false, NULL, "" },
	{ NULL },
};

static const struct column accounts[] = {
	{ "account_id", "アカウント", "アカウントID|ログインID|ユーザーID|ユーザID", COLUMN_ID, true, NULL, "yamada" },
	{ "system_id", "システム", "システムID", COLUMN_ID, true, NULL, "emr" },
	{ "person_id", "職員番号", "職員ID|職員コード", COLUMN_ID, false, NULL, "E0001" },
	{ "kind", "種別", "区分", COLUMN_ENUM, false, KIND, "human" },
	{ "admin", "管理者権限", "管理者", COLUMN_BOOL, false, NULL, "no" },
	{ "department", "所属", "部署", COLUMN_TEXT, false, NULL, "医事課" },
	{ "qualification", "資格", "職種", COLUMN_TEXT, false, NULL, "" },
	{ "issued_at", "発行日", "登録日", COLUMN_DATE, false, NULL, "2020-04-01" },
	{ "valid_to", "有効期限", NULL, COLUMN_DATE, false, NULL, "" },
	{ "mfa", "二要素認証", "多要素認証", COLUMN_BOOL, false, NULL, "no" },
	{ "approved_by", "承認者", NULL, COLUMN_TEXT, false, NULL, "" },
	{ "last_review", "最終棚卸日", "棚卸日", COLUMN_DATE, false, NULL, "2026-10-01" },
	{ "disabled_at", "無効化日", "停止日", COLUMN_DATE, false, NULL, "" },
	{ "deleted_at", "削除日", NULL, COLUMN_DATE, false, NULL, "" },
	{ "unused_ok_until", "未使用許可期限", NULL, COLUMN_DATE, false, NULL, "" },
	{ "note", "備考", NULL, COLUMN_TEXT, false, NULL, "" },
	{ NULL },
};

static const struct column devices[] = {
	{ "device_id", "機器番号", "機器ID|管理番号|資産番号", COLUMN_ID, true, NULL, "PC-0001" },
	{ "mac", "MACアドレス", "MAC|物理アドレス", COLUMN_MACS, false, NULL, "34:23:ba:11:26:b8" },
	{ "ip", "IPアドレス", "IP", COLUMN_IPS, false, NULL, "192.168.1.22" },
	{ "hostname", "ホスト名", "コンピュータ名|コンピューター名", COLUMN_NAMES, false, NULL, "pc0001" },
	{ "class", "機器区分", "区分|種別", COLUMN_ENUM, false, CLASS, "terminal" },
	{ "name", "機器名", "名称", COLUMN_TEXT, false, NULL, "医事課 端末1" },
	{ "maker", "メーカー", "製造元", COLUMN_TEXT, false, NULL, "" },
	{ "model", "型番", "機種", COLUMN_TEXT, false, NULL, "" },
	{ "serial", "製造番号", "シリアル番号|シリアル", COLUMN_TEXT, false, NULL, "" },
	{ "location", "設置場所", "所在|場所", COLUMN_TEXT, false, NULL, "1階 医事課" },
	{ "department", "所属", "部署", COLUMN_TEXT, false, NULL, "医事課" },
	{ "user", "利用者", "使用者", COLUMN_TEXT, false, NULL, "医事課 共用" },
	{ "manager", "管理者", "管理責任者", COLUMN_TEXT, false, NULL, "" },
	{ "vendor_id", "事業者番号", "事業者ID|業者ID", COLUMN_ID, false, NULL, "" },
	{ "os", "OS", NULL, COLUMN_TEXT, false, NULL, "Windows 11" },
	{ "os_version", "OSバージョン", NULL, COLUMN_TEXT, false, NULL, "23H2" },
	{ "firmware", "ファームウェア", "ファームウェア版", COLUMN_TEXT, false, NULL, "" },
	{ "remote_maintenance", "リモート保守", "リモートメンテナンス|リモートメンテナンスの有無", COLUMN_BOOL, false,
	  NULL, "no" },
	{ "antimalware", "マルウェア対策", "ウイルス対策", COLUMN_BOOL, false, NULL, "yes" },
	{ "usable", "使用可否", "利用可否", COLUMN_ENUM, false,
	  "yes=可|使用可|○ no=不可|使用不可|× limited=条件付|条件付き", "yes" },
	{ "last_inventory", "最終棚卸日", "棚卸日", COLUMN_DATE, false, NULL, "2026-10-01" },
	{ "acquired", "導入日", "取得日", COLUMN_DATE, false, NULL, "" },
	{ "eos_date", "サポート終了日", "サポート期限", COLUMN_DATE, false, NULL, "" },
	{ "disposed", "廃棄日", NULL, COLUMN_DATE, false, NULL, "" },
	{ "networked", "ネットワーク接続", "接続有無", COLUMN_BOOL, false, NULL, "yes" },
	{ "unseen_ok_days", "未検出許容日数", NULL, COLUMN_NUMBER, false, NULL, "" },
	{ NULL },
};

static const struct column vendors[] = {
	{ "vendor_id", "事業者番号", "事業者ID|業者ID", COLUMN_ID, true, NULL, "V01" },
	{ "name", "事業者名", "業者名|名称|会社名", COLUMN_TEXT, true, NULL, "株式会社 電子カルテ商会" },
	{ "active", "取引中", NULL, COLUMN_BOOL, false, NULL, "yes" },
	{ "security_policy_ref", "セキュリティ方針の資料", NULL, COLUMN_TEXT, false, NULL, "" },
	{ "note", "備考", NULL, COLUMN_TEXT, false, NULL, "" },
	{ NULL },
};

static const struct column contracts[] = {
	{ "contract_id", "契約番号", NULL, COLUMN_ID, true, NULL, "C-2026-01" },
	{ "vendor_id", "事業者番号", "事業者ID|業者ID", COLUMN_ID, true, NULL, "V01" },
	{ "system_id", "システム", "システムID", COLUMN_ID, false, NULL, "emr" },
	{ "starts_at", "開始日", "契約開始日", COLUMN_DATE, false, NULL, "2026-04-01" },
	{ "ends_at", "終了日", "契約終了日", COLUMN_DATE, false, NULL, "2027-03-31" },
	{ "update_responsible", "更新作業の責任者", "更新責任", COLUMN_TEXT, false, NULL, "事業者" },
	{ NULL },
};

#define CONTACT_KIND                                                                                                                                              \
	"internal_executive=経営層|院長|最高責任者 internal_responsible=安全管理責任者|医療情報システム安全管理責任者 "           \
	"internal_planner=企画管理者 internal_operator=システム運用担当者|情報システム部門|CSIRT internal_departments=診療部門|部門 " \
	"vendor=事業者 security_vendor=情報セキュリティ事業者 external_expert=外部有識者 police=警察|都道府県警察 "                    \
	"mhlw=厚生労働省|厚労省 competent_authority=所管省庁等|所管省庁|都道府県|保健所 ppc=個人情報保護委員会 ipa=IPA "         \
	"jpcert=JPCERT|JPCERT/CC ceptoar=医療セプター medical_isac=医療ISAC saj=ソフトウェア協会 medical_association=医師会 "                  \
	"mist=MIST isp_cloud=回線事業者|クラウド事業者 insurer=保険会社 neighbours=近隣医療機関 public_relations=広報|弁護士"

static const struct column contacts[] = {
	{ "kind", "区分", "種別|連絡先区分", COLUMN_ENUM, true, CONTACT_KIND, "police" },
	{ "organisation", "組織名", "機関名|会社名", COLUMN_TEXT, true, NULL, "県警察本部" },
	{ "section", "部署", "担当部署|課", COLUMN_TEXT, false, NULL, "サイバー犯罪対策課" },
	{ "person", "担当者", "氏名", COLUMN_TEXT, false, NULL, "" },
	{ "person_id", "職員番号", "職員ID", COLUMN_ID, false, NULL, "" },
	{ "vendor_id", "事業者番号", "事業者ID|業者ID", COLUMN_ID, false, NULL, "" },
	{ "phone", "電話", "電話番号", COLUMN_PHONE, false, NULL, "" },
	{ "phone_alt", "代替電話", "携帯電話|緊急電話", COLUMN_PHONE, false, NULL, "" },
	{ "email", "メール", "メールアドレス|Eメール", COLUMN_TEXT, false, NULL, "" },
	{ "hours", "受付時間", "対応時間", COLUMN_TEXT, false, NULL, "" },
	{ "contract_no", "契約番号", NULL, COLUMN_TEXT, false, NULL, "" },
	{ "verified_at", "確認日", "最終確認日", COLUMN_DATE, false, NULL, "2026-10-01" },
	{ "verified_by", "確認者", NULL, COLUMN_TEXT, false, NULL, "" },
	{ "verified_how", "確認方法", NULL, COLUMN_TEXT, false, NULL, "電話" },
	{ "expires_at", "有効期限", NULL, COLUMN_DATE, false, NULL, "" },
	{ "note", "備考", NULL, COLUMN_TEXT, false, NULL, "" },
	{ NULL },
};

#define ROLE                                                                                                                                            \
	"responsible=安全管理責任者|医療情報システム安全管理責任者 planner=企画管理者 operator=システム運用担当者 " \
	"executive=経営層|院長 tech_operator=技術担当者 emergency=非常時体制 leak_response=漏えい対応 training=教育訓練 "       \
	"audit=内部監査|自己点検 patient_desk=患者相談|苦情窓口"

static const struct column roles[] = {
	{ "role", "役割", "職責", COLUMN_ENUM, true, ROLE, "responsible" },
	{ "person_id", "職員番号", "職員ID", COLUMN_ID, true, NULL, "E0001" },
	{ "appointed_at", "任命日", "就任日", COLUMN_DATE, true, NULL, "2026-04-01" },
	{ "ended_at", "解任日", "退任日", COLUMN_DATE, false, NULL, "" },
	{ "is_executive", "経営層である", "経営層", COLUMN_BOOL, false, NULL, "yes" },
	{ "duties", "職務内容", "業務範囲", COLUMN_TEXT, false, NULL, "" },
	{ "document", "任命文書", "根拠文書", COLUMN_TEXT, false, NULL, "" },
	{ NULL },
};

static const struct column systems[] = {
	{ "system_id", "システムID", "システム", COLUMN_ID, true, NULL, "emr" },
	{ "name", "システム名", "名称", COLUMN_TEXT, true, NULL, "電子カルテ" },
	{ "vendor_id", "事業者番号", "事業者ID|業者ID", COLUMN_ID, false, NULL, "V01" },
	{ "hosts", "ホスト", "ホスト名", COLUMN_NAMES, false, NULL, "emr01 emr02" },
	{ "domains", "ドメイン", "ドメイン名", COLUMN_NAMES, false, NULL, "hosp" },
	{ "version", "バージョン", "版", COLUMN_TEXT, false, NULL, "" },
	{ "critical", "重要", "重要システム", COLUMN_BOOL, false, NULL, "yes" },
	{ NULL },
};

static const struct column documents[] = {
	{ "kind", "区分", "種別", COLUMN_ENUM, true,
	  "bcp=BCP|事業継続計画 mds=MDS sds=SDS certification=認証|認定 regulation=規程|運用管理規程 chart=連絡体制図 "
	  "recovery_procedure=復旧手順 rights_matrix=権限表|権限規程 other=その他",
	  "bcp" },
	{ "title", "文書名", "題名|名称", COLUMN_TEXT, true, NULL, "サイバー攻撃を想定した事業継続計画" },
	{ "vendor_id", "事業者番号", "事業者ID", COLUMN_ID, false, NULL, "" },
	{ "system_id", "システム", "システムID", COLUMN_ID, false, NULL, "" },
	{ "version", "版", "バージョン", COLUMN_TEXT, false, NULL, "1.0" },
	{ "approved_by", "承認者", NULL, COLUMN_TEXT, false, NULL, "院長" },
	{ "approved_at", "承認日", NULL, COLUMN_DATE, false, NULL, "2026-04-01" },
	{ "reviewed_at", "見直し日", "最終見直し日", COLUMN_DATE, false, NULL, "2026-04-01" },
	{ "valid_to", "有効期限", NULL, COLUMN_DATE, false, NULL, "" },
	{ "place", "保管場所", NULL, COLUMN_TEXT, false, NULL, "" },
	{ NULL },
};

static const struct column calendar[] = {
	{ "date", "日付", "年月日", COLUMN_DATE, true, NULL, "2026-12-29" },
	{ "kind", "区分", "種別", COLUMN_ENUM, true, "closed=休診|休業 open=開院|営業 maintenance=停電|保守|計画停止",
	  "closed" },
	{ "note", "備考", "内容", COLUMN_TEXT, false, NULL, "年末年始" },
	{ NULL },
};

static const struct column log_sources[] = {
	{ "source_id", "ログ送信元", "送信元ID", COLUMN_ID, true, NULL, "fw01" },
	{ "host", "ホスト", "ホスト名|IPアドレス", COLUMN_NAMES, true, NULL, "fw01" },
	{ "system_id", "システム", "システムID", COLUMN_ID, false, NULL, "" },
	{ "segment", "セグメント", "ネットワーク", COLUMN_TEXT, false, NULL, "" },
	{ "types", "記録の種類", "種類", COLUMN_TEXT, false, NULL, "auth_success auth_failure" },
	{ "expected_hours", "受信間隔（時間）", "受信間隔", COLUMN_NUMBER, false, NULL, "24" },
	{ "reviewed_at", "確認日", NULL, COLUMN_DATE, false, NULL, "" },
	{ NULL },
};

static const struct column backups[] = {
	{ "job", "ジョブ名", "バックアップ名", COLUMN_ID, true, NULL, "emr-daily" },
	{ "system_id", "システム", "システムID", COLUMN_ID, true, NULL, "emr" },
	{ "interval_hours", "間隔（時間）", "間隔", COLUMN_NUMBER, false, NULL, "24" },
	{ "target_class", "保存先区分", NULL, COLUMN_ENUM, false,
	  "online=オンライン offline=オフライン immutable=変更不可 cloud=クラウド", "online" },
	{ "generations", "世代数", "世代", COLUMN_NUMBER, false, NULL, "14" },
	{ NULL },
};

#define REGISTER(kind, ja, en, key, any)                       \
	{                                                      \
#kind, ja, en, kind, COUNT(kind) - 1, key, any \
	}

const struct register_def registers[] = {
	REGISTER(people, "職員台帳", "people", "person_id", NULL),
	REGISTER(accounts, "アカウント台帳", "accounts", "system_id account_id", NULL),
	REGISTER(devices, "機器台帳", "devices", "device_id", "mac ip hostname"),
	REGISTER(vendors, "事業者台帳", "vendors", "vendor_id", NULL),
	REGISTER(contracts, "契約台帳", "contracts", "contract_id", NULL),
	REGISTER(contacts, "連絡先台帳", "contacts", "kind organisation section person vendor_id", NULL),
	REGISTER(roles, "任命台帳", "appointments", "role person_id appointed_at", NULL),
	REGISTER(systems, "システム台帳", "systems", "system_id", NULL),
	REGISTER(documents, "文書台帳", "documents", "kind title vendor_id system_id", NULL),
	REGISTER(calendar, "休診日カレンダー", "calendar", "date kind", NULL),
	REGISTER(log_sources, "ログ送信元台帳", "log sources", "source_id", NULL),
	REGISTER(backups, "バックアップ台帳", "backups", "job", NULL),
};

const size_t n_registers = COUNT(registers);

const struct register_def *register_find(struct str kind)
{
	for (size_t i = 0; i < n_registers; i++)
		if (str_eq(str_of(registers[i].kind), kind))
			return &registers[i];
	return NULL;
}

/* Writes @s with case, blanks, '_' and full-width letters folded; returns the bytes written. */
static size_t heading_fold(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < size; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ' || c == '\t' || c == '_' || c == '\n' || c == '\r')
			continue;
		if (c == 0xe3 && i + 2 < s.n && !memcmp(s.p + i, "\xe3\x80\x80", 3)) { /* ideographic space */
			i += 2;
			continue;
		}
		if (c == 0xef && i + 2 < s.n) { /* U+FF01..FF5E are ASCII + 0xfee0 */
			unsigned code = ((c & 15u) << 12) | (((unsigned char)s.p[i + 1] & 63u) << 6) |
					((unsigned char)s.p[i + 2] & 63u);

			if (code >= 0xff01 && code <= 0xff5e) {
				c = (unsigned char)(code - 0xfee0);
				i += 2;
			}
		}
		buf[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return n;
}

static bool heading_is(struct str folded, const char *name)
{
	char buf[128];

	return name && str_eq(folded, (struct str){ buf, heading_fold(str_of(name), buf, sizeof(buf)) });
}

static bool heading_any(struct str folded, const char *aliases)
{
	struct str rest = str_of(aliases);

	while (rest.n > 0) {
		struct str alias = str_cut(&rest, '|');
		char buf[128];

		if (str_eq(folded, (struct str){ buf, heading_fold(alias, buf, sizeof(buf)) }))
			return true;
	}
	return false;
}

int register_column(const struct register_def *def, struct str heading)
{
	char buf[128];
	struct str folded = { buf, heading_fold(heading, buf, sizeof(buf)) };

	if (folded.n == 0)
		return -1;
	for (size_t i = 0; i < def->n_columns; i++)
		if (heading_is(folded, def->columns[i].name) || heading_is(folded, def->columns[i].ja))
			return (int)i;
	for (size_t i = 0; i < def->n_columns; i++)
		if (heading_any(folded, def->columns[i].aliases))
			return (int)i;
	return -1;
}
