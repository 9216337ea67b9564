// One thing of a ledger, opened: both sides in full, the records behind what was seen, and the form to accept or change it.
import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { columnName, rowForm, valueShown } from "./ledger_form.js";
import { comparison, nameOf, proposed, stateIcon } from "./ledger_rows.js";
import { w, when } from "./words.js";

const t = (path, ...values) => w(`ledger.${path}`, ...values);

function compareTable(item, form) {
  const rows = comparison(item);
  if (rows.length === 0)
    return null;
  return el("table", { class: "sides" }, el("caption", { class: "sr" }, t("compare")),
    el("thead", {}, el("tr", {}, [t("thing"), t("inRegister"), t("observed")].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map(([name, column, written, seen, code, value]) => {
      const differs = code && item.contradictions.includes(code);
      const take = form && column && value && written !== seen && item.row_id && (differs || !written);
      return el("tr", { class: differs ? "differs" : null }, el("th", { scope: "row" }, name), el("td", { "data-name": t("inRegister") }, written || "—"),
        el("td", { "data-name": t("observed") }, seen || "—", differs ? el("span", { class: "mark" }, icon("fail"), t("state.contradiction")) : null,
          take ? el("button", { type: "button", class: "link", onclick: () => form.set(column, value) }, t("take"), el("span", { class: "sr" }, ` ${name}`)) : null));
    })));
}

function evidence(item) {
  const ids = [...new Set([item.first_event, item.last_event].filter(Boolean))];
  if (ids.length === 0)
    return null;
  const box = el("div", { role: "status" });
  return el("div", {}, el("button", { type: "button", class: "plain-button", onclick: async (e) => {
    e.target.disabled = true;
    try {
      const events = (await Promise.all(ids.map((id) => get(`events?id=${id}`)))).flatMap((page) => page.items);
      fill(box, el("p", { class: "note" }, t("evidenceNote")), events.length === 0 ? el("p", { class: "note" }, t("evidenceNone")) : events.map((event) => el("figure", { class: "record" },
        el("figcaption", {}, when(event.received), ` ${event.source ?? ""}`), el("pre", { tabindex: "0" }, event.raw ?? ""))));
    } catch {
      fill(box, el("p", { class: "error" }, w("loadFail")));
      e.target.disabled = false;
    }
  } }, t("evidence")), box);
}

function facts(about, data) {
  const filled = about.columns.filter((c) => data[c.name]);
  const known = new Set(about.columns.map((c) => c.name));
  const other = Object.entries(data).filter(([name]) => !known.has(name));
  return el("dl", { class: "facts" }, filled.map((c) => [el("dt", {}, columnName(c)), el("dd", {}, valueShown(c, data[c.name]))]).flat(),
    other.map(([name, value]) => [el("dt", {}, name.replace(/^extra:/, "")), el("dd", {}, String(value))]).flat());
}

// @what.item: a row of a list, null for a new one; @written(answer) after something was written.
export async function sheet(page, what, written) {
  const { item } = what, dialog = page.dialog, compared = item && item.state !== undefined;
  const id = item ? item.row_id ?? (compared ? null : item.id) : null, opener = document.activeElement;
  let data = item && !compared ? item.data : {};
  const close = () => dialog.close();
  const title = el("h2", { id: "ledger-sheet-title" }, item ? (compared ? nameOf(item) : page.about.key.map((k) => item.data[k]).filter(Boolean).join(" / ")) : t("rowNew"));
  const closer = el("button", { type: "button", class: "close", onclick: close }, t("close"));

  if (compared && id) {
    try {
      data = (await get(`registers/${page.kind}?id=${id}&limit=1`)).items[0]?.data ?? {};
    } catch {
      page.ctx.say(w("loadFail"), "warn");
      return;
    }
  }
  // Who made it is worth a look, and nothing is held up for it.
  const maker = compared && page.kind === "devices" && item.mac ? (await get(`makers/${item.mac}`).catch(() => null))?.maker ?? null : null;
  const form = page.ctx.may && !(compared && !id && item.state !== "seen") ? rowForm({
    kind: page.kind, columns: page.about.columns, key: page.about.key, any_of: page.about.any_of, id, proposed: compared && !id,
    values: id ? data : compared ? { ...proposed(item), ...(maker ? { maker } : {}) } : {},
  }, (answer) => {
    close();
    written(answer);
  }, close) : null;

  fill(dialog, el("div", { class: "sheet" }, el("div", { class: "line head" }, title, closer),
    compared ? el("p", { class: "line" }, stateIcon(item.state), el("b", {}, t(`state.${item.state}`))) : null,
    compared && item.contradictions.length > 0 ? el("ul", { class: "why" }, item.contradictions.map((code) => el("li", {}, t(`differs.${code}`)))) : null,
    compared ? compareTable(item, form) : null, maker ? el("p", { class: "note" }, t("maker", maker)) : null, compared ? evidence(item) : null,
    form ? form.node : [id ? facts(page.about, data) : null, el("p", { class: "note" }, t("mayNot"))]));
  dialog.onclose = () => {
    fill(dialog);
    if (opener?.isConnected)
      opener.focus();
  };
  dialog.onclick = (event) => {
    if (event.target === dialog)
      close();
  };
  dialog.showModal();
  dialog.scrollTop = 0;
  if (form && !id)
    form.focus();
  else
    closer.focus();
}
