// A file for a ledger: looked at first, shown what it would change, and then put in force.  What is refused is said with its place.
import { keyNew, putFile } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { columnName, valueShown } from "./ledger_form.js";
import { both, number, w, wordsAdd } from "./words.js";
import { uploads } from "./words_ledgers.js";

wordsAdd("upload", uploads);
const t = (path, ...values) => w(`upload.${path}`, ...values);
const LIMIT = 4 << 20;
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

function typeOf(name) {
  return /\.xlsx$/i.test(name) ? WORKBOOK : /\.(csv|txt)$/i.test(name) ? "text/csv" : null;
}

function rowName(about, row) {
  return about.key.map((k) => valueShown(about.columns.find((c) => c.name === k), row[k])).filter(Boolean).join(" / ");
}

// old → new for each column of a row that stands.
function differences(about, before, after) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((n) => (before ?? {})[n] !== (after ?? {})[n]);
  return names.map((name) => {
    const column = about.columns.find((c) => c.name === name), shown = (row) => valueShown(column, row?.[name]) || "—";
    return el("p", { class: "change" }, el("span", { class: "name" }, column ? columnName(column) : name.replace(/^extra:/, "")), el("del", {}, shown(before)), " → ", el("ins", {}, shown(after)));
  });
}

function changeRow(about, change) {
  const row = change.after ?? change.before ?? {}, status = { added: "pass", changed: "warn", removed: "fail" }[change.change];
  return el("li", {}, el("span", { class: "line" }, icon(status), t(change.change)),
    el("div", {}, el("b", {}, rowName(about, row)), change.change === "changed" ? differences(about, change.before, change.after) :
      el("p", { class: "note" }, about.columns.filter((c) => !about.key.includes(c.name) && row[c.name]).slice(0, 6).map((c) => `${columnName(c)} ${valueShown(c, row[c.name])}`).join(w("comma")))));
}

function refusal(problem, status) {
  const errors = problem.errors?.length > 0 ? problem.errors : [{ text: problem.text ?? { ja: w("ledger.failed", status), en: w("ledger.failed", status) } }];
  return el("div", { class: "refused", role: "alert", tabindex: "-1" }, el("h4", {}, icon("fail"), t("refused")),
    el("ul", { class: "plain" }, errors.map((e) => el("li", {}, el("div", {}, e.line || e.column ? el("b", {}, t("where", e.line, e.column)) : null, el("p", {}, both(e.text)))))),
    el("p", { class: "note" }, t("refusedNote")));
}

// @done(answer) when a file was put in force.
export function upload(root, kind, about, done) {
  const out = el("div", { class: "preview" }), note = el("p", { class: "note", role: "status" });
  let asked = null;

  async function force(name, bytes, type, query, button) {
    const key = keyNew();
    button.disabled = true;
    try {
      const answer = await putFile(`registers/${kind}${query}`, bytes, type, key);
      if (answer.ok) {
        fill(out);
        note.textContent = t("done");
        done(answer.body);
        return;
      }
      fill(out, refusal(answer.body, answer.status));
      out.firstChild.focus();
    } catch {
      note.textContent = w("ledger.unsent");
    }
    button.disabled = false;
  }

  function preview(name, bytes, type, said) {
    const sure = el("input", { type: "checkbox", id: "upload-sure" });
    const button = el("button", { type: "button", class: "primary", disabled: said.needs_confirm, onclick: () => force(name, bytes, type, said.needs_confirm ? "?confirm=1" : "", button) }, t("force"));
    sure.addEventListener("change", () => {
      button.disabled = !sure.checked;
    });
    const nothing = said.added + said.changed + said.removed === 0;
    fill(out, el("h4", { tabindex: "-1" }, t("from", name)), el("p", {}, t("counts", number(said.was), number(said.rows))),
      el("ul", { class: "counts" }, ["added", "changed", "removed"].map((c) => el("li", {}, icon({ added: "pass", changed: "warn", removed: "fail" }[c]), t(c), el("b", {}, number(said[c]))))),
      said.unknown_headings ? el("p", { class: "line" }, icon("warn"), t("unknown", said.unknown_headings)) : null,
      said.equal_rows > 0 ? el("p", { class: "note" }, t("equal", number(said.equal_rows))) : null,
      nothing ? el("p", {}, t("same")) : el("ul", { class: "plain-list changes", tabindex: "0", "aria-label": t("preview") }, said.changes.map((c) => changeRow(about, c))),
      said.added + said.changed + said.removed > said.changes.length ? el("p", { class: "note" }, t("cut", number(said.changes.length))) : null,
      said.needs_confirm ? el("div", { class: "loss" }, el("p", { class: "line" }, icon("fail"), el("b", {}, t("loss", number(said.was), number(said.rows)))), el("label", { class: "tick" }, sure, w("ledger.confirmLoss"))) : null,
      el("div", { class: "line" }, button, el("button", { type: "button", class: "plain-button", onclick: () => {
        fill(out);
        note.textContent = "";
        input.focus();
      } }, w("ledger.cancel"))));
    out.querySelector("h4").focus();
  }

  async function look(files) {
    const mine = asked = {}, [file] = files;
    fill(out);
    if (!file)
      return;
    const type = typeOf(file.name);
    const wrong = files.length > 1 ? t("one") : !type ? t("kind") : file.size > LIMIT ? t("big") : null;
    if (wrong) {
      fill(out, el("p", { class: "error", role: "alert" }, wrong));
      return;
    }
    note.textContent = t("reading", file.name);
    try {
      // Its bytes are taken once: what was shown is what is put in force.
      const bytes = await file.arrayBuffer();
      const answer = await putFile(`registers/${kind}?dry_run=1`, bytes, type, keyNew());
      if (asked !== mine)
        return;
      note.textContent = "";
      if (answer.ok)
        preview(file.name, bytes, type, answer.body);
      else {
        fill(out, refusal(answer.body, answer.status));
        out.firstChild.focus();
      }
    } catch {
      note.textContent = w("ledger.unsent");
    }
  }

  const input = el("input", { type: "file", id: "upload-file", class: "sr", accept: `.csv,.txt,.xlsx,text/csv,${WORKBOOK}`, onchange: () => {
    look([...input.files]);
    // The same file can be chosen again once it was mended.
    input.value = "";
  } });
  const zone = el("div", { class: "drop" }, input, el("label", { for: "upload-file", class: "plain-button" }, t("choose")), el("p", { class: "note" }, t("drop")));
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    look([...event.dataTransfer.files]);
  });
  fill(root, el("section", { class: "panel upload", "aria-labelledby": "upload-title" }, el("h4", { id: "upload-title" }, t("title")), el("p", { class: "note" }, t("note")), zone, note, out));
  input.focus();
}
