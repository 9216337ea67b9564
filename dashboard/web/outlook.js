// Beside the state of things: how it came about, what changed today, what lapses if nobody acts, and what helps most for least.
// These are dearer questions than the state itself, so each is asked now and then, not at every change.
import { get } from "./api.js";
import { badge, el, fill, icon, severity } from "./dom.js";
import { ago, both, dayAfter, number, w, when } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const DAYS = 90, FEW = 5;
const parts = {
  history: { every: 60000, path: (at) => `history?from=${dayAfter(at, -DAYS)}&to=${at.slice(0, 10)}` },
  changes: { every: 15000, path: (at) => `changes?since=${at.slice(0, 10)}&until=${at.slice(0, 10)}&limit=200` },
  forecast: { every: 600000, path: () => `forecast?days=${DAYS}`, now: true },
  next: { every: 15000, path: () => "next?limit=3", now: true },
  setup: { every: 30000, path: () => "setup", now: true },
  sources: { every: 15000, path: () => "sources?limit=1000", now: true },
};
let shownDay = "";
const unfolded = new Set();

export function itemLink(pack, item) {
  return el("a", { class: "link", href: `#item=${encodeURIComponent(`${pack}/${item}`)}` }, `${w("item")} ${item}`);
}

function links(items, pack) {
  const own = (items ?? []).filter((i) => i.pack === pack);
  return own.length > 0 ? el("span", { class: "links" }, own.map((i) => itemLink(i.pack, i.item))) : null;
}

// Asks for what is old; what cannot be had stays as it was.  @past: @at is the end of a day that is over; @all: everything now.
export async function outlookLoad(at, past, all) {
  const now = Date.now();
  if (shownDay !== at.slice(0, 10))
    for (const part of Object.values(parts))
      Object.assign(part, part.now ? { at: 0 } : { at: 0, data: null, failed: false });
  shownDay = at.slice(0, 10);
  await Promise.all(Object.values(parts).map(async (part) => {
    if ((past && part.now) || (!all && part.data && part.at && (past || now - part.at < part.every)))
      return;
    part.at = now;
    try {
      part.data = await get(part.path(at));
      part.failed = false;
    } catch {
      part.failed = true;
      part.at = 0;
    }
  }));
}

// The first few, the rest behind a button; what was unfolded stays so.
function few(key, nodes, tag = "ul", shown = FEW, attributes = {}) {
  const list = el(tag, { class: "plain-list", ...attributes }, unfolded.has(key) ? nodes : nodes.slice(0, shown));
  const more = nodes.length > shown && !unfolded.has(key) ? el("button", { type: "button", class: "link more-link", onclick: () => {
    unfolded.add(key);
    list.append(...nodes.slice(shown));
    nodes[shown].tabIndex = -1;
    nodes[shown].focus();
    more.remove();
  } }, w("moreOf", number(nodes.length - shown))) : null;
  return [list, more];
}

function draw(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    node.setAttribute(name, String(value));
  if (text !== undefined)
    node.textContent = text;
  return node;
}

const HIGH = 150, LEFT = 34, RIGHT = 44, TOP = 10, BOTTOM = 24;
let wide = 640;

// A score holds until the next one: steps, not slopes.
function line(points, name, from, until) {
  const x = (t) => LEFT + (wide - LEFT - RIGHT) * Math.min(1, Math.max(0, (t - from) / (until - from)));
  const y = (v) => TOP + (HIGH - TOP - BOTTOM) * (1 - v / 100);
  const known = points.filter((p) => p[name] !== null);
  let d = "";
  for (const p of known)
    d += d ? `H${x(Date.parse(p.time)).toFixed(1)}V${y(p[name]).toFixed(1)}` : `M${x(Date.parse(p.time)).toFixed(1)} ${y(p[name]).toFixed(1)}`;
  return { d: d ? `${d}H${x(until)}` : "", end: known.length ? y(known.at(-1)[name]) : 0, last: known.at(-1)?.[name] ?? null, first: known[0]?.[name] ?? null };
}

function trend(data, at) {
  wide = matchMedia("(max-width: 40rem)").matches ? 330 : 640; // its letters stay as large as others
  const until = Date.parse(at), from = until - DAYS * 86400000;
  const points = data.items;
  if (points.length < 2)
    return el("p", { class: "note" }, w("trendNone"));
  const score = line(points, "percent", from, until), coverage = line(points, "coverage_percent", from, until);
  const said = w("trendSaid", Math.floor(score.first ?? 0), Math.floor(score.last ?? 0), Math.floor(coverage.first ?? 0), Math.floor(coverage.last ?? 0));
  const svg = draw("svg", { viewBox: `0 0 ${wide} ${HIGH}`, class: "trend", role: "img", "aria-label": said });
  for (const v of [0, 50, 100]) {
    const y = TOP + (HIGH - TOP - BOTTOM) * (1 - v / 100);
    svg.append(draw("path", { d: `M${LEFT} ${y}H${wide - RIGHT}`, class: "grid" }), draw("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, v));
  }
  for (const days of [90, 60, 30, 0]) {
    const x = LEFT + (wide - LEFT - RIGHT) * (1 - days / DAYS);
    const [, m, d] = dayAfter(at, -days).split("-").map(Number);
    svg.append(draw("text", { x, y: HIGH - 5, "text-anchor": "middle" }, `${m}/${d}`));
  }
  svg.append(draw("path", { d: coverage.d, class: "coverage" }), draw("path", { d: score.d, class: "score" }));
  for (const [l, name] of [[coverage, "coverage"], [score, "score"]])
    if (l.last !== null)
      svg.append(draw("text", { x: wide - RIGHT + 6, y: l.end + 4, class: `end ${name}` }, Math.floor(l.last)));
  return [svg, el("ul", { class: "legend" }, el("li", {}, el("span", { class: "stroke score" }), w("score")), el("li", {}, el("span", { class: "stroke coverage" }), w("coverage"))),
    el("p", { class: "sr" }, said)];
}

const rank = { fail: 0, warn: 1, unknown: 2, attested: 3, na: 4, pass: 5 };

function turn(from, to) {
  return el("span", { class: "turn" }, from ? badge(from) : el("span", { class: "note" }, w("newOne")), el("span", { "aria-hidden": "true" }, "→"),
    el("span", { class: "sr" }, w("becomes")), to ? badge(to) : el("span", { class: "note" }, w("goneOne")));
}

function changesOf(data, pack) {
  const items = data.items.filter((i) => i.pack === pack).map((i) => el("li", {}, turn(i.from, i.to), el("span", {}, both(i.text), " ", itemLink(i.pack, i.item))));
  const rows = data.changes.filter((c) => c.from !== c.to && !(c.from === null && c.to === "pass"))
    .sort((a, b) => (rank[a.to] ?? 5) - (rank[b.to] ?? 5))
    .map((c) => el("li", {}, turn(c.from, c.to),
      el("span", {}, c.resource ? el("b", { class: "resource" }, c.resource) : null, both(c.reason) || both(c.title), " ",
        el("span", { class: "note" }, when(c.time).split(" ").pop(), both(c.cause?.text) ? `${w("comma")}${both(c.cause.text)}` : ""), " ", links(c.items, pack))));
  const all = [...items, ...rows];
  return all.length === 0 ? el("p", { class: "note" }, w("changesNone")) : few("changes", all);
}

// What lapses, and the dates that people gave for their "no".
function lapses(data, list, at) {
  const today = at.slice(0, 10), last = dayAfter(at, DAYS);
  const rows = (data?.changes ?? []).filter((c) => c.worse).map((c) => ({
    date: c.date, node: [el("span", {}, c.resource ? el("b", { class: "resource" }, c.resource) : null, both(c.reason) || both(c.title),
      el("span", { class: "note" }, " ", severity(c.severity), both(c.fix)), " ", links(c.items, list.id))],
  }));
  for (const item of list.items)
    if (item.answer === "no" && item.target_date && item.target_date <= last)
      rows.push({ date: item.target_date, node: [el("span", {}, w(item.target_date < today ? "targetPast" : "targetComes"), " ", itemLink(list.id, item.id))] });
  rows.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  if (rows.length === 0)
    return el("p", { class: "note" }, w("lapsesNone"));
  return few("lapses", rows.map((r) => el("li", {}, el("time", { datetime: r.date, class: r.date < today ? "past" : "" },
    when(r.date, false), el("br"), el("span", { class: "note" }, w("inDays", Math.round((Date.parse(r.date) - Date.parse(today)) / 86400000)))), ...r.node)));
}

function step(one, pack) {
  const gain = one.gain >= 0.05 ? w("gain", one.gain.toFixed(1)) : one.coverage_gain >= 0.05 ? w("coverageGain", one.coverage_gain.toFixed(1)) : null;
  const copy = both(one.copy), steps = both(one.steps);

  return el("li", {},
    el("div", {},
      el("p", { class: "do-what" }, both(one.title)),
      el("p", { class: "note" }, w(`stepKind.${one.kind}`), gain ? `${w("comma")}${gain}` : "", " ", links(one.items, pack)),
      steps || copy ? el("details", {}, el("summary", {}, w("howTo")), el("p", { class: "steps" }, steps),
        copy ? el("div", { class: "copy" }, el("pre", { tabindex: "0" }, copy), el("button", { type: "button", class: "plain-button", onclick: async (event) => {
          const button = event.currentTarget;
          try {
            await navigator.clipboard.writeText(copy);
            button.textContent = w("copied");
          } catch {
            getSelection().selectAllChildren(button.previousSibling);
            button.textContent = w("copySelf");
          }
        } }, w("copy"))) : null) : null));
}

function steps(key, data, pack, shown, none) {
  return data.steps.length === 0 ? el("p", { class: "note" }, w(none)) : few(key, data.steps.map((s) => step(s, pack)), "ol", shown, { class: "plain-list numbered" });
}

function made(name, make) {
  const { data, failed } = parts[name];
  return data ? make(data) : el("p", { class: "note" }, failed ? w("loadFail") : w("loading"));
}

function part(name, title, make) {
  return el("div", { class: `panel ${name}` }, el("h3", {}, title), made(name, make));
}

// A site where hardly anything is known yet has a plan before it has results.
export function isFresh(list) {
  return (list.score.coverage_percent ?? 0) < 20;
}

// What was unfolded in the old lists is unfolded in the new ones.
function keepOpen(root, work) {
  const open = [...root.querySelectorAll("details")].map((d) => d.open);
  const focus = [...root.querySelectorAll("a, button, summary, pre")].indexOf(document.activeElement);
  work();
  root.querySelectorAll("details").forEach((d, i) => {
    d.open = open[i] ?? false;
  });
  if (focus >= 0)
    [...root.querySelectorAll("a, button, summary, pre")][focus]?.focus();
}

const shown = new Map();

function draws(root, key, work) {
  if (shown.get(root) === key)
    return;
  shown.set(root, key);
  keepOpen(root, work);
}

// Sources that have fallen silent, or were declared and never heard.
function silent(data) {
  const never = (data.never_seen ?? []).map((s) => ({ name: s.host || s.source_id, note: s.system, last: null }));
  const rows = [...data.items.filter((s) => s.state === "silent").map((s) => ({ name: s.host || s.peer, note: s.collector, last: s.last_received })), ...never];
  if (rows.length === 0)
    return el("p", { class: "note" }, w("silentNone"));
  return few("silent", rows.sort((a, b) => (Date.parse(b.last) || 0) - (Date.parse(a.last) || 0)).map((s) => el("li", {},
    el("span", {}, el("b", {}, s.name), el("br"), el("span", { class: "note" }, s.note ?? "")),
    el("span", {}, s.last ? w("silentSince", when(s.last), ago(s.last)) : w("never")))));
}

// @roots: {plan, course, outlook}; @state: {status, list, past}.
export function outlook(roots, { status, list, past }) {
  const at = status.time;
  const key = JSON.stringify([Object.values(parts).map((p) => [p.at, p.failed, Boolean(p.data)]), list.id, w("more"), list.items.map((i) => i.target_date), at.slice(0, 10), past?.date]);
  draws(roots.plan, key, () => fill(roots.plan, past ? [] : [
    el("h2", { id: "plan-title" }, w(isFresh(list) ? "planFresh" : "plan")),
    isFresh(list) ? el("p", { class: "lead" }, w(list.score.items.fail > 0 ? "planFreshSome" : "planFreshNote")) : null,
    el("div", { class: "panels" },
      part("next", w("cheapest"), (d) => steps("next", d, list.id, 3, "cheapestNone")),
      part("setup", w("setup"), (d) => steps("setup", d, list.id, isFresh(list) ? 5 : 3, "setupNone")))]));
  draws(roots.course, key, () => fill(roots.course,
    el("h2", { id: "course-title" }, w("trend")), el("div", { class: "panel history" }, made("history", (d) => trend(d, at)))));
  draws(roots.outlook, key, () => fill(roots.outlook,
    el("h2", { id: "outlook-title" }, w(past ? "outlookPast" : "outlook")),
    el("div", { class: past ? "panels one" : "panels" },
      part("changes", w(past ? "changesThen" : "changes"), (d) => changesOf(d, list.id)),
      past ? null : part("forecast", w("lapses"), (d) => [
        d.score?.end && Math.floor(d.score.now.percent ?? 0) !== Math.floor(d.score.end.percent ?? 0) ? el("p", { class: "note" }, w("forecastScore", Math.floor(d.score.now.percent ?? 0), Math.floor(d.score.end.percent ?? 0))) : null,
        lapses(d, list, at)].flat()),
      past ? null : part("sources", w("silentTitle"), (d) => silent(d)))));
}
