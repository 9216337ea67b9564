// Elements from texts only: what others wrote is never read as markup.
import { w } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

// el("p", {class: "note", onclick: fn, hidden: true}, "text", child, ...)
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined)
      continue;
    if (name.startsWith("on"))
      node.addEventListener(name.slice(2), value);
    else
      node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
}

// Each status has a shape of its own, so that colour is never needed to tell them apart.
const shapes = {
  pass: ["M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z", "M7.5 12.5l3 3l6-7"],
  warn: ["M12 2.5L22.5 21h-21z", "M12 9.5v5M12 17.6v.4"],
  fail: ["M7.8 2h8.4L22 7.8v8.4L16.2 22H7.8L2 16.2V7.8z", "M8.5 8.5l7 7M15.5 8.5l-7 7"],
  unknown: ["M12 2.2a9.8 9.8 0 1 0 0 19.6a9.8 9.8 0 0 0 0-19.6z", "M9.3 9.6c0-3.6 5.4-3.6 5.4 0c0 2.2-2.7 2-2.7 4.3M12 17.4v.1"],
  attested: ["M4 3h16v18H4z", "M8 16c1-3 7-3 8 0M12 7.2a2.2 2.2 0 1 0 0 4.4a2.2 2.2 0 0 0 0-4.4z"],
  na: ["M3 7h18v10H3z", "M8 12h8"],
  past: ["M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z", "M12 6.5v6l-4 3"],
};

export function icon(status) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${status}`);
  (shapes[status] ?? shapes.unknown).forEach((d, i) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("class", i ? "sign" : "shape");
    svg.append(path);
  });
  return svg;
}

export function badge(status) {
  return el("span", { class: `badge ${status}` }, icon(status), w(`status.${status}`));
}

export function severity(name) {
  return el("span", { class: `severity ${name}` }, w(`severity.${name}`));
}

// The styles of a view that is opened now and then; it is there before anything is drawn.
const sheets = new Map();

export function cssLoad(name) {
  if (!sheets.has(name))
    sheets.set(name, new Promise((done) => {
      const link = el("link", { rel: "stylesheet", href: `/${name}`, onload: done, onerror: done });
      document.head.append(link);
    }));
  return sheets.get(name);
}
