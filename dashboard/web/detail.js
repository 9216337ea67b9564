// One item opened: its answer, its course, its checks with their rows, the raw lines behind a row, and what may be said and taken
// back by the one who looks.  Or one check alone, where it speaks for no item of the list.
import { get } from "./api.js";
import { checkBody } from "./detail_rows.js";
import { badge, cssLoad, el, fill, severity } from "./dom.js";
import { checkThen } from "./past.js";
import { opener } from "./say.js";
import { strip } from "./strip.js";
import { both, now, since, w, when, wordsAdd } from "./words.js";
import { findingsWords } from "./words_findings.js";

wordsAdd("fi", findingsWords);
const t = (path, ...values) => w(`fi.${path}`, ...values);

function checkBox(check, sheet) {
  const body = el("div", { class: "check-body", "aria-busy": "true" });
  const box = el("section", { class: `check ${check.status}`, "aria-label": both(check.title) },
    el("h4", {}, both(check.title)),
    el("p", { class: "line" }, badge(check.status), severity(check.severity),
      el("span", { class: "note" }, since(check.since)),
      check.decides ? el("span", { class: "note" }, w("decides")) : null),
    both(check.fix) && ["fail", "warn", "unknown"].includes(check.status) ?
      el("p", { class: "fix" }, el("b", {}, `${w("todo")}${w("colon")}`), both(check.fix)) : null,
    body);
  checkBody(body, check, sheet).catch(() => fill(body, el("p", { class: "note" }, w("loadFail")))).finally(() => body.removeAttribute("aria-busy"));
  return box;
}

// What was answered before, and the way to take the last answer back.
function answersBefore(own, sheet) {
  const list = el("ul", { class: "plain" }), box = el("div", {});
  const fold = el("details", { ontoggle: async () => {
    if (!fold.open || list.childNodes.length > 0)
      return;
    try {
      const said = await get(`answers?pack=${encodeURIComponent(own.pack)}&item=${encodeURIComponent(own.item)}&limit=50`);
      fill(list, said.items.length === 0 ? el("li", { class: "note" }, w("answerNone")) : said.items.map((a) => el("li", {}, el("span", {},
        el("b", {}, w(a.answer === "yes" ? "answerYes" : "answerNo")), " ", [when(a.at), a.who, a.target_on ? w("target", a.target_on) : null, a.note,
          a.state === "current" ? null : t(`answerState.${a.state}`)].filter(Boolean).join(w("comma"))),
      sheet.may && a.state === "current" && !a.vendor_id ? opener("back", box, {}, { path: `answers/${a.id}`, label: t("takeBack") }, sheet.said) : null)));
    } catch {
      fill(list, el("li", { class: "note" }, w("loadFail")));
    }
  } }, el("summary", {}, t("answersBefore")), list, box);
  return sheet.past ? null : fold;
}

function facts(item) {
  const said = item.answer ? [w(item.answer === "yes" ? "answerYes" : "answerNo"),
    item.answered_on ? w("answeredOn", item.answered_on) : null, item.target_date ? w("target", item.target_date) : null, item.answered_by] : [w("answerNone")];
  const list = [[w("answer"), said.filter(Boolean).join(w("comma"))]];
  if (item.attest)
    list.push([w("attestText"), both(item.attest)]);
  if (item.refs.length > 0)
    list.push([w("refs"), item.refs.join(w("comma"))]);
  return el("dl", { class: "facts" }, list.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

function head(dialog, id, status, from) {
  return el("div", { class: "line head" }, id ? el("span", { class: "id" }, id) : null, status ? badge(status) : null,
    el("span", { class: "note" }, from ? since(from) : ""),
    el("button", { type: "button", class: "close", onclick: () => dialog.close() }, w("close")));
}

function itemSheet(dialog, item, more, sheet) {
  const box = el("div", {}), own = { pack: more.pack, item: item.id };
  const values = item.answer ? { answer: item.answer, target_on: item.target_date } : {};

  return el("div", { class: "sheet" }, head(dialog, item.id, item.status, item.since),
    el("h2", { id: "detail-title" }, item.text_state === "slot" ? w("slot") : both(item.text)),
    item.text_state === "partial" ? el("p", { class: "note" }, w("partial")) : null,
    facts(item),
    sheet.may ? el("div", { class: "line" }, opener("answer", box, own, { values }, more.said),
      opener("na", box, { what: `${more.pack}/${item.id}` }, {}, more.said)) :
      more.past ? null : el("p", { class: "note" }, w("mayNot"), " ", el("button", { type: "button", class: "link", onclick: more.signIn }, w("signIn"))),
    box, answersBefore(own, sheet),
    strip(own, more.time),
    el("h3", {}, w("checks")),
    item.checks.length === 0 ? el("p", { class: "empty" }, w("noChecks")) : item.checks.map((check) => checkBox(check, sheet)));
}

async function checkSheet(dialog, more, sheet) {
  const whole = await get(`checks/${encodeURIComponent(more.wanted.check)}?limit=1`);
  const check = more.past ? checkThen(more.past, whole) : whole;
  return el("div", { class: "sheet" }, head(dialog, null, check.status, check.since),
    el("h2", { id: "detail-title" }, both(check.title)), strip({ check: check.id }, more.time), checkBox(check, sheet));
}

// @more: {item (none: the check of .wanted), wanted, pack, may, past: what was said on the day that is looked at, time, signIn,
// said: called when something was said}.
export async function detail(dialog, more) {
  await cssLoad("detail.css");
  const sheet = { may: more.may, said: more.said, past: more.past, acks: [], wanted: more.wanted };
  sheet.acksReady = more.past ? Promise.resolve() : get("acks").then((list) => {
    sheet.acks = list.items.filter((a) => !a.until || Date.parse(a.until) > now());
  }, () => {});
  dialog.dataset.item = more.item?.id ?? "";
  try {
    fill(dialog, more.item ? itemSheet(dialog, more.item, more, sheet) : await checkSheet(dialog, more, sheet));
  } catch {
    fill(dialog, el("div", { class: "sheet" }, head(dialog), el("h2", { id: "detail-title" }, more.wanted.check), el("p", { class: "notice" }, w("loadFail"))));
  }
  if (!dialog.open)
    dialog.showModal();
}
