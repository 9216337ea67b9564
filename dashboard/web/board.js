// The items, grouped as on the form.
import { badge, el, fill } from "./dom.js";
import { both, since, w } from "./words.js";

const urgent = new Set(["fail", "warn"]);

function card(item, open) {
  const reason = item.reasons[0];
  const text = item.text_state === "slot" ? w("slot") : both(item.text);

  return el("li", {},
    el("button", { type: "button", class: `card ${item.status}`, "data-item": item.id, onclick: () => open(item.id) },
      el("span", { class: "line" }, el("span", { class: "id" }, item.id), badge(item.status)),
      el("span", { class: "text" }, text),
      item.text_state === "partial" ? el("span", { class: "tag" }, w("partialTag")) : null,
      item.checks.length === 0 ? el("span", { class: "quiet" }, w("unmeasured")) :
        reason ? el("span", { class: "reason" }, both(reason.reason)) : null,
      el("span", { class: "line foot" },
        el("span", {}, item.scored ? since(item.since) : w("notScored")),
        item.answer ? el("span", {}, `${w("answer")}${w("colon")}${w(item.answer === "yes" ? "answerYes" : "answerNo")}`) : null)));
}

function sections(items) {
  const groups = new Map();
  for (const item of items) {
    const name = both(item.section) || w("otherSection");
    if (!groups.has(name))
      groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
}

export function board(root, status, list, view, actions) {
  const items = list.items.filter((item) => !view.urgentOnly || urgent.has(item.status));
  const groups = sections(items);

  fill(root,
    el("div", { class: "heading" },
      el("h2", { id: "board-title" }, w("board")),
      el("div", { class: "tabs", role: "group", "aria-label": w("board") }, status.checklists.map((l) =>
        el("button", { type: "button", "aria-pressed": String(l.id === list.id), onclick: () => actions.pack(l.id) }, both(l.title)))),
      el("div", { class: "tabs", role: "group" }, [false, true].map((only) =>
        el("button", { type: "button", "aria-pressed": String(view.urgentOnly === only), onclick: () => actions.urgent(only) },
          w(only ? "filterOpen" : "filterAll"))))),
    items.length === 0 ? el("p", { class: "empty" }, w("allGood")) : null,
    [...groups].map(([name, group]) => el("div", { class: "group" },
      groups.size > 1 || name !== w("otherSection") ? el("h3", {}, name) : null, el("ul", { class: "cards" }, group.map((item) => card(item, actions.open))))));
}
