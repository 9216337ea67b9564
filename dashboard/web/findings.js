// The findings as a list to work from: narrowed down, searched, ordered, ticked and acknowledged; the address keeps what is chosen.
import { file, get } from "./api.js";
import { cssLoad, el, fill, icon, severity } from "./dom.js";
import { keysOn, keysHelp } from "./findings_keys.js";
import { longList } from "./longlist.js";
import { checkHash, querySet, sheetHash } from "./route.js";
import { both, number, since, w, when, wordsAdd } from "./words.js";
import { findingsWords } from "./words_findings.js";

wordsAdd("fi", findingsWords);
const t = (path, ...values) => w(`fi.${path}`, ...values);
const PAGE = 100, MANY = 1000;
const names = ["check", "q", "status", "severity", "item", "system", "owner", "acked", "state", "sort"];

let here = null; // the view as long as it is shown
let opened = null; // the row whose sheet was opened last

const keyOf = (row) => JSON.stringify([row.check, row.resource]);

function chosen(query) {
  const values = {};
  for (const name of names)
    values[name] = query.get(name) ?? "";
  return values;
}

function asked(values) {
  const query = new URLSearchParams();
  for (const name of names)
    if (values[name])
      query.set(name, values[name]);
  return query;
}

// What the API is asked: all but what it does by itself.
function question(values, more) {
  const query = asked(values);
  if (!values.state)
    query.set("state", "open");
  if (values.state === "all")
    query.delete("state");
  for (const [name, value] of Object.entries(more))
    if (value)
      query.set(name, value);
  return `findings?${query}`;
}

function ownerName(owner) {
  const role = owner?.role ? t(`role.${owner.role}`) : "";
  return owner?.name ? owner.name : role ? `${t("nobody")}${w("paren", role)}` : t("nobody");
}

function place(row) {
  const item = here.context.list.items.find((i) => i.checks.some((c) => c.id === row.check));
  return item ? sheetHash(here.context.list.id, item.id, row.check, row.resource) : checkHash(row.check, row.resource);
}

function rowNode(row) {
  const closed = row.state === "closed", key = keyOf(row), ticked = here.ticked.has(key);
  const tick = here.context.may && !closed ? el("input", { type: "checkbox", checked: ticked, "data-part": "tick", tabindex: 0,
    "aria-label": t("select", `${row.resource ?? ""} ${both(row.title)}`), onchange: (e) => tickSet(row, e.target.checked) }) : el("span", {});
  return el("li", { class: `finding ${closed ? "closed" : row.status}${ticked ? " ticked" : ""}` },
    tick, icon(closed ? "pass" : row.status),
    el("div", { class: "what" },
      el("a", { class: "whole", href: place(row), "data-part": "open", onclick: (e) => {
        e.preventDefault();
        opened = key;
        here.context.open(place(row));
      } }, el("span", { class: "sr" }, `${w(`status.${row.status}`)}${w("colon")}`), row.resource ? el("b", { class: "resource" }, row.resource) : null, both(row.reason)),
      el("p", { class: "note" }, row.severity ? severity(row.severity) : null, both(row.title)),
      el("p", { class: "note tags" }, el("span", {}, closed ? w("closed", when(row.closed_at)) : since(row.since)),
        row.owner && here.values.sort !== "owner" ? el("span", {}, `${t("owner")}${w("colon")}${ownerName(row.owner)}`) : null,
        row.ack ? el("span", { class: "chip" }, t("acking", row.ack.who)) : null,
        row.waiver ? el("span", { class: "chip" }, t("waived", row.waiver.until)) : null)));
}

// A heading where the list is in groups.
function head(row, before) {
  const by = { owner: (r) => ownerName(r.owner), check: (r) => both(r.title), system: (r) => r.system ?? "—" }[here.values.sort];
  if (!by || (before && by(before) === by(row)))
    return null;
  const group = here.groups?.find((g) => (here.values.sort === "owner" ? g.key === row.owner?.name : here.values.sort === "system" ? g.key === row.system : g.key === row.check));
  return el("li", { class: "group-head" }, el("h3", {}, by(row)), group ? el("span", { class: "note" }, t("totalSplit", number(group.fail + group.warn), number(group.fail), number(group.warn))) : null);
}

function tickSet(row, on) {
  const key = keyOf(row);
  if (on && here.ticked.size >= MANY)
    here.context.say(t("selectedMax"), "warn");
  else if (on)
    here.ticked.set(key, row);
  else
    here.ticked.delete(key);
  here.list.redraw(here.list.rows.findIndex((r) => keyOf(r) === key));
  barShow();
}

function unselect() {
  const rows = [...here.ticked.keys()];
  here.ticked.clear();
  here.list.rows.forEach((r, i) => rows.includes(keyOf(r)) && here.list.redraw(i));
  barShow();
}

function selectShown() {
  for (const row of here.list.rows)
    if (row.state !== "closed" && here.ticked.size < MANY)
      here.ticked.set(keyOf(row), row);
  here.list.rows.forEach((r, i) => here.list.redraw(i));
  barShow();
}

// What is ticked, and what can be done with it.
function barShow() {
  const n = here.ticked.size, bar = here.bar;
  if (bar.querySelector("form"))
    return;
  bar.hidden = n === 0;
  if (n === 0)
    return fill(bar);
  fill(bar, el("b", { role: "status" }, t("selected", number(n))),
    el("button", { type: "button", class: "primary", onclick: ackOpen }, w("say.ack")),
    el("button", { type: "button", class: "plain-button", onclick: selectShown }, t("selectShown", number(Math.min(here.list.rows.length, MANY)))),
    el("button", { type: "button", class: "plain-button", onclick: unselect }, t("unselect")));
}

// The ticked ones, or the one that has the focus.
async function ackOpen() {
  const at = atNow(), rows = here.ticked.size > 0 ? [...here.ticked.values()] : at >= 0 && here.list.rows[at].state !== "closed" ? [here.list.rows[at]] : [];
  if (!here.context.may || rows.length === 0)
    return;
  const { form } = await import("./say.js");
  const back = document.activeElement;
  const close = () => {
    fill(here.bar);
    barShow();
    (back?.isConnected ? back : here.list.node(Math.max(at, 0))?.querySelector("a"))?.focus();
  };
  here.bar.hidden = false;
  fill(here.bar, form("ack", { items: rows.map((r) => ({ check: r.check, resource: r.resource })) }, { title: t("ackMany", number(rows.length)) }, () => {
    here.ticked.clear();
    close();
    here.context.said();
    reload();
  }, close));
  here.bar.querySelector("input, textarea").focus();
}

function atNow() {
  const li = document.activeElement?.closest?.("li.finding");
  return li && here.body.contains(li) ? Number(li.dataset.at) : -1;
}

async function move(by) {
  let at = atNow();
  at = at < 0 ? (by > 0 ? 0 : -1) : at + by;
  if (at >= here.list.rows.length && !here.list.over())
    await here.list.load().catch(() => false);
  here.list.node(at)?.querySelector("a").focus();
}

const PAST = (row, values, list) => (!values.status || row.status === values.status) && (!values.severity || values.severity.split(",").includes(row.severity)) &&
  (!values.check || row.check === values.check) && (!values.item || list.items.find((i) => `${list.id}/${i.id}` === values.item)?.checks.some((c) => c.id === row.check)) &&
  values.q.toLowerCase().split(/\s+/).every((q) => [row.check, row.resource, both(row.reason), both(row.title)].join(" ").toLowerCase().includes(q));

// The findings of a day that is over are had whole; they are narrowed down here.
function pastRows(said, values, list) {
  const rank = { critical: 0, high: 10, medium: 20, low: 30 }, checks = new Map(said.checks.map((c) => [c.id, c]));
  const rows = said.findings.map((r) => ({ state: "open", ...r, severity: checks.get(r.check)?.severity ?? "low", title: checks.get(r.check)?.title }))
    .filter((r) => PAST(r, values, list));
  const worst = (r) => rank[r.severity] + (r.status === "fail" ? 0 : 1);
  const by = { since: (a, b) => Date.parse(a.since) - Date.parse(b.since), "-since": (a, b) => Date.parse(b.since) - Date.parse(a.since),
    check: (a, b) => (a.check < b.check ? -1 : 1), resource: (a, b) => ((a.resource ?? "") < (b.resource ?? "") ? -1 : 1) }[values.sort];
  return rows.sort(by ?? ((a, b) => worst(a) - worst(b)));
}

async function page(cursor, limit = PAGE) {
  const { values, context } = here;
  if (context.past) {
    const rows = pastRows(context.past, values, context.list);
    here.total = { all: rows.length, fail: rows.filter((r) => r.status === "fail").length, warn: rows.filter((r) => r.status === "warn").length };
    return { items: rows, next: null };
  }
  const by = ["owner", "system", "check"].includes(values.sort) ? values.sort : "status";
  const got = await get(question(values, { limit, cursor, group: cursor ? null : by }));
  if (!cursor && got.groups) {
    const sum = (name) => got.groups.reduce((n, g) => n + g[name], 0);
    here.groups = by === "status" ? null : got.groups;
    here.total = { all: got.total, fail: sum("fail"), warn: sum("warn") };
  }
  return got;
}

function totals() {
  const { total, list, values } = here, n = list.rows.length;
  const closed = values.state === "closed" || values.state === "all";
  fill(here.count, closed || !total ? t("total", number(n) + (list.over() ? "" : "+")) : t("totalSplit", number(total.all), number(total.fail), number(total.warn)));
  fill(here.body.querySelector(".list-end"), !list.over() ? t("loadingMore") : n === 0 ? (asked(values).size > 0 ? t("none") : t("noneOpen")) : n > PAGE ? t("end", number(n)) : "");
}

// All that is shown, again.
async function reload() {
  const view = here, open = document.activeElement?.closest?.("li.finding") ? document.activeElement.dataset.part : null;
  const at = atNow(), key = at >= 0 ? keyOf(view.list.rows[at]) : null;
  try {
    const got = await page(null, Math.min(Math.max(view.list.rows.length, PAGE), MANY));
    if (here !== view)
      return;
    const now = new Map(got.items.map((r) => [keyOf(r), r]));
    for (const k of view.ticked.keys())
      if (!now.has(k) && got.next === null)
        view.ticked.delete(k);
    view.list.replace(got);
    fill(view.stale);
    barShow();
    if (key && open) {
      const i = view.list.rows.findIndex((r) => keyOf(r) === key);
      view.list.node(Math.max(0, i < 0 ? Math.min(at, view.list.rows.length - 1) : i))?.querySelector(`[data-part="${open}"]`)?.focus();
    }
  } catch {
    stale();
  }
}

function stale() {
  fill(here.stale, el("p", { class: "stale" }, t("stale"), " ", el("button", { type: "button", class: "plain-button", onclick: reload }, t("staleLoad"))));
}

let later = null;

// Something became so or ended: at once where little is shown, else it is said.
export function changed(event) {
  if (!here || (event !== "finding" && event !== "verdict" && event !== "missed"))
    return;
  if (here.list.rows.length > MANY) {
    stale();
    return;
  }
  clearTimeout(later);
  later = setTimeout(() => here && reload(), 150);
}

// A sheet over the list was closed.
export function back() {
  const i = here?.list.rows.findIndex((r) => keyOf(r) === opened) ?? -1;
  if (i >= 0)
    here.list.node(i)?.querySelector("a").focus();
}

export function leave() {
  here?.list.stop();
  removeEventListener("keydown", keys);
  here = null;
}

function start() {
  here.list?.stop();
  here.total = here.groups = null;
  fill(here.body);
  here.list = longList(here.body, { page, row: rowNode, head, label: t("title"), drawn: totals });
  here.list.load().catch(() => fill(here.body.querySelector(".list-end"), el("span", { class: "notice" }, w("findingsFail"))));
}

let wait = null;

function choose(name, value, slowly) {
  here.values[name] = value;
  querySet("findings", asked(here.values));
  here.clear.hidden = asked(here.values).size === 0;
  clearTimeout(wait);
  wait = setTimeout(() => here && start(), slowly ? 250 : 0);
}

function pick(name, options) {
  const id = `findings-${name}`, select = el("select", { id, onchange: () => choose(name, select.value) },
    options.map(([value, text]) => el("option", { value, selected: value === here.values[name] }, text)));
  // What the address asks for is there, also where nobody offers it.
  if (here.values[name] && select.value !== here.values[name])
    select.append(el("option", { value: here.values[name], selected: true }, here.values[name]));
  return el("div", { class: "field" }, el("label", { for: id }, t(name)), select);
}

// The names that open findings have, for a filter.
async function offer(name, box) {
  try {
    const got = await get(`findings?state=open&limit=1&group=${name}`);
    const keys = (got.groups ?? []).map((g) => g.key).filter(Boolean).sort();
    box.replaceWith(keys.length > 0 || here.values[name] ? pick(name, [["", t("any")], ...keys.map((k) => [k, k])]) : "");
  } catch {
    box.remove();
  }
}

function filters() {
  const any = ["", t("any")], past = here.context.past, { list } = here.context;
  const search = el("input", { type: "search", id: "findings-q", autocomplete: "off", placeholder: t("searchHint"), oninput: () => choose("q", search.value.trim(), true) });
  search.value = here.values.q;
  const choice = (name, values) => values.map((v) => [v, t(`${name}Choice.${v}`)]);
  const system = el("span", {}), owner = el("span", {});
  const sorts = past ? ["worst", "since", "-since", "check", "resource"] : ["worst", "since", "-since", "owner", "check", "system", "resource"];
  // On a narrow screen the list comes first.
  const wide = !matchMedia("(max-width: 40rem)").matches || names.some((n) => n !== "q" && here.values[n]);
  const node = el("form", { class: "filters", role: "search", "aria-label": t("filters"), onsubmit: (e) => e.preventDefault() },
    el("div", { class: "field wide-field" }, el("label", { for: "findings-q" }, t("search")), search),
    el("details", { class: "filter-fold", open: wide }, el("summary", {}, t("filters")), el("div", { class: "filters" },
    here.values.check ? pick("check", [any, [here.values.check, here.values.check]]) : null,
    pick("status", [any, ["fail", w("status.fail")], ["warn", w("status.warn")]]),
    pick("severity", [any, ...choice("severity", ["critical", "critical,high", "medium,low"])]),
    pick("item", [any, ...list.items.filter((i) => i.checks.length > 0).map((i) => [`${list.id}/${i.id}`, i.id])]),
    past ? null : [system, owner, pick("acked", [any, ...choice("acked", ["no", "yes"])]),
      pick("state", [["", t("stateChoice.open")], ...choice("state", ["closed", "all"])])],
    pick("sort", [["", t("sortChoice.worst")], ...choice("sort", sorts.slice(1))]))));
  if (!past) {
    offer("system", system);
    offer("owner", owner);
  }
  return node;
}

function csvOf(rows) {
  // A cell that a spreadsheet would take for a formula is text.
  const cell = (v) => `"${String(v ?? "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const lines = rows.map((r) => [r.severity, r.status, r.check, both(r.title), r.resource, both(r.reason), r.since].map(cell).join(","));
  return `\ufeffseverity,status,check,title,resource,reason,since\r\n${lines.join("\r\n")}\r\n`;
}

async function csv(button) {
  button.disabled = true;
  try {
    if (here.context.past)
      file(new Blob([csvOf(here.list.rows)], { type: "text/csv" }), `tenken-findings-${here.context.past.date}.csv`);
    else
      await file(question(here.values, { format: "csv" }), "tenken-findings.csv");
  } catch {
    here.context.say(t("csvFail"), "warn");
  }
  button.disabled = false;
}

function keys(event) {
  if (!here || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]"))
    return;
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, form.say");
  const letters = keysOn() && !typing;
  const does = {
    ArrowDown: () => atNow() >= 0 && move(1), ArrowUp: () => atNow() >= 0 && move(-1),
    j: () => letters && move(1), k: () => letters && move(-1),
    x: () => {
      const row = here.list.rows[atNow()];
      if (letters && row && here.context.may && row.state !== "closed")
        tickSet(row, !here.ticked.has(keyOf(row)));
      return letters && row;
    },
    X: () => letters && here.context.may && (selectShown(), true),
    a: () => letters && here.context.may && (ackOpen(), true),
    "/": () => letters && (document.getElementById("findings-q").focus(), true),
    "?": () => letters && (keysHelp(t), true),
    Escape: () => {
      if (event.target.id === "findings-q") {
        event.target.blur();
        here.list.node(0)?.querySelector("a").focus();
      } else if (!typing && here.ticked.size > 0)
        unselect();
    },
  }[event.key];
  if (does?.())
    event.preventDefault();
}

export async function show(root, context) {
  leave();
  await cssLoad("findings.css");
  const clear = el("button", { type: "button", class: "plain-button", onclick: () => {
    querySet("findings", new URLSearchParams());
    show(root, { ...context, query: new URLSearchParams() }).then(() => document.getElementById("findings-q").focus());
  } }, t("clear"));
  here = { context, values: chosen(context.query), ticked: new Map(), clear, body: el("div", { class: "long" }), count: el("p", { class: "note count", role: "status" }),
    bar: el("div", { class: "bulk", hidden: true }), stale: el("div", { role: "status" }) };
  clear.hidden = asked(here.values).size === 0;
  const csvButton = el("button", { type: "button", class: "plain-button", onclick: () => csv(csvButton) }, t("csv"));
  fill(root,
    el("div", { class: "heading" }, el("h2", { id: "view-title", tabindex: "-1" }, t("title")), here.count, clear, csvButton,
      el("button", { type: "button", class: "plain-button", onclick: () => keysHelp(t) }, t("keys"))),
    filters(), context.past?.cut ? el("p", { class: "note" }, t("cutThen")) : null, here.stale, here.body, here.bar);
  addEventListener("keydown", keys);
  start();
}

