// The snapshots: what there are, whether their chain holds, what differs between two, a new one, and a copy to keep.
import { file, get, keyNew, put } from "./api.js";
import { badge, el, fill, icon } from "./dom.js";
import { both, number, w, when, wordsAdd } from "./words.js";
import { more } from "./words_more.js";

wordsAdd("more", more);
const t = (path, ...values) => w(`more.${path}`, ...values);
const whole = (n) => (n === null || n === undefined ? "—" : String(Math.floor(n)));
let rows = null, next = null, verdict = null, verified = 0; // up to which number the chain was looked at

function rowOf(row) {
  const button = el("button", { type: "button", class: "link", onclick: async () => {
    button.disabled = true;
    try {
      await file(`snapshots/${row.number}/export?format=json`, `tenken-${row.number}.json`);
    } catch {
      button.after(el("span", { class: "error" }, w("loadFail")));
    }
    button.disabled = false;
  } }, t("download"), el("span", { class: "sr" }, ` ${row.number}`));

  return el("tr", {},
    el("td", { class: "right", "data-name": t("number") }, String(row.number)),
    el("td", {}, when(row.taken), el("br"), el("span", { class: "note" }, t(`takenWhy.${row.reason}`), row.who ? `${w("comma")}${row.who}` : "")),
    el("td", {}, el("code", {}, row.code), verdict?.ok && row.number <= verified ? el("span", { class: "badge pass" }, icon("pass"), t("intact")) : null),
    el("td", { class: "right", "data-name": t("scoreThen") }, `${whole(row.percent)} / ${whole(row.coverage_percent)}%`),
    el("td", {}, row.kept ? button : el("span", { class: "note" }, t("thinned"))));
}

function verdictOf() {
  if (verdict === null)
    return null;
  if (verdict === "busy")
    return el("p", { class: "note", role: "status" }, t("verifying"));
  if (verdict === "failed")
    return el("p", { class: "error", role: "status" }, w("loadFail"));
  return el("p", { class: `line verdict ${verdict.ok ? "pass" : "fail"}`, role: "status" }, icon(verdict.ok ? "pass" : "fail"),
    el("span", {}, verdict.ok ? t("verified", number(verdict.links), number(verdict.events)) : t("broken", both(verdict.why))),
    verdict.code ? el("code", {}, verdict.code) : null);
}

function said(value) {
  return value === null || value === undefined ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

const states = new Set(["pass", "warn", "fail", "unknown", "attested", "na"]);

function differences(diff) {
  const lists = ["items", "rows", "scores", "registers", "thresholds", "answers", "attestations", "waivers"].filter((name) => diff[name]?.length > 0);
  if (lists.length === 0)
    return [el("p", { class: "empty" }, t("compareNone"))];
  return lists.map((name) => el("div", {}, el("h4", {}, `${t(`diff.${name}`)} (${number(diff[name].length)})`),
    el("ul", { class: "plain-list" }, diff[name].slice(0, 200).map((row) => {
      const key = row.item ?? row.resource ?? row.kind ?? row.check ?? "";
      if (!("from" in row))
        return el("li", {}, el("b", {}, key), el("span", {}, [row.answer, row.who, row.why, row.note].filter(Boolean).join(w("comma"))));
      const show = (v) => (states.has(v) ? badge(v) : el("span", {}, said(v)));
      return el("li", {}, el("b", {}, [row.in, key, row.param].filter(Boolean).join(" ")),
        el("span", {}, show(row.from), " → ", show(row.to), " ", both({ ja: row.reason_ja, en: row.reason_en })));
    }))));
}

function compare() {
  const kept = rows.filter((r) => r.kept), box = el("div", { role: "status" });
  if (kept.length < 2)
    return null;
  const pick = (id, label, chosen) => {
    const select = el("select", { id }, kept.map((r) => el("option", { value: r.number, selected: r === chosen }, `${r.number}: ${when(r.taken)}`)));
    return [el("label", { for: id }, label), select];
  };
  const [fromLabel, from] = pick("compare-from", t("compareFrom"), kept[1]), [toLabel, to] = pick("compare-to", t("compareTo"), kept[0]);

  return el("div", { class: "panel" }, el("h3", {}, t("compare")),
    el("form", { class: "line", onsubmit: async (event) => {
      event.preventDefault();
      fill(box, el("p", { class: "note" }, w("loading")));
      try {
        fill(box, differences(await get(`snapshots/diff?a=${from.value}&b=${to.value}`)));
      } catch {
        fill(box, el("p", { class: "error" }, w("loadFail")));
      }
    } }, fromLabel, from, toLabel, to, el("button", { type: "submit", class: "plain-button" }, t("compareDo"))), box);
}

const FORMATS = [["html", "formatHtml"], ["xlsx", "formatXlsx"], ["csv", "formatCsv"], ["oscal", "formatOscal"], ["json", "formatJson"]];

// The form for the inspection, filled in from one snapshot, as a file: what is printed carries the code of what it shows.
function formOf(view) {
  const kept = rows.filter((r) => r.kept), said = el("span", { role: "status" });
  const select = (id, label, choices, chosen) => {
    const node = el("select", { id }, choices.map(([value, name]) => el("option", { value, selected: value === chosen }, name)));
    return [el("label", { for: id }, label), node];
  };
  const [fromLabel, from] = select("form-snapshot", t("formFrom"), kept.map((r) => [r.number, `${r.number}: ${when(r.taken)}`]), kept[0].number);
  const [kindLabel, kind] = select("form-kind", t("formKind"), [["hospital", t("formHospital")], ["pharmacy", t("formPharmacy")]], view.status?.site.profile?.startsWith("pharmacy") ? "pharmacy" : "hospital");
  const [formatLabel, format] = select("form-format", t("formFormat"), FORMATS.map(([value, name]) => [value, t(name)]), "html");
  const button = el("button", { type: "submit", class: "primary" }, t("formSave"));

  return el("div", { class: "panel form-of" }, el("h3", {}, t("report")), el("p", {}, t("reportNote")),
    el("form", { class: "line", onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      said.textContent = w("loading");
      try {
        await file(`snapshots/${from.value}/export?format=${format.value}&form=${kind.value}`, `tenken-${from.value}.${format.value}`);
        said.textContent = t(format.value === "html" ? "formSavedPrint" : "formSaved");
      } catch {
        said.textContent = w("loadFail");
      }
      button.disabled = false;
    } }, fromLabel, from, kindLabel, kind, formatLabel, format, button, said),
    el("p", { class: "line" }, t("printNote"), el("button", { type: "button", class: "plain-button", onclick: () => window.print() }, t("print"))));
}

// It is taken in the background: the list is looked at until it is there.
async function take(button, note, again) {
  button.disabled = true;
  note.textContent = t("taking");
  try {
    const answer = await put("POST", "snapshots", {}, keyNew());
    if (!answer.ok)
      throw new Error(both(answer.body.text) || t("takeFail"));
    for (let i = 0; i < 40; i++) {
      await new Promise((done) => setTimeout(done, 500));
      rows = null;
      const page = await get("snapshots?limit=1");
      if (page.items[0]?.number > answer.body.after) {
        again();
        return;
      }
    }
    note.textContent = t("takeLate");
  } catch (error) {
    note.textContent = error.message;
  }
  button.disabled = false;
}

export async function show(root, view) {
  const again = () => {
    rows = null;
    show(root, view);
  };
  if (!rows)
    try {
      const page = await get("snapshots?limit=50");
      rows = page.items;
      next = page.next;
    } catch {
      fill(root, el("h2", { id: "view-title" }, t("snapshots")), el("p", { class: "notice" }, w("loadFail")));
      return;
    }
  const note = el("p", { class: "note", role: "status" }), checked = el("div", {}, verdictOf());
  const takeButton = el("button", { type: "button", class: "primary", onclick: () => take(takeButton, note, again) }, t("take"));
  const verifyButton = el("button", { type: "button", class: "plain-button", onclick: async () => {
    verdict = "busy";
    fill(checked, verdictOf());
    try {
      verdict = await get("snapshots/verify");
      verified = verdict.ok ? verdict.links : 0;
    } catch {
      verdict = "failed";
    }
    fill(checked, verdictOf());
    fill(body, rows.map(rowOf));
  } }, t("verify"));
  const body = el("tbody", {}, rows.map(rowOf));

  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, t("snapshots")), el("p", { class: "lead" }, t("snapshotsNote")),
    el("div", { class: "line row-actions" }, view.may ? takeButton : null, verifyButton, note), checked,
    rows.length === 0 ? el("p", { class: "empty" }, t("snapshotsNone")) : el("div", { class: "scroll", tabindex: "0" }, el("table", { class: "wide" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "right" }, t("number")), el("th", { scope: "col" }, t("taken")), el("th", { scope: "col" }, t("code")),
        el("th", { scope: "col", class: "right" }, `${t("scoreThen")} / ${w("coverage")}`), el("td", {}))),
      body)),
    next ? el("button", { type: "button", class: "more", onclick: async () => {
      const page = await get(`snapshots?limit=50&cursor=${encodeURIComponent(next)}`);
      rows.push(...page.items);
      next = page.next;
      show(root, view);
    } }, w("more")) : null,
    compare(),
    rows.some((r) => r.kept) ? formOf(view) : null);
}

export function forget() {
  rows = null;
}
