// One row of a ledger as a form: made of the columns that the API tells, with what was seen filled in.  What is refused stands at
// its field.
import { keyNew, put } from "./api.js";
import { el } from "./dom.js";
import { both, languageNow, w } from "./words.js";

const t = (path, ...values) => w(`ledger.${path}`, ...values);
const NEAR_AT_HAND = 8; // columns beside those that must be filled

export function columnName(column) {
  if (languageNow() === "ja")
    return column.ja;
  const name = column.name.replaceAll("_", " ");
  return name[0].toUpperCase() + name.slice(1);
}

export function valueShown(column, value) {
  if (value === undefined || value === null || value === "")
    return "";
  if (column?.type === "bool")
    return value === "yes" ? t("yes") : value === "no" ? t("no") : value;
  if (column?.type === "enum" && languageNow() === "ja")
    return column.values.find((v) => v.value === value)?.ja ?? value;
  if (column?.type === "macs")
    return String(value).split(" ").map(macShown).join(" ");
  return String(value);
}

export function macShown(mac) {
  return /^[0-9a-f]{12}$/.test(mac) ? mac.match(/../g).join(":") : mac;
}

let counter = 0;

function select(id, choices, value) {
  const node = el("select", { id }, el("option", { value: "" }, t("blank")), choices.map(([v, name]) => el("option", { value: v, selected: v === value }, name)));
  // What stands in the file and is none of the choices is kept, not lost.
  if (value && !choices.some(([v]) => v === value))
    node.append(el("option", { value, selected: true }, value));
  return node;
}

function inputOf(column, id, value, must) {
  if (column.type === "enum")
    return select(id, column.values.map((v) => [v.value, languageNow() === "ja" ? v.ja : v.value]), value);
  if (column.type === "bool")
    return select(id, [["yes", t("yes")], ["no", t("no")]], value);
  const date = column.type === "date" && (!value || /^\d{4}-\d\d-\d\d$/.test(value));
  const input = el("input", { id, type: date ? "date" : "text", required: must, autocomplete: "off", spellcheck: "false", placeholder: date || !column.example ? null : shownExample(column) });
  input.value = column.type === "macs" ? valueShown(column, value) : value ?? "";
  return input;
}

function shownExample(column) {
  return column.type === "id" || column.type === "text" ? null : column.example;
}

function fieldOf(column, form, value) {
  const id = `ledger-field-${++counter}`, key = form.key.includes(column.name);
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const input = inputOf(column, id, value, column.required);
  const label = el("label", { for: id }, columnName(column), column.required ? el("span", { class: "must" }, t("must")) : null, key ? el("span", { class: "key-note note" }, t("keyNote")) : null);
  return { column, input, error, was: input.value, node: el("div", { class: "field" }, label, input, error) };
}

function errorShow(field, text) {
  field.error.textContent = text;
  field.error.hidden = !text;
  field.input.setAttribute("aria-invalid", String(Boolean(text)));
  if (text)
    field.input.setAttribute("aria-describedby", field.error.id);
  else
    field.input.removeAttribute("aria-describedby");
}

// A complaint names a field by its heading or its name; what has no field stands above the buttons.
function errorsShow(fields, rest, problem, status) {
  const left = [];
  let first = null;
  for (const field of fields)
    errorShow(field, "");
  for (const error of problem.errors ?? []) {
    const field = fields.find((f) => [f.column.name, f.column.ja].includes(error.column) || f.column.name === error.field);
    if (!field) {
      left.push(both(error.text));
      continue;
    }
    errorShow(field, both(error.text));
    field.input.closest("details")?.setAttribute("open", "");
    first ??= field;
  }
  if (!first && left.length === 0)
    left.push(both(problem.text) || t("failed", status));
  rest.textContent = left.join(" ");
  rest.hidden = left.length === 0;
  (first?.input ?? rest).focus();
}

// What is in the way of a write and can be agreed to: a workbook that becomes CSV, over half of the rows that go.
function consents() {
  const boxes = ["convert", "confirm"].map((name) => {
    const input = el("input", { type: "checkbox" });
    return { name, input, node: el("label", { class: "tick", hidden: true }, input, t(name === "confirm" ? "confirmLoss" : name)) };
  });
  return {
    nodes: boxes.map((b) => b.node),
    show: (problem) => {
      for (const box of boxes)
        if (problem.errors?.some((e) => e.field === box.name))
          box.node.hidden = false;
    },
    query: () => boxes.filter((b) => b.input.checked).map((b) => `${b.name}=1`),
  };
}

// @form: {kind, columns, key, any_of, values, id (of the row; null: a new one), proposed}; @done(answer), @close().
export function rowForm(form, done, close) {
  const order = [...form.columns].sort((a, b) => rank(a, form) - rank(b, form));
  const fields = order.map((column) => fieldOf(column, form, form.values[column.name]));
  const must = fields.filter((f) => rank(f.column, form) < 3), other = fields.filter((f) => rank(f.column, form) >= 3);
  const near = other.length > NEAR_AT_HAND + 2 ? other.slice(0, NEAR_AT_HAND) : other, far = other.slice(near.length);
  const rest = el("p", { class: "error", role: "alert", tabindex: "-1", hidden: true }), agreed = consents();
  const button = el("button", { type: "submit", class: "primary" }, form.id ? t("save") : t("accept"));
  let sent = "", key = "";

  async function write(method, body, query) {
    const path = `registers/${form.kind}/rows${query.length > 0 ? `?${query.join("&")}` : ""}`;
    if (JSON.stringify([method, path, body]) !== sent) {
      sent = JSON.stringify([method, path, body]);
      key = keyNew();
    }
    button.disabled = true;
    rest.hidden = true;
    try {
      const answer = await put(method, path, body, key);
      if (answer.ok) {
        done(answer.body);
        return;
      }
      agreed.show(answer.body);
      errorsShow(fields, rest, answer.body, answer.status);
    } catch {
      rest.textContent = t("unsent");
      rest.hidden = false;
      rest.focus();
    } finally {
      button.disabled = false;
    }
  }

  function submit(event) {
    event.preventDefault();
    const row = {};
    // Of a row that stands only what was changed is sent, and the key; of a new one all that is filled.
    for (const { column, input, was } of fields) {
      const value = input.value.trim();
      if (form.id ? value !== was || form.key.includes(column.name) || column.required || form.any_of.includes(column.name) : value)
        row[column.name] = value;
    }
    write("POST", { row }, [...(form.id ? [`id=${form.id}`] : []), ...agreed.query()]);
  }

  function removal() {
    const ask = el("div", { class: "remove", hidden: true, role: "group", "aria-label": t("remove") }, el("p", {}, t("removeSure")),
      el("div", { class: "line" }, el("button", { type: "button", class: "action grave", onclick: () => write("DELETE", {}, [`id=${form.id}`, ...agreed.query()]) }, t("removeDo")),
        el("button", { type: "button", class: "plain-button", onclick: () => {
          ask.hidden = true;
          open.focus();
        } }, t("cancel"))));
    const open = el("button", { type: "button", class: "plain-button", onclick: () => {
      ask.hidden = false;
      ask.querySelector("button").focus();
    } }, t("remove"));
    return [open, ask];
  }

  const [removeOpen, removeAsk] = form.id ? removal() : [null, null];
  const node = el("form", { class: "say row-form", onsubmit: submit, novalidate: true },
    el("h3", {}, form.id ? t("rowEdit") : form.proposed ? t("rowProposed") : t("rowNew")),
    form.proposed ? el("p", { class: "note" }, t("proposedNote")) : null,
    form.any_of.length > 0 ? el("p", { class: "note" }, t("anyOf", form.any_of.map((n) => columnName(form.columns.find((c) => c.name === n))).join("・"))) : null,
    el("div", { class: "fields" }, [...must, ...near].map((f) => f.node)),
    far.length > 0 ? el("details", {}, el("summary", {}, t("more", String(far.length))), el("div", { class: "fields" }, far.map((f) => f.node))) : null,
    rest, agreed.nodes,
    el("div", { class: "line" }, button, el("button", { type: "button", class: "plain-button", onclick: close }, t("cancel")), removeOpen), removeAsk);
  return {
    node,
    // For what was seen: a button beside the comparison puts it into its field.
    set: (name, value) => {
      const field = fields.find((f) => f.column.name === name);
      field.input.value = field.column.type === "macs" ? valueShown(field.column, value) : value;
      field.input.closest("details")?.setAttribute("open", "");
      field.input.focus();
    },
    focus: () => (fields.find((f) => f.column.required && !f.input.value) ?? fields[0]).input.focus(),
  };
}

function rank(column, form) {
  return form.key.includes(column.name) ? 0 : column.required ? 1 : form.any_of.includes(column.name) ? 2 : form.values[column.name] ? 3 : 4;
}
