// One item opened: the answer, its checks, their rows, the raw lines behind a row, and what the one who looks may say.
import { get } from "./api.js";
import { badge, el, fill, icon, severity } from "./dom.js";
import { opener } from "./say.js";
import { both, now, number, since, w, when } from "./words.js";

const ROWS = 50;
const hidden = new Set(["pass", "na"]);

function record(title, event) {
  return el("figure", { class: "record" },
    el("figcaption", {}, title, " ", when(event.received), " ", event.source ?? event.peer ?? ""),
    el("pre", { tabindex: "0" }, event.raw ?? ""),
    event.masked ? el("p", { class: "note" }, w("masked")) : null);
}

async function showRecords(row, box, button) {
  if (box.childNodes.length > 0) {
    fill(box);
    button.textContent = w("showEvents");
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const ids = [...new Set([row.first_event, row.last_event].filter(Boolean))];
  try {
    const pages = await Promise.all(ids.map((id) => get(`events?id=${encodeURIComponent(id)}`)));
    const events = pages.flatMap((page) => page.items);
    fill(box, events.length === 0 ? el("p", { class: "note" }, w("eventsNone")) :
      events.map((event, i) => record(w(i === 0 ? "firstEvent" : "lastEvent"), event)),
      el("p", { class: "note" }, w("auditNote")));
  } catch {
    fill(box, el("p", { class: "note" }, w("eventsFail")));
  }
  button.textContent = w("hideEvents");
  button.setAttribute("aria-expanded", "true");
}

// What may be said of a row: never more than the API would take.
function actions(check, row, box, sheet) {
  const fixed = { check: check.id, resource: row.resource };
  const open = (kind, of) => opener(kind, box, fixed, of, sheet.said);
  if (!sheet.may || !row.resource)
    return [];
  if (row.status === "unknown" || row.status === "attested")
    return check.attest_days > 0 ? [open("attest", { days: check.attest_days })] : [];
  return row.status === "fail" || row.status === "warn" ? [open("ack", {}), open("waive", {})] : [];
}

function ackOf(check, row, sheet) {
  const ack = sheet.acks.find((a) => a.check === check.id && (a.resource === row.resource || a.resource === "*") && Date.parse(a.at) >= Date.parse(row.since));
  return ack && (row.status === "fail" || row.status === "warn") ?
    el("p", { class: "note" }, el("b", {}, w("acked")), w("ackedBy", ack.who, when(ack.at), ack.why ?? "")) : null;
}

function attestationOf(row, said) {
  const found = row.status === "attested" ? said.find((a) => a.resource === row.resource) : null;
  return found ? el("p", { class: "note" }, el("b", {}, w("attestedBy", found.who)), w("attestedWhy", found.until, found.why)) : null;
}

function rowOf(check, row, said, sheet) {
  const box = el("div", { class: "records" }), words = el("div", {});
  const button = row.first_event || row.last_event ?
    el("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => showRecords(row, box, button) }, w("showEvents")) : null;

  return el("li", { class: `row ${row.status}` },
    icon(row.status),
    el("div", {},
      el("p", {}, row.resource ? el("b", { class: "resource" }, row.resource) : null, el("span", { class: "sr" }, w(`status.${row.status}`)), both(row.reason)),
      el("p", { class: "note" }, since(row.since)),
      row.waiver ? el("p", { class: "note" }, el("b", {}, w("waived")), w("waiver", row.waiver.who, row.waiver.until, row.waiver.why)) : null,
      attestationOf(row, said), ackOf(check, row, sheet),
      el("div", { class: "line row-actions" }, button, actions(check, row, words, sheet)),
      words, box));
}

function rows(check, said, sheet) {
  const bad = check.rows.filter((row) => !hidden.has(row.status));
  const good = check.counts.pass;

  return [
    check.error ? el("p", { class: "notice" }, `${w("checkFail")}${w("colon")}${check.error}`) : null,
    bad.length > 0 ? el("ul", { class: "rows" }, bad.map((row) => rowOf(check, row, said, sheet))) : null,
    check.more > 0 ? el("p", { class: "note" }, w("rowsHidden", number(check.more))) : null,
    good > 0 ? el("p", { class: "note good" }, icon("pass"), w("rowsGood", number(good))) : null,
  ];
}

function checkBox(check, sheet) {
  const body = el("div", { "aria-busy": "true" }), id = encodeURIComponent(check.id);
  const box = el("section", { class: `check ${check.status}` },
    el("h4", {}, both(check.title)),
    el("p", { class: "line" }, badge(check.status), severity(check.severity),
      el("span", { class: "note" }, since(check.since)),
      check.decides ? el("span", { class: "note" }, w("decides")) : null),
    both(check.fix) && ["fail", "warn", "unknown"].includes(check.status) ?
      el("p", { class: "fix" }, el("b", {}, `${w("todo")}${w("colon")}`), both(check.fix)) : null,
    body);
  const load = async () => {
    if (sheet.past) {
      fill(body, rows(check, [], sheet));
      return;
    }
    const whole = await get(`checks/${id}?limit=${ROWS}`);
    const said = whole.counts.attested > 0 ? (await get(`attestations?check=${id}&state=current&limit=1000`)).items : [];
    await sheet.acksReady;
    fill(body, rows(whole, said, sheet));
  };
  load().catch(() => fill(body, el("p", { class: "note" }, w("loadFail")))).finally(() => body.removeAttribute("aria-busy"));
  return box;
}

function facts(item) {
  const said = item.answer ? [w(item.answer === "yes" ? "answerYes" : "answerNo"),
    item.answered_on ? w("answeredOn", item.answered_on) : null, item.target_date ? w("target", item.target_date) : null, item.answered_by] : [w("answerNone")];
  const list = [[w("answer"), said.filter(Boolean).join(w("comma"))]];
  if (item.attest)
    list.push([w("attestText"), item.attest]);
  if (item.refs.length > 0)
    list.push([w("refs"), item.refs.join(w("comma"))]);
  return el("dl", { class: "facts" }, list.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

// @more: {item, pack, may, past: what was said on the day that is looked at, signIn, said: called when something was said}.
export function detail(dialog, more) {
  const { item } = more;
  if (!item)
    return;
  dialog.dataset.item = item.id;
  const sheet = { may: more.may, said: more.said, past: more.past, acks: [] };
  const box = el("div", {}), own = { pack: more.pack, item: item.id };
  const values = item.answer ? { answer: item.answer, target_on: item.target_date } : {};
  sheet.acksReady = get("acks").then((list) => {
    sheet.acks = list.items.filter((a) => !a.until || Date.parse(a.until) > now());
  }, () => {});

  fill(dialog,
    el("div", { class: "sheet" },
      el("div", { class: "line head" }, el("span", { class: "id" }, item.id), badge(item.status),
        el("span", { class: "note" }, since(item.since)),
        el("button", { type: "button", class: "close", onclick: () => dialog.close() }, w("close"))),
      el("h2", { id: "detail-title" }, item.text_state === "slot" ? w("slot") : both(item.text)),
      item.text_state === "partial" ? el("p", { class: "note" }, w("partial")) : null,
      facts(item),
      sheet.may ? el("div", { class: "line" }, opener("answer", box, own, { values }, more.said),
        opener("na", box, { what: `${more.pack}/${item.id}` }, {}, more.said)) :
        more.past ? null : el("p", { class: "note" }, w("mayNot"), " ", el("button", { type: "button", class: "link", onclick: more.signIn }, w("signIn"))),
      box,
      el("h3", {}, w("checks")),
      item.checks.length === 0 ? el("p", { class: "empty" }, w("noChecks")) : item.checks.map((check) => checkBox(check, sheet))));
  if (!dialog.open)
    dialog.showModal();
}
