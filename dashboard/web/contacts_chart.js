// Draws the contact chart: A4 on its side, 4 units a millimetre.  Texts are fitted to their boxes; none runs out of one.
import { both, number, w } from "./words.js";

const SVG = "http://www.w3.org/2000/svg", WIDE = 1124, HIGH = 776;
const t = (path, ...values) => w(`chart.${path}`, ...values);

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined)
      node.setAttribute(name, value);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

// About how wide a text is, in em: letters of Japanese are square.
function ems(text) {
  let n = 0;
  for (const c of text)
    n += c.codePointAt(0) < 0x2000 ? (/[A-Z@%mwMW]/.test(c) ? .72 : .56) : 1;
  return n;
}

// The text in the size wanted, or as small as @least, or cut.
function fitted(text, width, size, least) {
  const is = Math.min(size, width / Math.max(ems(text), .1));
  if (is >= least)
    return [text, is];
  let cut = [...text];
  while (cut.length > 1 && (ems(cut.join("")) + 1) * least > width)
    cut = cut.slice(0, -1);
  return [`${cut.join("")}…`, least];
}

function line(text, x, y, width, size, least, attributes = {}) {
  const [shown, is] = fitted(text, width, size, least);
  return svg("text", { x, y, "font-size": is.toFixed(1), ...attributes }, shown);
}

// A text over at most two lines.
function lines(text, x, y, width, size, attributes = {}) {
  if (ems(text) * size <= width)
    return [line(text, x, y, width, size, size, attributes)];
  let first = "", rest = [...text];
  while (rest.length > 0 && ems(first + rest[0]) * size <= width)
    first += rest.shift();
  // Words are not torn apart where there are any.
  const space = first.lastIndexOf(" ");
  if (/[a-z]$/i.test(first) && /^[a-z]/i.test(rest[0] ?? "") && space > 0) {
    rest = [...first.slice(space + 1), ...rest];
    first = first.slice(0, space);
  }
  return [line(first, x, y, width, size, size, attributes), line(rest.join(""), x, y + size * 1.2, width, size, size * .8, attributes)];
}

function said(box) {
  return box.state === "nophone" ? t("noPhone") : box.state === "never" ? t("never") : t(box.state === "stale" ? "stale" : "verified", box.verified);
}

function boxOf(box, x, y, width, high) {
  const inner = width - 20, left = x + 10, bad = box.state === "missing" || box.state === "nophone";
  const scale = Math.max(.68, Math.min(1.15, high / 118)), small = 11.5 * scale;
  const group = svg("g", { class: `box ${box.state}` }, svg("rect", { x, y, width, height: high, rx: 7 }),
    line(t(`kind.${box.kind}`), left, y + 17 * scale, inner, 12.5 * scale, 9, { class: "kind" }));
  if (box.state === "missing") {
    group.append(svg("path", { class: "cross", d: `M${x + width - 26} ${y + 10}l14 14m0 -14l-14 14` }), line(t("missing"), left, y + 44 * scale, inner, 21 * scale, 10, { class: "gap" }),
      ...lines([box.organisation, box.reason ? both(box.reason) : ""].filter(Boolean).join(" "), left, y + 64 * scale, inner, small, { class: "why" }));
    return group;
  }
  const who = [box.who, box.vendor && box.vendor !== box.organisation ? box.vendor : ""].filter(Boolean).join(" ");
  group.append(line(box.organisation, left, y + 36 * scale, inner, 16 * scale, 10, { class: "name" }));
  if (who)
    group.append(line(who, left, y + 52 * scale, inner, 12.5 * scale, 9));
  if (box.phone)
    group.append(line(box.phone, left, y + 80 * scale, inner, 27 * scale, 12, { class: "phone" }));
  else
    group.append(line(t("noPhone"), left, y + 74 * scale, inner, 18 * scale, 10, { class: "gap" }), line(box.email, left, y + 91 * scale, inner, small, 8.5));
  const more = [box.alt ? `${t("alt")} ${box.alt}` : "", box.hours].filter(Boolean).join("  ");
  if (more && box.phone)
    group.append(line(more, left, y + 95 * scale, inner, small, 8.5));
  if (!bad)
    group.append(line(said(box), left, y + 110 * scale, inner, small, 8.5, { class: `checked ${box.state}` }));
  return group;
}

function arrow(x, y, to) {
  return svg("g", { class: "arrow", "aria-hidden": "true" }, svg("path", { d: `M${x} ${y}V${to - 7}` }), svg("path", { class: "tip", d: `M${x - 6} ${to - 9}h12l-6 9z` }));
}

// Those that do not fit are said to be in the ledger; a gap always fits.
function fitting(boxes, most) {
  if (boxes.length <= most)
    return [boxes, 0];
  const gaps = boxes.filter((b) => b.state === "missing").length;
  let room = most - gaps;
  const seen = new Map(), kept = new Set();
  // The first of each kind before the second of any.
  for (let round = 0; room > 0 && round < boxes.length; round++)
    for (const box of boxes)
      if (room > 0 && box.state !== "missing" && !kept.has(box) && (seen.get(box.kind) ?? 0) === round) {
        kept.add(box);
        seen.set(box.kind, round + 1);
        room--;
      }
  const shown = boxes.filter((b) => b.state === "missing" || kept.has(b)).slice(0, most);
  return [shown, boxes.length - shown.length];
}

export function chart({ title, date, inside, outside, gaps, demo }) {
  const top = 92, bottom = HIGH - 46, left = 300, gap = 12;
  const id = "contact-chart-title";
  const node = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-labelledby": `${id} ${id}-said`, class: "chart" },
    svg("title", { id }, title), svg("desc", { id: `${id}-said` }, t("description", number(gaps))),
    svg("rect", { class: "sheet-of", width: WIDE, height: HIGH }), line(title, 16, 36, 760, 28, 14, { class: "heading" }), line(date, WIDE - 16, 26, 300, 15, 10, { "text-anchor": "end" }),
    line(gaps > 0 ? t("gaps", number(gaps)) : t("noGaps"), WIDE - 16, 48, 520, 15, 10, { "text-anchor": "end", class: gaps > 0 ? "gap" : "fine" }),
    demo ? line(w("demo"), 16, 58, 560, 12, 9, { class: "gap" }) : null,
    svg("path", { class: "rule", d: `M16 66H${WIDE - 16}` }), line(t("inside"), 16, 84, 200, 15, 12, { class: "part" }), line(t("outside"), left + 28, 84, 200, 15, 12, { class: "part" }));

  const [chain, moreIn] = fitting(inside, 6), high = Math.min(132, (bottom - top - (chain.length - 1) * 22) / Math.max(1, chain.length));
  chain.forEach((box, i) => {
    const y = top + i * (high + 22);
    node.append(boxOf(box, 16, y, left - 32, high));
    if (i > 0 && box.kind.startsWith("internal_") && box.kind !== "internal_departments")
      node.append(arrow(16 + (left - 32) / 2, y - 21, y - 1));
  });

  const [grid, moreOut] = fitting(outside, 24), columns = grid.length > 15 ? 4 : 3, rows = Math.max(1, Math.ceil(grid.length / columns));
  const width = (WIDE - 16 - (left + 28) - (columns - 1) * gap) / columns, each = Math.min(150, (bottom - top - (rows - 1) * gap) / rows);
  node.append(svg("path", { class: "rule", d: `M${left + 6} 76V${bottom}` }));
  grid.forEach((box, i) => node.append(boxOf(box, left + 28 + (i % columns) * (width + gap), top + Math.floor(i / columns) * (each + gap), width, each)));
  if (moreIn + moreOut > 0)
    node.append(line(t("more", number(moreIn + moreOut)), WIDE - 16, HIGH - 30, 400, 13, 10, { "text-anchor": "end", class: "gap" }));
  node.append(line(`${t("first")}: ${t("order")}`, 16, HIGH - 12, WIDE - 32, 14, 9, { class: "order" }));
  return node;
}
