// Where the records come from.
import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { ago, both, number, w } from "./words.js";

function sourceRow(source) {
  const silent = source.state === "silent", name = source.host || source.peer;
  const from = source.peer && source.peer !== name ? `${source.collector} ${source.peer}` : source.collector;

  return el("tr", {},
    el("td", {}, el("span", { class: "line" }, icon(silent ? "warn" : "pass"), w(source.state))),
    el("td", {}, el("b", {}, name), el("br"), el("span", { class: "note" }, from)),
    el("td", {}, source.last_received ? ago(source.last_received) : w("never")),
    el("td", { class: "right", "data-name": w("lines") }, number(source.lines ?? 0)),
    el("td", { class: "right", "data-name": w("unread") }, number(source.unknown ?? 0)));
}

function collectorRow(row) {
  const status = { ok: "pass", off: "na", failed: "fail" }[row.state] ?? "unknown";

  return el("li", {}, icon(status), el("div", {},
    el("p", {}, el("b", {}, w(`collectorName.${row.name}`)), " ", w(`collectorState.${row.state}`)),
    row.reason ? el("p", { class: "note" }, row.reason) : null));
}

function registerRow(row) {
  const status = { ok: "pass", missing: "unknown", refused: "fail" }[row.state] ?? "unknown";

  return el("li", {}, icon(status), el("div", {},
    el("p", {}, el("b", {}, both(row.title) || row.kind), " ", w(`registerState.${row.state}`), row.state === "ok" ? `${w("comma")}${w("rows", number(row.rows))}` : ""),
    row.error ? el("p", { class: "note" }, both(row.error)) : null));
}

// Lines that nobody understands yet, as shapes: no value of them is kept.
function unknownShapes(items) {
  const shapes = items.flatMap((s) => (s.shapes ?? []).map((shape) => ({ ...shape, host: s.host || s.peer }))).sort((a, b) => b.count - a.count).slice(0, 20);
  if (shapes.length === 0)
    return null;
  return el("details", { class: "panel shapes", open: shapesOpen, ontoggle: (e) => {
    shapesOpen = e.target.open;
  } }, el("summary", {}, w("shapes", number(shapes.length))), el("p", { class: "note" }, w("shapesNote")),
    el("ul", { class: "plain-list" }, shapes.map((s) => el("li", {}, el("span", {}, el("b", {}, s.host), el("br"),
      el("span", { class: "note" }, `${s.program ?? ""} ${w("times", number(s.count))}`)), el("code", {}, s.shape)))));
}

let shapesOpen = false;

export async function show(root) {
  let data;
  try {
    data = await get("sources?limit=200");
  } catch {
    fill(root, el("h2", { id: "view-title", tabindex: "-1" }, w("sources")), el("p", { class: "notice" }, w("loadFail")));
    return;
  }
  const never = (data.never_seen ?? []).map((s) => ({ state: "silent", host: s.host || s.source_id, peer: s.system, collector: s.source_id, last_received: null }));
  const all = [...never, ...data.items].sort((a, b) => (a.state === "silent" ? 0 : 1) - (b.state === "silent" ? 0 : 1));

  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, w("sources")),
    all.length === 0 ? el("p", { class: "empty" }, w("sourcesNone")) :
      el("div", { class: "scroll", tabindex: "0" }, el("table", {},
        el("thead", {}, el("tr", {}, ["state", "source", "lastLine"].map((n) => el("th", { scope: "col" }, w(n))),
          ["lines", "unread"].map((n) => el("th", { scope: "col", class: "right" }, w(n))))),
        el("tbody", {}, all.map(sourceRow)))),
    unknownShapes(data.items),
    el("p", { class: "note next-device" }, w("nextDevice"), el("a", { href: "#" }, w("setup"))),
    el("div", { class: "columns" },
      el("div", {}, el("h3", {}, w("collectors")), el("ul", { class: "plain" }, data.collectors.map(collectorRow))),
      el("div", {}, el("h3", {}, w("registers")), el("ul", { class: "plain" }, data.registers.map(registerRow)))));
}
