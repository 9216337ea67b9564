// The rows of a check: each with its status, reason and since, the records behind it, and what may be said of it.
import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { evidenceCompare } from "./evidence.js";
import { opener } from "./say.js";
import { both, number, since, w, when } from "./words.js";

const ROWS = 50, ALL = 1000;
const good = new Set(["pass", "na"]);
const t = (path, ...values) => w(`fi.${path}`, ...values);

function record(title, event) {
  return el("figure", { class: "record" },
    el("figcaption", {}, title, " ", when(event.received), " ", event.source ?? event.peer ?? ""),
    el("pre", { tabindex: "0" }, event.raw ?? ""),
    event.masked ? el("p", { class: "note" }, w("masked")) : null);
}

async function showRecords(row, box, button) {
  if (box.childNodes.length > 0) {
    fill(box);
    button.textContent = w("showEvents");
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const ids = [...new Set([row.first_event, row.last_event].filter(Boolean))];
  try {
    const pages = await Promise.all(ids.map((id) => get(`events?id=${encodeURIComponent(id)}`)));
    const events = pages.flatMap((page) => page.items);
    fill(box, events.length === 0 ? el("p", { class: "note" }, w("eventsNone")) :
      events.map((event, i) => record(w(i === 0 ? "firstEvent" : "lastEvent"), event)),
      el("p", { class: "note" }, w("auditNote")));
  } catch {
    fill(box, el("p", { class: "note" }, w("eventsFail")));
  }
  button.textContent = w("hideEvents");
  button.setAttribute("aria-expanded", "true");
}

// What may be said of a row: never more than the API would take.
function actions(check, row, box, sheet) {
  const fixed = { check: check.id, resource: row.resource };
  const open = (kind, of) => opener(kind, box, fixed, { ...of, about: row.resource }, sheet.said);
  if (!sheet.may || !row.resource)
    return [];
  if (row.status === "unknown" || row.status === "attested")
    return check.attest_days > 0 ? [open("attest", { days: check.attest_days, label: row.status === "attested" ? t("attestAgain") : null })] : [];
  return row.status === "fail" || row.status === "warn" ? [open("ack", {}), open("waive", {})] : [];
}

function back(kind, id, box, sheet) {
  return sheet.may ? [" ", opener("back", box, {}, { path: `${kind}/${id}`, label: t("takeBack") }, sheet.said)] : null;
}

function ackOf(check, row, sheet) {
  const ack = sheet.acks.find((a) => a.check === check.id && (a.resource === row.resource || a.resource === "*") && Date.parse(a.at) >= Date.parse(row.since));
  return ack && (row.status === "fail" || row.status === "warn") ?
    el("p", { class: "note" }, el("b", {}, w("acked")), w("ackedBy", ack.who, when(ack.at), ack.why ?? "")) : null;
}

function attestationOf(row, said, box, sheet) {
  const found = row.status === "attested" ? said.attestations.find((a) => a.resource === row.resource) : null;
  return found ? el("div", { class: "note" }, el("b", {}, w("attestedBy", found.who)), w("attestedWhy", found.until, found.why),
    back("attestations", found.id, box, sheet),
    found.evidence_sha256 ? evidenceCompare(found.evidence_name, found.evidence_sha256) : null) : null;
}

// A waiver of this one row can be taken back at its place; one of many rows stands in the view of what was recorded.
function waiverOf(row, said, box, sheet) {
  const own = row.waiver ? said.waivers.find((v) => v.resource === row.resource) : null;
  return row.waiver ? el("p", { class: "note" }, el("b", {}, w("waived")), w("waiver", row.waiver.who, row.waiver.until, row.waiver.why),
    own ? back("waivers", own.id, box, sheet) : null) : null;
}

function rowOf(check, row, said, sheet) {
  const box = el("div", { class: "records" }), words = el("div", {});
  const wanted = sheet.wanted?.check === check.id && sheet.wanted.resource !== null && sheet.wanted.resource === row.resource;
  const button = row.first_event || row.last_event ?
    el("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => showRecords(row, box, button) }, w("showEvents")) : null;

  return el("li", { class: `row ${row.status}${wanted ? " wanted" : ""}`, tabindex: wanted ? "-1" : null },
    icon(row.status),
    el("div", {},
      el("p", {}, row.resource ? el("b", { class: "resource" }, row.resource) : null, el("span", { class: "sr" }, `${w(`status.${row.status}`)} `), both(row.reason)),
      el("p", { class: "note" }, since(row.since)),
      waiverOf(row, said, words, sheet), attestationOf(row, said, words, sheet), ackOf(check, row, sheet),
      el("div", { class: "line row-actions" }, button, actions(check, row, words, sheet)),
      words, box));
}

// A list that is made when it is asked for.
function unfold(word, hide, make) {
  const box = el("div", {}), button = el("button", { type: "button", class: "link", "aria-expanded": "false", onclick: async () => {
    const open = box.childNodes.length > 0;
    button.setAttribute("aria-expanded", String(!open));
    button.textContent = open ? word : hide;
    if (open)
      fill(box);
    else
      try {
        fill(box, await make());
      } catch {
        fill(box, el("p", { class: "note" }, w("loadFail")));
      }
  } }, word);
  return el("div", {}, el("p", { class: "line" }, icon("pass"), button), box);
}

function how(check) {
  return el("details", {}, el("summary", {}, t("sql")),
    check.params?.length > 0 ? el("p", { class: "note" }, `${t("params")}${w("colon")}${check.params.map((p) => `${p.name} = ${p.value}`).join(w("comma"))}`) : null,
    check.needs?.length > 0 ? el("p", { class: "note" }, `${t("needs")}${w("colon")}${check.needs.map((n) => both(n.title)).join(w("comma"))}`) : null,
    el("p", { class: "note" }, `${check.id}${check.ref ? ` (${check.ref})` : ""}`),
    check.sql ? el("pre", { tabindex: "0" }, check.sql) : null);
}

// All that is known of @check, into @body.
export async function checkBody(body, check, sheet) {
  const id = encodeURIComponent(check.id), { wanted, past } = sheet;
  const whole = past ? check : await get(`checks/${id}?limit=${ROWS}`);
  const current = async (kind) => (past ? [] : (await get(`${kind}?check=${id}&state=current&limit=1000`)).items);
  const said = { attestations: whole.counts.attested > 0 ? await current("attestations") : [], waivers: whole.rows.some((r) => r.waiver) ? await current("waivers") : [] };
  await sheet.acksReady;
  let rows = whole.rows.filter((row) => !good.has(row.status));
  // The row that was asked for is there, however many there are.
  if (wanted?.check === check.id && wanted.resource !== null && !rows.some((r) => r.resource === wanted.resource)) {
    const one = past ? [] : (await get(`checks/${id}?limit=1&resource=${encodeURIComponent(wanted.resource)}`)).rows;
    rows = [...one, ...rows];
  }
  const list = el("ul", { class: "rows" }, rows.map((row) => rowOf(whole, row, said, sheet)));
  const rest = () => get(`checks/${id}?limit=${ALL}`);
  const nGood = whole.counts.pass + (whole.counts.na ?? 0), nBad = Object.values(whole.counts).reduce((a, b) => a + b, 0) - nGood - rows.length;
  const many = nBad > 0 && !past ? el("button", { type: "button", class: "link", onclick: async () => {
    const all = await rest();
    const more = all.rows.filter((r) => !good.has(r.status) && !rows.some((o) => o.resource === r.resource));
    list.append(...more.map((row) => rowOf(whole, row, said, sheet)));
    many.replaceWith(all.more > 0 ? el("a", { class: "link", href: `#findings?check=${id}` }, t("allFindings")) : "");
  } }, w("moreOf", number(nBad))) : null;
  fill(body,
    whole.error ? el("p", { class: "notice" }, `${w("checkFail")}${w("colon")}${whole.error}`) : null,
    rows.length > 0 ? list : null, many,
    nGood > 0 ? unfold(t("goodRows", number(nGood)), t("goodHide"), async () => el("ul", { class: "rows" }, (past ? whole : await rest()).rows.filter((r) => good.has(r.status))
      .map((row) => rowOf(whole, row, said, sheet)))) : null,
    past ? null : how(whole));
  const here = body.querySelector(".row.wanted");
  if (here && !sheet.shown) {
    sheet.shown = true;
    here.scrollIntoView({ block: "center" });
    here.focus({ preventScroll: true });
  }
}
