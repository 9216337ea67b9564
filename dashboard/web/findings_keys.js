// The keys of the list of findings: what they do, and the switch that turns the letters off (WCAG 2.1.4).
import { el, fill } from "./dom.js";
import { w } from "./words.js";

const KEEP = "tenken-keys";
let on = true;
try {
  on = localStorage.getItem(KEEP) !== "off";
} catch {
  on = true;
}

export function keysOn() {
  return on;
}

export function keysSet(wanted) {
  on = wanted;
  try {
    localStorage.setItem(KEEP, wanted ? "on" : "off");
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

const keys = [["move", "j", "k"], ["move", "↓", "↑"], ["open", "Enter"], ["select", "x"], ["all", "X"], ["ack", "a"], ["search", "/"], ["escape", "Esc"], ["help", "?"]];

export function keysHelp(t) {
  const back = document.activeElement;
  const dialog = el("dialog", { class: "small", "aria-labelledby": "keys-title" });
  const box = el("input", { type: "checkbox", checked: on, onchange: () => keysSet(box.checked) });
  fill(dialog, el("h2", { id: "keys-title" }, t("keys")),
    el("dl", { class: "keys" }, keys.map(([name, ...ks]) => [el("dt", {}, ks.map((k) => el("kbd", {}, k))), el("dd", {}, t(`key.${name}`))]).flat()),
    el("label", { class: "tick" }, box, t("keysUse")), el("p", { class: "note" }, t("keysNote")),
    el("button", { type: "button", class: "close", onclick: () => dialog.close() }, w("close")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    back?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
