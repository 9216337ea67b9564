// Every word on the page, Japanese first.  Sentences about findings come from the API, in both languages.

const words = {
  skip: ["本文へ", "Skip to content"],
  demo: ["デモ：架空の病院のデータを表示しています。この機械自身の記録も加わります。", "Demonstration: an invented hospital, with what this machine itself records."],
  outdated: [
    (title) => `「${title}」は前年度の様式です。今年度の様式が手に入り次第、入れ替えてください。`,
    (title) => `“${title}” is last fiscal year's form. Replace it as soon as this year's is available.`,
  ],
  reloadError: [
    (text) => `設定の再読み込みに失敗し、前の設定で動いています：${text}`,
    (text) => `The configuration could not be reloaded; the previous one stays in force: ${text}`,
  ],
  ingestFailing: ["記録を保存できません。ディスクの空き容量を確かめてください。", "Records cannot be saved. Check the free disk space."],
  starting: ["起動直後のため、まだ一度も確かめていない検査があります。", "Just started: some checks have not run yet."],
  lost: [
    (at) => `接続が切れています。表示は ${at} 時点のものです。つながり次第、自動で更新します。`,
    (at) => `Connection lost. What you see is as of ${at}. It updates by itself once the connection is back.`,
  ],
  token: ["トークン", "Token"],
  tokenWanted: ["この画面を見るにはトークンが必要です。管理者から受け取ったトークンを入れてください。", "A token is needed to see this page. Enter the one that the administrator gave you."],
  tokenWrong: ["トークンが正しくないか、期限が切れています。もう一度入れてください。", "That token is wrong or has expired. Enter it again."],
  tokenToSay: ["回答や対応の記録には、操作者のトークンが必要です。トークンはこのタブを閉じるまでだけ保持します。", "To answer or to record what is done you need an operator's token. It is kept until this tab is closed."],
  tokenSend: ["サインイン", "Sign in"],
  signIn: ["サインイン", "Sign in"],
  signOut: ["サインアウト", "Sign out"],
  role: { viewer: ["閲覧のみ", "View only"], operator: ["操作者", "Operator"], admin: ["管理者", "Administrator"] },
  mayNot: ["回答や申告には、操作者としてのサインインが必要です。", "To answer or attest, sign in as an operator."],
  live: ["受信中", "Live"],
  connecting: ["接続しています", "Connecting"],
  offline: ["切断", "Offline"],
  locked: ["サインイン待ち", "Sign-in needed"],
  updated: [(n) => `最終更新 ${n} 秒前`, (n) => `updated ${n} s ago`],
  updatedMinutes: [(n) => `最終更新 ${n} 分前`, (n) => `updated ${n} min ago`],
  language: ["表示言語", "Language"],

  banners: ["お知らせ", "Notices"],
  views: ["画面", "Views"],
  viewName: {
    home: ["状況", "Overview"], findings: ["問題", "Findings"], ledgers: ["台帳", "Ledgers"], contacts: ["連絡体制図", "Contacts"],
    sources: ["記録の届き方", "Sources"], said: ["申告と例外", "Recorded"],
    snapshots: ["スナップショット", "Snapshots"], settings: ["設定", "Settings"],
  },
  reader: [
    (name, until) => `閲覧専用：「${name}」として見ています（${until} まで）。書き込みはできません。`,
    (name, until) => `View only, as “${name}”, until ${until}. Nothing can be changed.`,
  ],
  stands: ["過去の表示", "A past day"],
  past: [(d) => `${d}の終わりに Tenken が示していた内容です。書き込みはできません。`, (d) => `What Tenken said at the end of ${d}. Nothing can be changed here.`],
  pastLoading: [(d) => `${d}の内容を読み込んでいます`, (d) => `Loading what was said on ${d}`],
  pastFail: [(d) => `${d}の内容を読み込めませんでした。`, (d) => `What was said on ${d} could not be loaded.`],
  pastNothing: [(d, first) => `${d}にはまだ何も確かめていませんでした。最初に確かめたのは${first}です。`, (d, first) => `Nothing had been looked at on ${d}. The first day is ${first}.`],
  pastNever: [(d) => `${d}には、まだ何も確かめていませんでした。`, (d) => `Nothing had been looked at on ${d}.`],
  pastNot: ["この画面は過去の日を表示できません。ここだけは、いまの内容です。", "This view cannot show a past day: what you see here is of now."],
  pastLook: ["過去の日を見る", "Look at a past day"],
  pastNote: ["その日の終わりに示していた内容を、画面全体で見ます。", "Shows the whole page as it stood at the end of that day."],
  pastDay: ["日付", "Day"],
  pastGo: ["表示する", "Show"],
  pastBack: ["いまに戻る", "Back to now"],
  dayBefore: ["前の日", "Day before"],
  dayLater: ["次の日", "Day after"],

  overview: ["いまの状況", "Where we stand"],
  overviewThen: ["この日の状況", "Where we stood"],
  score: ["総合点", "Score"],
  points: ["点", "pts"],
  outOf: ["100点満点", "out of 100"],
  coverage: ["確認できている割合", "Coverage"],
  coverageNote: ["総合点は、確認できたことだけを数えます", "the score counts only what could be confirmed"],
  yes: ["「はい」の回答", "“Yes” answers"],
  yesNote: ["様式への回答です。測定結果とは別に数えます", "the institution's own answers, kept apart from what is measured"],
  honestNone: ["まだ何も確かめられていません。この点数は、対策の良し悪しを表していません。", "Nothing could be confirmed yet. This figure says nothing about how good the measures are."],
  honestLow: [
    (c) => `確認できたのは全体の ${c}% です。残りの ${100 - c}% は「問題なし」ではなく「不明」です。`,
    (c) => `Only ${c}% could be confirmed. The other ${100 - c}% is not “fine” but “not known”.`,
  ],
  honestPart: [
    (c) => `全体の ${c}% を確認しました。残りの ${100 - c}% は不明です。`,
    (c) => `${c}% is confirmed. The remaining ${100 - c}% is not known yet.`,
  ],
  honestAll: ["すべての検査項目を確認できています。", "Everything that can be checked has been checked."],
  attested: [(a) => `このうち ${a} 点は、人の申告によるものです。`, (a) => `${a} of these points rest on a person's word.`],
  measured: [(m) => `確認できた範囲での達成率は ${m}% です。`, (m) => `Of what is known, ${m}% is met.`],
  barGood: ["満たしている", "Met"],
  barBad: ["満たしていない", "Not met"],
  barUnknown: ["不明", "Not known"],
  itemsBy: ["項目の内訳", "Items"],

  attention: {
    silent: [(n) => `記録が途絶えている送り主が ${n} あります`, (n) => `${n} source${n === "1" ? " has" : "s have"} gone silent`],
    collectors: [(names) => `収集できていません：${names}`, (names) => `Not collected: ${names}`],
    registersMany: [(n) => `まだない、または読み込めない台帳が ${n} 種あります`, (n) => `${n} ledgers are missing or refused`],
    registers: [(names) => `台帳がない、または読み込めません：${names}`, (names) => `Ledgers missing or refused: ${names}`],
  },

  first: ["まず行うこと", "What to do first"],
  firstThen: ["この日に挙げていた対応", "What to do first, as of that day"],
  firstNone: ["すぐに対応が必要なものは見つかっていません。", "Nothing was found that needs action right away."],
  firstUnknown: ["確かめられない項目が残っています。下の一覧で、足りない記録や台帳を確かめてください。", "Some items cannot be confirmed yet. See below which logs or ledgers are missing."],
  cases: [(n) => `問題 ${n} 件`, (n) => (n === "1" ? "1 problem" : `${n} problems`)],
  item: ["項目", "Item"],

  board: ["チェックリスト", "Checklist"],
  otherSection: ["前提", "Preconditions"],
  filterAll: ["すべて", "All"],
  filterOpen: ["要対応のみ", "Needs action"],
  allGood: ["この条件に当てはまる項目はありません。", "No item matches."],
  open: ["詳しく見る", "Open"],
  unmeasured: ["検査なし：人が確かめて回答します", "No check: a person looks and answers"],
  notScored: ["採点対象外", "not scored"],

  status: {
    pass: ["適合", "Pass"],
    warn: ["注意", "Warning"],
    fail: ["不適合", "Fail"],
    unknown: ["不明", "Unknown"],
    attested: ["申告あり", "Attested"],
    na: ["対象外", "Not applicable"],
  },
  severity: { critical: ["緊急", "Critical"], high: ["高", "High"], medium: ["中", "Medium"], low: ["低", "Low"] },
  severityLabel: ["重要度", "Severity"],

  since: [(when, ago) => `${when} から（${ago}）`, (when, ago) => `since ${when} (${ago})`],
  today: ["今日", "today"],
  days: [(n) => `${n} 日間`, (n) => (n === 1 ? "1 day" : `${n} days`)],

  findings: ["見つかった問題", "Findings"],
  findingsNone: ["いま開いている問題はありません。ただし、確かめられない項目があるときは「問題なし」とは言えません。", "No open findings. Where items are unknown this does not mean that all is well."],
  check: [(title) => `検査：${title}`, (title) => `check: ${title}`],
  findingsFail: ["問題の一覧を読み込めませんでした。", "The findings could not be loaded."],
  resource: ["対象", "What"],
  reason: ["内容", "Finding"],
  sinceLabel: ["いつから", "Since"],
  closed: [(when) => `${when} に解消`, (when) => `closed ${when}`],
  more: ["さらに表示", "Show more"],
  showClosed: ["解消したものも表示", "Include closed ones"],

  sources: ["記録の届き方", "Where the records come from"],
  alive: ["届いている", "Alive"],
  silent: ["途絶えている", "Silent"],
  never: ["一度も届いていない", "Never seen"],
  lastLine: ["最後の記録", "Last line"],
  lines: ["行数", "Lines"],
  unread: ["読み取れない行", "Not understood"],
  source: ["送り主", "Source"],
  state: ["状態", "State"],
  ago: [(n, unit) => `${n} ${unit}前`, (n, unit) => `${n} ${unit} ago`],
  second: ["秒", "s"],
  minute: ["分", "min"],
  hour: ["時間", "h"],
  day: ["日", "d"],
  collectors: ["収集の状態", "Collectors"],
  collectorState: { ok: ["正常", "OK"], off: ["停止中", "Off"], failed: ["失敗", "Failed"] },
  collectorName: {
    syslog: ["syslog 受信", "Syslog"], journal: ["この機械の記録", "Journal"], accounts: ["アカウント", "Accounts"],
    neighbours: ["近くの機器", "Neighbours"], registers: ["台帳", "Registers"], files: ["ファイルの取り込み", "Files"],
  },
  registers: ["台帳", "Ledgers"],
  registerState: { ok: ["読み込み済み", "Loaded"], missing: ["ありません", "Missing"], refused: ["読み込めません", "Refused"] },
  rows: [(n) => `${n} 行`, (n) => (n === "1" ? "1 row" : `${n} rows`)],
  shapes: [(n) => `まだ読み取れない行の形（${n} 種）`, (n) => `Lines not understood yet, by shape (${n})`],
  shapesNote: ["値は伏せ、行の形だけを数えています。多いものから読み取り方を足すと、確かめられることが増えます。", "Only their shape is counted, no value is kept. Teaching the most frequent ones makes more known."],
  times: [(n) => `${n} 回`, (n) => (n === "1" ? "once" : `${n} times`)],
  nextDevice: ["次の機器のつなぎ方（設定の写し付き）：", "How to connect the next device, with settings to copy: "],
  sourcesNone: ["まだどこからも記録が届いていません。", "No records have arrived yet."],

  colon: ["：", ": "],
  comma: ["、", ", "],
  gap: ["", " "],
  until: ["～", " to "],
  paren: [(text) => `（${text}）`, (text) => ` (${text})`],
  close: ["閉じる", "Close"],
  checks: ["この項目を確かめる検査", "Checks behind this item"],
  noChecks: ["この項目を確かめる検査はまだありません。人が確かめて回答してください。", "No check speaks for this item yet. A person has to look."],
  decides: ["この検査が項目の判定を決めます", "decides the item"],
  reasons: ["理由", "Why"],
  todo: ["対応", "What to do"],
  answer: ["様式への回答", "Answer on the form"],
  answerYes: ["はい", "Yes"],
  answerNo: ["いいえ", "No"],
  answerNone: ["未回答", "Not answered"],
  target: [(d) => `目標日 ${d}`, (d) => `target ${d}`],
  refs: ["参照", "References"],
  partial: ["要旨（公式の文言ではありません）", "A summary, not the official wording"],
  partialTag: ["要旨", "Summary"],
  slot: ["本文未収載", "official text not included"],
  attestText: ["人が確かめること", "To be confirmed by a person"],
  waived: ["免除中", "Waived"],
  waiver: [(who, until, why) => `（${who}、${until} まで：${why}）。判定は変わりません。`, (who, until, why) => ` (${who}, until ${until}: ${why}). The status does not change.`],
  rowsHidden: [(n) => `ほか ${n} 件`, (n) => `${n} more`],
  rowsGood: [(n) => `問題のない対象 ${n} 件`, (n) => `${n} without a problem`],
  showEvents: ["もとの記録を見る", "Show the records"],
  hideEvents: ["もとの記録を閉じる", "Hide the records"],
  eventsNone: ["この結果のもとになった記録は残っていません。", "No records are kept for this row."],
  eventsFail: ["記録を読み込めませんでした。", "The records could not be loaded."],
  firstEvent: ["最初の記録", "First record"],
  lastEvent: ["最後の記録", "Last record"],
  masked: ["利用者名は伏せています（入力を間違えたパスワードの可能性があるため）", "the user name is masked: it could be a mistyped password"],
  auditNote: ["もとの記録を見たことは、監査記録に残ります。", "Reading raw records is entered in the audit trail."],
  checkFail: ["この検査を実行できませんでした", "this check could not run"],
  loadFail: ["読み込めませんでした。自動でやり直します。", "Could not be loaded. Trying again."],
  version: [(v) => `Tenken ${v}`, (v) => `Tenken ${v}`],

  say: {
    must: ["必須", "required"],
    cancel: ["やめる", "Cancel"],
    done: ["記録しました。", "Recorded."],
    unsent: ["送れませんでした。接続を確かめて、もう一度押してください。二重には記録されません。", "It could not be sent. Check the connection and press again; it is not recorded twice."],
    failed: [(n) => `記録できませんでした（${n}）。`, (n) => `It could not be recorded (${n}).`],
    answer: ["回答する", "Answer"],
    answerNote: ["様式への回答です。「いいえ」のときは目標日を入れてください。測定結果は変わりません。", "The answer on the form. With “no” give a target date. What is measured stays as it is."],
    answerDo: ["回答を記録", "Record the answer"],
    answered_on: ["確認日", "Confirmed on"],
    target_on: ["目標日（「いいえ」のとき）", "Target date (with “no”)"],
    who: ["氏名", "Your name"],
    note: ["備考", "Note"],
    attest: ["申告する", "Attest"],
    attestNote: ["記録からは分からないことを、根拠を見た人が申告します。期限が切れると「不明」に戻ります。", "What no record shows, said by somebody who saw the evidence. When it ends the row is unknown again."],
    attestDo: ["申告を記録", "Record the attestation"],
    why: ["理由・根拠", "Why"],
    until: ["期限", "Until"],
    role: ["役職", "Position"],
    waive: ["期限つきで認める", "Waive until"],
    waiveNote: ["問題を期限つきの例外として認めます。判定は変わりません。申請者と承認者は別の人です。", "Accepts the problem as an exception with an end. The status stays. Who asks and who approves are two people."],
    waiveDo: ["例外を記録", "Record the waiver"],
    measure: ["代わりの対策", "Measure in its place"],
    approver: ["承認者", "Approved by"],
    back: ["取り消す", "Take back"],
    backNote: ["取り消しても、記録されたことは消えません。だれが、なぜ取り消したかも残ります。", "What was recorded stays on record, with who took it back and why."],
    backDo: ["取り消しを記録", "Record it"],
    token: ["トークンを作る", "Make a token"],
    tokenNote: ["", ""],
    tokenDo: ["作る", "Make it"],
    name: ["名前", "Name"],
    ack: ["対応中にする", "Acknowledge"],
    ackNote: ["対応を始めたことを知らせます。期限まで再通知が止まります。判定は変わりません。", "Says that work has begun. Reminders stop until the date. The status stays."],
    ackDo: ["対応中と記録", "Record it"],
    na: ["対象外とする", "Does not apply"],
    naNote: ["この施設には当てはまらない項目であることを、理由と期限つきで記録します。", "Records, with a reason and an end, that this item does not apply to this institution."],
    naDo: ["対象外と記録", "Record it"],
  },
  plan: ["次の一手", "What comes next"],
  planFresh: ["はじめの計画", "The plan to begin with"],
  planFreshNote: ["まだほとんどの項目を確かめられていません。これは不適合ではなく、記録と台帳がまだつながっていないためです。上から一つずつ進めると、確かめられる割合が増えていきます。", "Hardly anything can be confirmed yet. Nothing has failed: logs and ledgers are not connected so far. Go from the top, one at a time, and more becomes known with each step."],
  planFreshSome: ["まだほとんどの項目を確かめられていません。記録と台帳をつなぐほど、確かめられる割合が増えていきます。上から一つずつ進めてください。", "Hardly anything can be confirmed yet. With each log and ledger that is connected more becomes known: go from the top, one at a time."],
  cheapest: ["少ない手間で点が上がること", "Most gain for the least work"],
  cheapestNone: ["いま挙げられるものはありません。", "Nothing to suggest right now."],
  setup: ["つなぐもの・用意する台帳", "What to connect, which ledgers to prepare"],
  setupNone: ["つなぐべきものは、すべてつながっています。", "Everything that can be connected is."],
  stepKind: {
    register: ["台帳を用意する", "a ledger to prepare"], connect: ["記録をつなぐ", "a log to connect"], attest: ["確かめて申告する", "to confirm and attest"],
    fill: ["台帳を埋める", "a ledger to complete"], operate: ["運用で直す", "to put right"], replace: ["入れ替える", "to replace"], answer: ["様式に回答する", "to answer on the form"],
  },
  gain: [(n) => `総合点 +${n}`, (n) => `score +${n}`],
  coverageGain: [(n) => `確認できる割合 +${n}%`, (n) => `coverage +${n}%`],
  howTo: ["手順を見る", "How to do it"],
  copy: ["設定をコピー", "Copy the settings"],
  copied: ["コピーしました", "Copied"],
  copySelf: ["選択しました。Ctrl+C でコピーしてください", "Selected: copy with Ctrl+C"],
  outlook: ["動きと見通し", "Movement and outlook"],
  outlookPast: ["この日の動き", "What happened that day"],
  changesThen: ["この日に変わったこと", "What changed that day"],
  silentTitle: ["途絶えている記録", "Records that have stopped"],
  silentNone: ["途絶えている記録はありません。", "Nothing has gone silent."],
  silentSince: [(at, ago) => `${at} が最後（${ago}）`, (at, ago) => `last ${at} (${ago})`],
  trend: ["90日間の推移", "The last 90 days"],
  trendNone: ["推移はまだありません。1日ごとに記録がたまると、ここに線が出ます。", "No history yet. A line appears here as days pass."],
  trendSaid: [
    (a, b, c, d) => `90日間で、総合点は ${a} から ${b} へ、確認できている割合は ${c}% から ${d}% へ変わりました。`,
    (a, b, c, d) => `Over 90 days the score went from ${a} to ${b}, coverage from ${c}% to ${d}%.`,
  ],
  changes: ["今日変わったこと", "What changed today"],
  changesNone: ["今日はまだ何も変わっていません。", "Nothing has changed today."],
  newOne: ["新規", "new"],
  goneOne: ["なくなった", "gone"],
  becomes: ["から", "to"],
  lapses: ["90日以内に期限が来るもの", "What lapses within 90 days"],
  lapsesNone: ["90日以内に期限が来るものはありません。", "Nothing lapses within 90 days."],
  forecastScore: [(a, b) => `何もしないと、総合点は 90 日後に ${a} から ${b} になります。`, (a, b) => `If nobody acts the score goes from ${a} to ${b} in 90 days.`],
  targetPast: ["「いいえ」の目標日を過ぎています", "The target date of a “no” has passed"],
  targetComes: ["「いいえ」の目標日", "Target date of a “no”"],
  inDays: [(n) => (n === 0 ? "今日" : n > 0 ? `あと ${n} 日` : `${-n} 日超過`), (n) => (n === 0 ? "today" : n > 0 ? `in ${n} d` : `${-n} d late`)],
  moreOf: [(n) => `ほか ${n} 件を表示`, (n) => `Show ${n} more`],
  loading: ["読み込んでいます", "Loading"],

  acked: ["対応中", "Being worked on"],
  ackedBy: [(who, at, why) => `（${who}、${at}から${why ? `：${why}` : ""}）`, (who, at, why) => ` (${who}, since ${at}${why ? `: ${why}` : ""})`],
  attestedBy: [(who) => `${who} の申告`, (who) => `Attested by ${who}`],
  attestedWhy: [(until, why) => `（${until} まで：${why}）`, (until, why) => ` (until ${until}: ${why})`],
  answeredOn: [(d) => `確認日 ${d}`, (d) => `confirmed ${d}`],
};

let language = 0;
try {
  language = localStorage.getItem("language") === "en" ? 1 : 0;
} catch {
  language = 0;
}

export const languages = [["ja", "日本語"], ["en", "English"]];

export function languageNow() {
  return languages[language][0];
}

export function languageSet(code) {
  language = code === "en" ? 1 : 0;
  try {
    localStorage.setItem("language", code);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

// The words of a view that is loaded when it is opened.
export function wordsAdd(name, more) {
  words[name] = more;
}

// w("status.fail"), w("updated", 3)
export function w(path, ...values) {
  let word = words;
  for (const part of path.split("."))
    word = word?.[part];
  word = word?.[language];
  return typeof word === "function" ? word(...values) : word ?? path.split(".").pop();
}

// A text of the API: {"ja","en"}.
export function both(text) {
  if (!text)
    return "";
  if (language === 0 || !text.en)
    return text.ja || text.en || "";
  return text.en[0].toUpperCase() + text.en.slice(1);
}

// "2026-11-21T14:02:03+09:00" as written, in the site's own time.
export function when(iso, withTime = true) {
  if (!iso)
    return "";
  const [date, time] = iso.split("T");
  const [y, m, d] = date.split("-").map(Number);
  const day = language === 1 ? date : `${y}年${m}月${d}日`;
  return withTime && time ? `${day} ${time.slice(0, 5)}` : day;
}

// @iso plus @days, as YYYY-MM-DD in the same zone.
export function dayAfter(iso, days) {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

// A moment of this browser's clock as the site would write it.
export function clock(date) {
  return new Date(date.getTime() + clockAhead + clockZone * 60000).toISOString().slice(11, 19);
}

// The clock is the site's, in the site's zone, never this browser's: @iso is what the API said the time is, just now.  @still: it
// does not go on, for a day that is over.
let clockAhead = 0, clockStill = null, clockZone = 9 * 60;

export function clockSet(iso, still = false) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(iso);
  clockZone = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
  clockStill = still ? Date.parse(iso) : null;
  if (!still)
    clockAhead = Date.parse(iso) - Date.now();
}

// Milliseconds since 1970, by the site's clock.
export function now() {
  return clockStill ?? Date.now() + clockAhead;
}

// The site's day, @days from today, as YYYY-MM-DD.
export function day(days = 0) {
  return new Date(now() + clockZone * 60000 + days * 86400000).toISOString().slice(0, 10);
}

export function since(iso) {
  if (!iso)
    return "";
  const days = Math.floor((now() - Date.parse(iso)) / 86400000);
  return w("since", when(iso), days < 1 ? w("today") : w("days", days));
}

export function ago(iso) {
  if (!iso)
    return "";
  const seconds = Math.max(0, Math.round((now() - Date.parse(iso)) / 1000));
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]])
    if (seconds >= size)
      return w("ago", Math.floor(seconds / size), w(unit));
  return w("ago", seconds, w("second"));
}

export function number(n) {
  return Number(n).toLocaleString(language === 1 ? "en-US" : "ja-JP");
}
