// What people have said, beside what is measured: attestations, waivers, what does not apply, what is being worked on, silences.
// Each can be taken back; that it was said stays.
import { get, keyNew, put } from "./api.js";
import { cssLoad, el, fill, icon } from "./dom.js";
import { evidenceCompare } from "./evidence.js";
import { querySet, checkHash } from "./route.js";
import { opener } from "./say.js";
import { both, number, w, when, wordsAdd } from "./words.js";
import { findingsWords } from "./words_findings.js";

wordsAdd("fi", findingsWords);
const t = (path, ...values) => w(`fi.said.${path}`, ...values);

const state = (row) => row.status?.state ?? row.state ?? "current";
const over = new Set(["revoked", "ended", "expired", "replaced"]);
const shapes = { current: "attested", active: "attested", coming: "unknown", pending: "unknown", contradicted: "fail" };

function link(titles, check, resource) {
  return el("a", { class: "link", href: checkHash(check, resource && !/[*?[]/.test(resource) ? resource : null) }, titles.get(check) ?? check);
}

function matchers(list) {
  return (list ?? []).map((m) => `${m.name}${m.isEqual === false ? "!" : ""}${m.isRegex ? "=~" : "="}${m.value}`).join(w("comma"));
}

// How each kind is read and what it shows: [title, who, why, until, more].
const kinds = {
  attestations: { filter: "state", row: (r, titles) => ({ title: [link(titles, r.check, r.resource), " ", el("b", { class: "resource" }, r.resource)],
    who: [r.who, r.role].filter(Boolean).join(" "), why: r.why, until: r.until, more: r.evidence_sha256 ? evidenceCompare(r.evidence_name, r.evidence_sha256) : null }) },
  waivers: { filter: "state", row: (r, titles) => ({ title: [link(titles, r.check, r.resource), " ", el("b", { class: "resource" }, r.resource)],
    who: `${r.who}${w("comma")}${t("approver", r.approver)}`, why: r.why, until: r.until, more: r.measure ? el("p", { class: "note" }, t("measure", r.measure)) : null }) },
  "not-applicable": { filter: "state", row: (r, titles) => ({ title: el("b", {}, titles.get(r.what) ?? `${w("item")} ${r.what}`), who: r.who, why: r.why, until: r.until }) },
  silences: { row: (r) => ({ title: el("code", {}, matchers(r.matchers)), who: r.createdBy, why: r.comment, until: r.endsAt, starts: r.startsAt }) },
  acks: { row: (r, titles) => ({ title: [link(titles, r.check, r.resource), " ", el("b", { class: "resource" }, r.resource)], who: r.who, why: r.why, until: r.until }), keep: true },
};

async function silenceEnd(row, button, context, again) {
  button.disabled = true;
  try {
    const answer = await put("DELETE", `silences/${row.id}`, {}, keyNew());
    if (!answer.ok)
      throw new Error(both(answer.body.text));
    context.said(t("silenceEnded"));
    again();
  } catch (problem) {
    context.say(problem.message || w("loadFail"), "warn");
    button.disabled = false;
  }
}

function rowOf(kind, row, titles, context, again) {
  const is = state(row), shown = kinds[kind].row(row, titles), box = el("div", {});
  const done = () => {
    context.said();
    again();
  };
  const act = !context.may || over.has(is) || kinds[kind].keep ? null : kind === "silences" ?
    el("button", { type: "button", class: "action", onclick: (e) => silenceEnd(row, e.currentTarget, context, again) }, t("silenceEnd")) :
    opener("back", box, {}, { path: `${kind}/${row.id}`, label: w("fi.takeBack"), about: row.resource ?? row.what }, done);
  return el("li", { class: over.has(is) ? "over" : "" }, icon(shapes[is] ?? "na"), el("div", {},
    el("p", {}, shown.title, is !== "current" && is !== "active" ? el("span", { class: "note" }, ` ${w("paren", t(`state.${is}`))}`) : null),
    shown.why ? el("p", {}, shown.why) : null, shown.more ?? null,
    el("p", { class: "note" }, [shown.who, when(row.at), shown.until ? w("fi.token.untilWhen", when(shown.until)) : null,
      row.revoked_at ? t("revoked", row.revoked_by ?? "", when(row.revoked_at), row.revoked_why ?? "") : null].filter(Boolean).join(w("comma"))),
    act, box));
}

export async function show(root, context) {
  await cssLoad("findings.css");
  await cssLoad("detail.css");
  const kind = Object.hasOwn(kinds, context.query.get("kind")) ? context.query.get("kind") : "attestations", all = context.query.get("all") === "1";
  const go = (k, a) => {
    const query = new URLSearchParams({ kind: k, ...a ? { all: "1" } : {} });
    querySet("said", query);
    return show(root, { ...context, query });
  };
  const again = () => show(root, context);
  const checks = new Map((await get("checks")).items.map((c) => [c.id, both(c.title)]));
  const list = el("ul", { class: "plain said" }), more = el("div", {});
  let n = 0;
  const load = async (cursor) => {
    const query = new URLSearchParams({ limit: "100", ...cursor ? { cursor } : {}, ...kinds[kind].filter && !all ? { state: "current" } : {} });
    const page = await get(`${kind}?${query}`);
    const rows = page.items.filter((r) => all || !over.has(state(r)));
    n += rows.length;
    list.append(...rows.map((r) => rowOf(kind, r, checks, context, again)));
    fill(more, n === 0 && !page.next ? el("p", { class: "empty" }, t(`none.${kind}`)) : null,
      page.next ? el("button", { type: "button", class: "more", onclick: () => load(page.next).catch(() => context.say(w("loadFail"), "warn")) }, w("more")) : null);
  };
  await load(null);
  const tick = el("input", { type: "checkbox", id: "said-all", checked: all, onchange: () => go(kind, tick.checked).then(() => document.getElementById("said-all").focus()) });
  fill(root, el("div", { class: "heading" }, el("h2", { id: "view-title", tabindex: "-1" }, w("viewName.said")), el("span", { class: "note" }, n > 0 ? w("fi.total", number(n)) : ""),
    el("label", { class: "tick" }, tick, t("all"))),
  el("p", { class: "lead" }, t("note")),
  el("div", { class: "tabs", role: "group", "aria-label": w("viewName.said") }, Object.keys(kinds).map((k) =>
    el("button", { type: "button", "aria-pressed": String(k === kind), "data-kind": k, onclick: () => go(k, all).then(() => root.querySelector(`[data-kind="${k}"]`).focus()) }, t(`kind.${k}`)))),
  el("div", { class: "panel" }, el("p", { class: "note" }, t(`about.${kind}`)), n > 0 ? list : null, more));
}
