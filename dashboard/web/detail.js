// One item opened: its checks, their rows, and the raw lines behind a row.
import { get } from "./api.js";
import { badge, el, fill, icon, severity } from "./dom.js";
import { both, number, since, w, when } from "./words.js";

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

function rowOf(row) {
  const box = el("div", { class: "records" });
  const button = row.first_event || row.last_event ?
    el("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => showRecords(row, box, button) }, w("showEvents")) : null;

  return el("li", { class: `row ${row.status}` },
    icon(row.status),
    el("div", {},
      el("p", {}, row.resource ? el("b", { class: "resource" }, row.resource) : null, el("span", { class: "sr" }, w(`status.${row.status}`)), both(row.reason)),
      el("p", { class: "note" }, since(row.since), " ", button),
      row.waiver ? el("p", { class: "note" }, el("b", {}, w("waived")), w("waiver", row.waiver.who, row.waiver.until, row.waiver.why)) : null,
      box));
}

function rows(detail) {
  const bad = detail.rows.filter((row) => !hidden.has(row.status));
  const good = detail.counts.pass;

  return [
    detail.error ? el("p", { class: "notice" }, `${w("checkFail")}${w("colon")}${detail.error}`) : null,
    bad.length > 0 ? el("ul", { class: "rows" }, bad.map(rowOf)) : null,
    detail.more > 0 ? el("p", { class: "note" }, w("rowsHidden", number(detail.more))) : null,
    good > 0 ? el("p", { class: "note good" }, icon("pass"), w("rowsGood", number(good))) : null,
  ];
}

function checkBox(check) {
  const body = el("div", { class: "body" });
  const box = el("section", { class: "check" },
    el("h4", {}, both(check.title)),
    el("p", { class: "line" }, badge(check.status), severity(check.severity),
      check.decides ? el("span", { class: "note" }, w("decides")) : null),
    both(check.fix) && (check.status === "fail" || check.status === "warn") ?
      el("p", { class: "fix" }, el("b", {}, `${w("todo")}${w("colon")}`), both(check.fix)) : null,
    body);
  get(`checks/${encodeURIComponent(check.id)}?limit=${ROWS}`).then((detail) => fill(body, rows(detail)), () => fill(body, el("p", { class: "note" }, w("loadFail"))));
  return box;
}

function facts(item) {
  const answer = item.answer ? w(item.answer === "yes" ? "answerYes" : "answerNo") : w("answerNone");
  const list = [[w("answer"), item.target_date ? `${answer}${w("comma")}${w("target", item.target_date)}` : answer]];
  if (item.attest)
    list.push([w("attestText"), item.attest]);
  if (item.refs.length > 0)
    list.push([w("refs"), item.refs.join(w("comma"))]);
  return el("dl", { class: "facts" }, list.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

export function detail(dialog, item, close) {
  fill(dialog,
    el("div", { class: "sheet" },
      el("div", { class: "line head" }, el("span", { class: "id" }, item.id), badge(item.status),
        el("span", { class: "note" }, since(item.since)),
        el("button", { type: "button", class: "close", onclick: close }, w("close"))),
      el("h2", { id: "detail-title" }, item.text_state === "slot" ? w("slot") : both(item.text)),
      item.text_state === "partial" ? el("p", { class: "note" }, w("partial")) : null,
      facts(item),
      el("h3", {}, w("checks")),
      item.checks.length === 0 ? el("p", { class: "empty" }, w("noChecks")) : item.checks.map(checkBox)));
  if (!dialog.open)
    dialog.showModal();
}
