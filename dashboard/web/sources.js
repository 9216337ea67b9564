// Where the records come from: when each spoke last, how much in each hour of a day, what nobody can read of it, whether its clock is
// right; and how to connect the next one.
import { get } from "./api.js";
import { cssLoad, el, fill, icon } from "./dom.js";
import { ago, both, number, w, when, wordsAdd } from "./words.js";
import { feeds } from "./words_ledgers.js";

wordsAdd("feed", feeds);
const t = (path, ...values) => w(`feed.${path}`, ...values);
const SVG = "http://www.w3.org/2000/svg";
const SKEWED = 60; // seconds
const MOST = 5000;
const filters = {
  all: () => true, silent: (s) => s.state === "silent", unread: (s) => s.unknown > 0, skewed: (s) => Math.abs(s.skew_seconds ?? 0) >= SKEWED,
};
const LOOK_AGAIN = 15000;
let chosen = "all", again = null, lookedAt = 0, timer = null;

export function leave() {
  clearTimeout(timer);
  again = timer = null;
}

// What has come meanwhile, now and then; what is unfolded or has the focus stays.
export function changed() {
  timer ??= setTimeout(() => {
    timer = null;
    lookedAt = Date.now();
    again?.();
  }, Math.max(500, lookedAt + LOOK_AGAIN - Date.now()));
}

function spark(hours) {
  const top = Math.max(...hours, 1), node = document.createElementNS(SVG, "svg");
  node.setAttribute("viewBox", "0 0 96 24");
  node.setAttribute("class", "spark");
  node.setAttribute("aria-hidden", "true");
  hours.forEach((n, i) => {
    const bar = document.createElementNS(SVG, "rect"), high = n > 0 ? Math.max(1.5, n / top * 22) : .5;
    for (const [name, value] of Object.entries({ x: i * 4, y: 24 - high, width: 3, height: high, class: n > 0 ? "some" : "none" }))
      bar.setAttribute(name, value);
    node.append(bar);
  });
  return node;
}

function rate(source) {
  const hours = source.hours ?? [], sum = hours.reduce((a, b) => a + b, 0);
  if (hours.length === 0)
    return "—";
  return [spark(hours), el("span", { class: "note" }, t("rateSaid", number(sum), number(Math.max(...hours))))];
}

function length(seconds) {
  const n = Math.abs(seconds);
  return n < 120 ? t("seconds", number(Math.round(n))) : n < 7200 ? t("minutes", number(Math.round(n / 60))) : t("hours", number(Math.round(n / 3600)));
}

// received minus sent: what comes late was stamped by a clock that is behind.
function skew(source) {
  const seconds = source.skew_seconds ?? 0;
  if (Math.abs(seconds) < 2)
    return t("skewFine");
  const text = t(seconds > 0 ? "skewBehind" : "skewOff", length(seconds));
  return Math.abs(seconds) >= SKEWED ? el("span", { class: "line" }, icon("warn"), text) : text;
}

function shapesOf(source) {
  if (!source.shapes?.length)
    return null;
  return el("details", { class: "shapes" }, el("summary", {}, t("shapes"), el("span", { class: "sr" }, ` ${source.host || source.peer}`)), el("p", { class: "note" }, t("shapesNote")),
    el("ul", { class: "plain-list" }, source.shapes.slice(0, 20).map((s) => el("li", {}, el("span", { class: "note" }, `${s.program ?? ""} ${t("times", number(s.count))}`), el("code", {}, s.shape)))));
}

function rowOf(source) {
  const silent = source.state === "silent", name = source.host || source.peer || source.source_id;
  const fact = (label, ...value) => el("div", {}, el("dt", {}, label), el("dd", {}, ...value));
  return el("li", { class: `feed ${source.state}` },
    el("div", { class: "who" }, el("p", { class: "line" }, icon(silent ? "warn" : "pass"), el("b", {}, name), el("span", { class: "note" }, w(source.state))),
      el("p", { class: "note" }, [source.collector, source.peer && source.peer !== name ? source.peer : "", source.system && source.system !== name ? source.system : ""].filter(Boolean).join(" ・ ")),
      silent && source.expected_hours ? el("p", { class: "note" }, t("expected", number(source.expected_hours))) : null),
    el("dl", {}, fact(t("lastLine"), source.last_received ? [el("time", { datetime: source.last_received }, ago(source.last_received)), el("span", { class: "note" }, when(source.last_received))] : t("neverSeen")),
      fact(t("rate"), rate(source)),
      fact(t("unread"), source.lines ? [source.unknown > 0 ? t("unreadOf", number(source.unknown), number(Math.round(source.unknown / source.lines * 100))) : "0", source.cut > 0 ? el("p", { class: "note" }, t("cut", number(source.cut))) : ""] : "—"),
      fact(t("skew"), source.lines ? skew(source) : "—")),
    shapesOf(source));
}

function collectorRow(row) {
  const status = { ok: "pass", off: "na", failed: "fail" }[row.state] ?? "unknown";
  return el("li", {}, icon(status), el("div", {}, el("p", {}, el("b", {}, w(`collectorName.${row.name}`)), " ", w(`collectorState.${row.state}`)), row.reason && row.state !== "off" ? el("p", { class: "note" }, row.reason) : null));
}

// "1. ... 2. ..." as a list.
function steps(text) {
  const parts = text.split(/(?:^|[\s。])(?=\d\. )/).map((p) => p.replace(/^\d\. /, "").trim()).filter(Boolean);
  return parts.length > 1 ? el("ol", { class: "steps-list" }, parts.map((p) => el("li", {}, p))) : el("p", {}, text);
}

function copyable(text) {
  const pre = el("pre", { tabindex: "0" }, text.trimEnd()), said = el("span", { class: "note", role: "status" });
  return el("div", { class: "copy" }, pre, el("div", { class: "line" }, el("button", { type: "button", class: "action", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = t("copied");
    } catch {
      // Without HTTPS a page of another machine may not: it is selected instead.
      getSelection().selectAllChildren(pre);
      said.textContent = t("copyFail");
    }
  } }, t("copy")), said));
}

function connect(connects) {
  const { here } = connects;
  return el("section", { class: "connects", id: "connect", "aria-labelledby": "connect-title" }, el("h3", { id: "connect-title" }, t("connect")), el("p", { class: "note" }, t("connectNote", here.address, here.udp, here.tcp)),
    connects.items.map((c) => el("details", { class: "panel" }, el("summary", {}, both(c.title)), steps(both(c.steps)),
      c.copy ? copyable(c.copy.ja) : null, c.types.length > 0 ? el("p", { class: "note" }, t("tells", c.types.map((type) => both(type.title)).join(w("comma")))) : null)));
}

async function load() {
  const items = [];
  let next = null, first = null;
  do {
    const page = await get(`sources?limit=500${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
    first ??= page;
    items.push(...page.items);
    next = page.next;
  } while (next && items.length < MOST);
  const never = (first.never_seen ?? []).map((s) => ({ ...s, state: "silent", lines: 0, unknown: 0 }));
  const rank = (s) => (s.state === "silent" ? 0 : filters.skewed(s) ? 1 : s.unknown > 0 ? 2 : 3);
  return { items: [...never, ...items].sort((a, b) => rank(a) - rank(b)), collectors: first.collectors };
}

export async function show(root) {
  await cssLoad("ledgers.css");
  const [{ items: first, collectors }, connects] = await Promise.all([load(), get("connects")]);
  let items = first;
  const box = el("ul", { class: "feeds" }), bar = el("div", { class: "tabs", role: "group", "aria-label": t("filter") });

  function draw() {
    const rows = items.filter(filters[chosen]);
    fill(bar, Object.keys(filters).map((name) => el("button", { type: "button", "aria-pressed": String(name === chosen), "data-filter": name, onclick: () => {
      chosen = name;
      draw();
      bar.querySelector(`[data-filter="${name}"]`).focus();
    } }, `${t(`state.${name}`)} `, el("b", {}, number(items.filter(filters[name]).length)))));
    fill(box, rows.map(rowOf));
    empty.hidden = rows.length > 0;
    empty.textContent = items.length === 0 ? t("none") : t("nothing");
  }
  const empty = el("p", { class: "empty", role: "status", hidden: true });
  draw();
  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, t("title")), el("p", { class: "lead" }, t("lead")), bar, empty, box, connect(connects),
    el("div", { class: "columns" }, el("div", {}, el("h3", {}, t("collectors")), el("ul", { class: "plain" }, collectors.map(collectorRow)), el("p", {}, el("a", { class: "link", href: "#ledgers" }, t("ledgers"))))));
  lookedAt = Date.now();
  again = async () => {
    const mine = again, loaded = await load().catch(() => null);
    if (!loaded || again !== mine || box.querySelector("details[open]") || root.contains(document.activeElement))
      return;
    items = loaded.items;
    draw();
  };
}
