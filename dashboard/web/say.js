// The forms by which people say something: an answer, an attestation, a waiver, what does not apply, that work has begun.
// What the API refuses is shown at the field that it names; what is sent twice is done once.
import { keyNew, put } from "./api.js";
import { el, fill } from "./dom.js";
import { evidenceField } from "./evidence.js";
import { both, day, w } from "./words.js";

const WHO = "tenken-who";

const who = { name: "who", must: true, value: () => sessionStorage.getItem(WHO) ?? "" };
const why = { name: "why", kind: "long", must: true };

const forms = {
  answer: { path: "answers", fields: [
    { name: "answer", label: "answer", kind: "choice", must: true, choices: [["yes", "answerYes"], ["no", "answerNo"]] },
    { name: "answered_on", kind: "date", value: () => day(0) },
    { name: "target_on", kind: "date" },
    who, { name: "note", kind: "long" }] },
  attest: { path: "attestations", fields: [
    why, { name: "until", kind: "date", value: (of) => day(Math.min(of.days ?? 365, 365)) }, who, { name: "role" }, { name: "evidence", kind: "evidence" }] },
  waive: { path: "waivers", fields: [
    why, { name: "measure", kind: "long", must: true }, { name: "until", kind: "date", must: true, value: () => day(90) },
    who, { name: "approver", must: true }] },
  ack: { path: "acks", fields: [who, { ...why, must: false }, { name: "until", kind: "date", value: () => day(7) }] },
  na: { path: "not-applicable", fields: [why, { name: "until", kind: "date", must: true, value: () => day(365) }, who] },
  back: { method: "DELETE", path: (of) => of.path, fields: [why, who] },
  token: { path: "tokens", fields: [{ name: "name", must: true, max: 40 }, { name: "until", kind: "date", must: true }] },
};

let counter = 0;

function fieldOf(field, of) {
  const id = `say-${++counter}`, value = of.values?.[field.name] ?? field.value?.(of) ?? "";
  if (field.kind === "evidence")
    return evidenceField(id);
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const label = [w(field.label ?? `say.${field.name}`), field.must ? el("span", { class: "must" }, w("say.must")) : null];

  if (field.kind === "choice") {
    const inputs = field.choices.map(([v]) => el("input", { type: "radio", name: id, value: v, id: `${id}-${v}`, checked: v === value, required: field.must }));
    return {
      name: field.name, error, inputs, read: () => inputs.find((i) => i.checked)?.value ?? "",
      node: el("fieldset", {}, el("legend", {}, label), el("div", { class: "choices" }, field.choices.map(([, word], i) =>
        el("label", {}, inputs[i], w(word)))), error),
    };
  }
  const input = field.kind === "long" ?
    el("textarea", { id, rows: 2, maxlength: 2000, required: field.must }) :
    el("input", { id, type: field.kind ?? "text", maxlength: field.kind ? null : field.max ?? 200, required: field.must, autocomplete: "off" });
  input.value = value;
  return { name: field.name, error, inputs: [input], read: () => input.value.trim(), node: el("div", { class: "field" }, el("label", { for: id }, label), input, error) };
}

function errorShow(field, text) {
  field.error.textContent = text;
  field.error.hidden = !text;
  for (const input of field.inputs) {
    input.setAttribute("aria-invalid", String(Boolean(text)));
    if (text)
      input.setAttribute("aria-describedby", field.error.id);
    else
      input.removeAttribute("aria-describedby");
  }
}

// Everything that was refused, each at its field; what has no field here stands above the buttons.
function errorsShow(fields, rest, problem, status) {
  const errors = [...problem.errors ?? []];
  const left = [];
  let first = null;

  for (const field of fields) {
    const own = errors.filter((e) => e.field === field.name || field.names?.includes(e.field)).map((e) => both(e.text));
    errorShow(field, own.join(" "));
    if (own.length > 0)
      first ??= field;
  }
  for (const error of errors)
    if (!fields.some((f) => f.name === error.field || f.names?.includes(error.field)))
      left.push(both(error.text));
  if (errors.length === 0)
    left.push(both(problem.text) || w("say.failed", status));
  rest.textContent = left.join(" ");
  rest.hidden = left.length === 0;
  (first?.inputs[0] ?? rest).focus();
}

// @fixed: what the body holds besides; @of: {days, values, path, title, note, about, label}; @done(answer) when it is said, @close when it is not.
export function form(kind, fixed, of, done, close) {
  const fields = forms[kind].fields.map((field) => fieldOf(field, of));
  const rest = el("p", { class: "error", role: "alert", tabindex: "-1", hidden: true });
  const button = el("button", { type: "submit", class: "primary" }, w(`say.${kind}Do`));
  let sent = "", key = "";

  async function submit(event) {
    event.preventDefault();
    const body = { ...fixed };
    for (const field of fields) {
      const value = field.read();
      Object.assign(body, typeof value === "object" ? value : value ? { [field.name]: value } : {});
    }
    if (JSON.stringify(body) !== sent) {
      sent = JSON.stringify(body);
      key = keyNew();
    }
    button.disabled = true;
    rest.hidden = true;
    try {
      const { path, method } = forms[kind];
      const answer = await put(method ?? "POST", typeof path === "function" ? path(of) : path, body, key);
      if (answer.ok) {
        if (body.who)
          sessionStorage.setItem(WHO, body.who);
        done(answer.body);
        return;
      }
      errorsShow(fields, rest, answer.body, answer.status);
    } catch {
      // The same key goes along when it is sent again, so nothing is said twice.
      rest.textContent = w("say.unsent");
      rest.hidden = false;
      rest.focus();
    } finally {
      button.disabled = false;
    }
  }

  const node = el("form", { class: "say", onsubmit: submit, novalidate: true },
    el("h4", {}, of.title ?? `${w(`say.${kind}`)}${of.about ? `${w("colon")}${of.about}` : ""}`), el("p", { class: "note" }, of.note ?? w(`say.${kind}Note`)),
    fields.map((f) => f.node), rest,
    el("div", { class: "line" }, button, el("button", { type: "button", class: "plain-button", onclick: close }, w("say.cancel"))));
  node.addEventListener("keydown", (event) => {
    // Escape closes the form, not the sheet around it.
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  return node;
}

// A button that unfolds its form into @box and folds it again.
export function opener(kind, box, fixed, of, done) {
  const button = el("button", { type: "button", class: "action", "aria-expanded": "false", onclick: () => {
    const open = button.getAttribute("aria-expanded") === "true";
    box.dispatchEvent(new Event("fold"));
    if (!open)
      unfold();
  } }, of.label ?? w(`say.${kind}`));
  const fold = (back) => {
    fill(box);
    button.setAttribute("aria-expanded", "false");
    if (back)
      button.focus();
  };
  function unfold() {
    fill(box, form(kind, fixed, of, (answer) => {
      fold(true);
      done(answer);
    }, () => fold(true)));
    button.setAttribute("aria-expanded", "true");
    box.querySelector("input, textarea").focus();
  }
  box.addEventListener("fold", () => fold(false));
  return button;
}
