// The ledgers: each beside what was seen, found by word and by state; rows proposed, changed and removed.
import { file, get } from "./api.js";
import { cssLoad, el, fill, icon } from "./dom.js";
import { columnName, valueShown } from "./ledger_form.js";
import { accountRow, deviceRow, stateIcon, vendorRow } from "./ledger_rows.js";
import { longList } from "./longlist.js";
import { querySet } from "./route.js";
import { both, number, w, when, wordsAdd } from "./words.js";
import { ledgers } from "./words_ledgers.js";

wordsAdd("ledger", ledgers);
const t = (path, ...values) => w(`ledger.${path}`, ...values);
const FIRST = ["devices", "accounts", "contacts", "vendors", "people", "systems"];
const COMPARED = { devices: deviceRow, accounts: accountRow, vendors: vendorRow };
const STATES = ["all", "contradiction", "seen", "both", "registered"];
const PAGE = 250;

const LOOK_AGAIN = 10000;

let list = null, open = null, lookedAt = 0, timer = null;

export function leave() {
  list?.stop();
  clearTimeout(timer);
  list = open = timer = null;
}

// Something was seen meanwhile: the rows stay as they are under the reader's eyes, and it is said that there is more.
export function changed() {
  timer ??= setTimeout(look, Math.max(500, lookedAt + LOOK_AGAIN - Date.now()));
}

async function look() {
  const page = open;
  timer = null;
  lookedAt = Date.now();
  if (!page?.counts)
    return;
  try {
    const now = await get(pathOf({ ...page, state: "all" }, null, 1));
    if (open !== page || JSON.stringify(now.counts) === JSON.stringify(page.counts) || page.said.querySelector("button"))
      return;
    page.said.append(" ", el("button", { type: "button", class: "link", onclick: () => rowsShow(page).catch(() => page.ctx.say(w("loadFail"), "warn")) }, t("again")));
  } catch {
    // It is looked at again with the next change.
  }
}

function kindLink(row, kind) {
  return el("a", { href: `#ledgers?kind=${row.kind}`, "aria-current": row.kind === kind ? "page" : null },
    icon({ ok: "pass", missing: "unknown", refused: "fail" }[row.state]), el("span", {}, both(row.title)),
    el("span", { class: "n" }, row.state === "ok" ? number(row.rows) : t(`kindState.${row.state}`)));
}

// On a wide window all of them stand beside; on a narrow one they are chosen.
function kindsOf(all, kind) {
  const order = [...FIRST.map((k) => all.find((r) => r.kind === k)), ...all.filter((r) => !FIRST.includes(r.kind))].filter(Boolean);
  const choice = el("select", { id: "ledger-kind", onchange: (e) => {
    location.hash = `#ledgers?kind=${e.target.value}`;
  } }, order.map((r) => el("option", { value: r.kind, selected: r.kind === kind }, `${both(r.title)}（${r.state === "ok" ? t("rows", number(r.rows)) : t(`kindState.${r.state}`)}）`)));
  return [el("nav", { class: "kinds", "aria-label": t("kinds") }, el("ul", {}, order.map((r) => el("li", {}, kindLink(r, kind))))),
    el("div", { class: "kinds-narrow" }, el("label", { for: "ledger-kind" }, t("kinds")), choice)];
}

function history(about) {
  if (!about.history || about.history.length === 0)
    return null;
  return el("details", {}, el("summary", {}, t("history")), el("p", { class: "note" }, t("historyNote")),
    el("ul", { class: "plain-list" }, about.history.map((h) => el("li", {}, el("time", {}, when(h.at)),
      el("span", {}, h.state === "ok" ? `${t("rows", number(h.rows))}${w("comma")}${t("historyRow", number(h.added), number(h.changed), number(h.removed))}` : t(`kindState.${h.state}`), h.detail ? ` ${h.detail}` : "")))));
}

// Saved with the token of this tab, which a plain link would not send.
function saver(word, path, name) {
  const button = el("button", { type: "button", class: "plain-button", onclick: async () => {
    button.disabled = true;
    try {
      await file(path, name);
    } catch {
      button.after(el("span", { class: "error", role: "alert" }, w("loadFail")));
    }
    button.disabled = false;
  } }, t(word));
  return button;
}

function head(kind, about, page) {
  const name = about.path?.split("/").pop();
  return el("div", { class: "ledger-head" },
    el("div", { class: "heading" }, el("h3", { id: "ledger-title", tabindex: "-1" }, both(about.title)),
      el("p", { class: "note" }, [about.state === "ok" ? t("rows", number(about.rows)) : t(`kindState.${about.state}`), about.updated_at ? t("changedAt", when(about.updated_at)) : "", name ?? ""].filter(Boolean).join(w("comma")))),
    about.error ? el("p", { class: "notice" }, both(about.error)) : null,
    about.state === "missing" ? el("p", { class: "lead" }, t("missing")) : null,
    el("div", { class: "line actions" },
      page.ctx.may ? el("button", { type: "button", class: "primary", onclick: () => page.sheet({ item: null }) }, t("add")) : null,
      page.ctx.may ? el("button", { type: "button", class: "action", "aria-expanded": "false", id: "ledger-upload", onclick: page.upload }, t("upload")) : null,
      about.path ? saver("download", `registers/${kind}/file`, `${kind}.csv`) : null, saver("template", `registers/${kind}/template`, `${kind}-template.csv`),
      kind === "contacts" ? el("a", { class: "plain-button", href: "#contacts" }, t("chart")) : null),
    page.ctx.may ? null : el("p", { class: "note" }, t("mayNot")),
    page.uploadBox, history(about));
}

// A row of a ledger beside which nothing is observed: what tells it apart, and what else it says first.
function plainRow(about) {
  const keys = about.key.map((name) => about.columns.find((c) => c.name === name));
  return (row, unfold) => {
    const value = (c) => valueShown(c, row.data[c.name]);
    const called = about.columns.find((c) => ["name", "title"].includes(c.name) && !about.key.includes(c.name) && row.data[c.name]);
    const name = [...keys.map(value).filter(Boolean), called ? value(called) : ""].filter(Boolean).join(" / ");
    const said = about.columns.filter((c) => !about.key.includes(c.name) && c !== called && row.data[c.name]).slice(0, 6);
    return el("li", { class: "ledger-row plain" },
      el("div", { class: "what" }, el("b", {}, name || t("blank")), el("p", { class: "note" }, said.map((c) => el("span", { class: "pair" }, `${columnName(c)} `, el("b", {}, value(c)))))),
      el("button", { type: "button", class: "action", onclick: unfold, "data-part": "open" }, t("open"), el("span", { class: "sr" }, ` ${name}`)));
  };
}

function filters(page) {
  const counts = page.counts, all = Object.values(counts).reduce((a, b) => a + b, 0);
  return el("div", { class: "tabs", role: "group", "aria-label": t("filter") }, STATES.map((state) => el("button", {
    type: "button", "aria-pressed": String(page.state === state), "data-state": state, onclick: () => page.filter(state) },
  state === "all" ? null : stateIcon(state), el("span", {}, `${t(`state.${state}`)} `), el("b", {}, number(state === "all" ? all : counts[state])))));
}

function searchBox(page) {
  let timer = null;
  const input = el("input", { type: "search", id: "ledger-search", autocomplete: "off", spellcheck: "false", maxlength: "200", "aria-describedby": "ledger-search-note", oninput: () => {
    clearTimeout(timer);
    timer = setTimeout(() => page.find(input.value.trim()), 250);
  } });
  input.value = page.search;
  return el("div", { class: "search" }, el("div", {}, el("label", { for: "ledger-search" }, t("search")),
    el("span", { class: "note", id: "ledger-search-note" }, t(`searchNote.${COMPARED[page.kind] ? page.kind : "other"}`))), input);
}

// What is asked for: the rows that are chosen, page by page.
function pathOf(page, cursor, limit = PAGE) {
  const query = new URLSearchParams({ limit });
  if (page.state !== "all" && COMPARED[page.kind])
    query.set("state", page.state);
  if (page.search)
    query.set("search", page.search);
  if (cursor)
    query.set("cursor", cursor);
  return `${COMPARED[page.kind] ? "compare" : "registers"}/${page.kind}?${query}`;
}

function total(page, first) {
  if (!first.counts)
    return first.found;
  return page.state === "all" ? Object.values(first.counts).reduce((a, b) => a + b, 0) : first.counts[page.state];
}

async function rowsShow(page) {
  const mine = page.asked = {};
  const first = await get(pathOf(page, null));
  if (page.asked !== mine)
    return;
  list?.stop();
  page.counts = first.counts ?? null;
  fill(page.filterBox, page.counts ? filters(page) : "");
  const all = total(page, first), row = COMPARED[page.kind] ?? plainRow(page.about);
  fill(page.rowsBox);
  page.said.textContent = all === 0 ? "" : t("found", number(all));
  if (all === 0) {
    fill(page.rowsBox, el("p", { class: "empty" }, page.search || page.state !== "all" ? t("nothing") : t("empty")));
    return;
  }
  let given = first;
  list = longList(page.rowsBox, {
    label: both(page.about.title),
    page: async (cursor) => {
      const next = given ?? await get(pathOf(page, cursor));
      given = null;
      return next;
    },
    row: (item) => row(item, () => page.sheet({ item }), page.ctx.may),
    drawn: (n) => {
      page.rowsBox.querySelector(".list-end").textContent = t("shownOf", number(n), number(all));
    },
  });
  await list.load();
}

// After a write: the collector takes the file up by itself; it is in force when its digest is that of what was written.
async function taken(page, answer) {
  page.ctx.say(t("written"));
  for (let i = 0; i < 60; i++) {
    await new Promise((done) => setTimeout(done, 250));
    const about = await get(`registers/${page.kind}?limit=1`);
    if (about.digest === answer.digest) {
      page.ctx.said(t("taken"));
      await page.again();
      return;
    }
  }
  page.ctx.said(t("takenLate"));
}

export async function show(root, ctx) {
  await cssLoad("ledgers.css");
  const { items } = await get("registers");
  const asked = ctx.query.get("kind"), kind = items.some((r) => r.kind === asked) ? asked : "devices";
  const state = ctx.query.get("state");
  const page = {
    ctx, kind, state: STATES.includes(state) && COMPARED[kind] ? state : "all", search: (ctx.query.get("q") ?? "").slice(0, 200), counts: null,
    filterBox: el("div", { class: "filter-box" }), rowsBox: el("div", { class: `ledger-list ${COMPARED[kind] ? "compared" : ""}` }), said: el("p", { class: "note", role: "status" }),
    uploadBox: el("div", {}), headBox: el("div", {}),
    dialog: el("dialog", { class: "ledger-sheet", "aria-labelledby": "ledger-sheet-title" }),
  };
  const address = () => {
    const query = new URLSearchParams({ kind });
    if (page.state !== "all")
      query.set("state", page.state);
    if (page.search)
      query.set("q", page.search);
    querySet("ledgers", query);
  };
  page.filter = async (name) => {
    page.state = name;
    address();
    await rowsShow(page).catch(() => fill(page.rowsBox, el("p", { class: "notice" }, w("loadFail"))));
    page.filterBox.querySelector(`[data-state="${name}"]`)?.focus();
  };
  page.find = (text) => {
    page.search = text;
    address();
    rowsShow(page).catch(() => fill(page.rowsBox, el("p", { class: "notice" }, w("loadFail"))));
  };
  page.sheet = async (what) => {
    const { sheet } = await import("./ledger_sheet.js");
    sheet(page, what, (answer) => taken(page, answer).catch(() => page.ctx.say(w("loadFail"), "warn")));
  };
  page.upload = async () => {
    const button = document.getElementById("ledger-upload"), unfolded = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!unfolded));
    if (unfolded) {
      fill(page.uploadBox);
      return;
    }
    const { upload } = await import("./ledger_upload.js");
    upload(page.uploadBox, page.kind, page.about, (answer) => taken(page, answer).catch(() => page.ctx.say(w("loadFail"), "warn")));
  };
  page.again = async () => {
    page.about = await get(`registers/${kind}?limit=1`);
    fill(page.headBox, head(kind, page.about, page));
    await rowsShow(page);
  };

  page.about = await get(`registers/${kind}?limit=1`);
  fill(page.headBox, head(kind, page.about, page));
  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, t("title")), el("p", { class: "lead" }, t("lead")),
    el("div", { class: "ledgers" }, kindsOf(items, kind),
      el("section", { class: "ledger", "aria-labelledby": "ledger-title" }, page.headBox,
        el("div", { class: "line choose" }, page.filterBox, searchBox(page)), page.said,
        COMPARED[kind] ? el("div", { class: "ledger-row heads", "aria-hidden": "true" }, el("span", {}), el("b", {}, t("inRegister")), el("b", {}, t("observed")), el("span", {})) : null,
        page.rowsBox)), page.dialog);
  await rowsShow(page);
  open = page;
}
