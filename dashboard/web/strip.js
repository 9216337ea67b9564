// How the status went over the last 90 days or this fiscal year: a strip of days, and the same in words.
import { get } from "./api.js";
import { badge, el, fill } from "./dom.js";
import { dayAfter, w, when } from "./words.js";

const t = (path, ...values) => w(`fi.${path}`, ...values);

// The first of April, from where the form's year goes.
function yearBegins(day) {
  const [y, m] = day.split("-").map(Number);
  return `${m < 4 ? y - 1 : y}-04-01`;
}

// Stretches of one status, from @from (a day) to @time; before the first word nothing was known to anybody.
function stretches(items, from, time) {
  const begin = Date.parse(`${from}T00:00:00${time.slice(19)}`), end = Date.parse(time), list = [];
  const add = (at, until, status) => {
    if (until > at)
      list.push({ at, until, status, share: (until - at) / Math.max(1, end - begin) });
  };
  const changes = items.toReversed().map((i) => ({ at: Math.max(begin, Date.parse(i.time)), status: i.status }));
  add(begin, changes[0]?.at ?? end, null);
  changes.forEach((c, i) => add(c.at, changes[i + 1]?.at ?? end, c.status));
  return list;
}

const dayOf = (ms, time) => new Date(ms + (Date.parse(`${time.slice(0, 19)}Z`) - Date.parse(time))).toISOString().slice(0, 10);
const name = (status) => (status ? w(`status.${status}`) : t("stripNever"));

function draw(list, from, time) {
  const words = list.map((s) => t("stripPart", when(dayOf(s.at, time), false), when(dayOf(s.until - 1, time), false), name(s.status)));
  const bar = el("div", { class: "strip", role: "img", "aria-label": t("stripSaid", words.slice(-12).join(w("comma"))) });
  for (const s of list) {
    const part = el("span", { class: `stretch ${s.status ?? "never"}` });
    part.style.flexGrow = String(s.share);
    bar.append(part);
  }
  return [bar, el("p", { class: "strip-ends note" }, el("span", {}, when(from, false)), el("span", {}, when(time.slice(0, 10), false))),
    el("details", {}, el("summary", {}, t("stripTable")), el("ul", { class: "plain-list course" }, list.toReversed().map((s) => el("li", {},
      s.status ? badge(s.status) : el("span", { class: "note" }, name(null)),
      el("span", {}, `${when(dayOf(s.at, time), false)}${w("until")}${when(dayOf(s.until - 1, time), false)}`)))))];
}

// @what: {pack, item} or {check}; @time: the end of what is shown.
export function strip(what, time) {
  const box = el("div", { "aria-busy": "true" }), day = time.slice(0, 10);
  const spans = [["stripDays", dayAfter(time, -89)], ["stripYear", yearBegins(day)]];
  const buttons = spans.map(([word, from]) => el("button", { type: "button", "aria-pressed": "false", onclick: () => show(from) }, t(word)));
  async function show(from) {
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(spans[i][1] === from)));
    try {
      const said = await get(`status-history?${new URLSearchParams({ ...what, from, to: time })}`);
      fill(box, draw(stretches(said.items, from, time), from, time));
    } catch {
      fill(box, el("p", { class: "note" }, w("loadFail")));
    }
    box.removeAttribute("aria-busy");
  }
  show(spans[0][1]);
  return el("section", { class: "course-box" }, el("div", { class: "line" }, el("h3", {}, t("strip")),
    el("div", { class: "tabs", role: "group", "aria-label": t("stripSpan") }, buttons)), box);
}
