// What is set, where each threshold comes from, and how Tenken itself does.  Nothing is changed here.
import { get } from "./api.js";
import { cssLoad, el, fill, icon } from "./dom.js";
import { ago, both, number, w, when, wordsAdd } from "./words.js";
import { more } from "./words_more.js";

wordsAdd("more", more);
const t = (path, ...values) => w(`more.${path}`, ...values);

function facts(rows) {
  return el("dl", { class: "facts" }, rows.filter(Boolean).map(([name, ...value]) => [el("dt", {}, name), el("dd", {}, value)]).flat());
}

function health(status, checks) {
  const failing = checks.filter((c) => c.error);
  return el("div", { class: "panel" }, el("h3", {}, t("health")), facts([
    ["Tenken", status.version],
    [t("started"), when(status.started)],
    [t("ready"), el("span", { class: "line" }, icon(status.ready ? "pass" : "warn"), t(status.ready ? "readyYes" : "readyNo"))],
    [t("ingest"), el("span", { class: "line" }, icon(status.ingest.failing ? "fail" : "pass"),
      status.ingest.failing ? w("ingestFailing") : t("ingestOk", number(status.ingest.lines ?? 0), ago(status.ingest.last_commit)))],
    [t("lost"), number(status.ingest.refused ?? 0)],
    status.tls ? [t("tls"), when(status.tls.expires_at)] : null,
    [t("snapshotLast"), status.snapshot.number > 0 ? `${when(status.snapshot.taken)} ${status.snapshot.code}` : t("noneOf"), status.snapshot.error ? el("p", { class: "error" }, status.snapshot.error) : ""],
    [t("checksFailing"), failing.length === 0 ? t("noneOf") : el("ul", {}, failing.map((c) => el("li", {}, el("b", {}, c.id), ` ${c.error}`)))],
  ]));
}

function packs(status) {
  return el("div", { class: "panel" }, el("h3", {}, t("packs")), el("ul", { class: "plain" }, status.checklists.map((l) => el("li", {}, icon(l.outdated ? "warn" : "pass"),
    el("div", {}, el("p", {}, el("b", {}, both(l.title))),
      el("p", { class: "note" }, `${t("edition")} ${l.edition ?? ""}${w("comma")}${t("itemsN")} ${number(l.score.total)}`),
      l.outdated ? el("p", { class: "note" }, w("outdated", both(l.title))) : null)))));
}

function channels(list) {
  return el("div", { class: "panel" }, el("h3", {}, t("channels")), list.length === 0 ? el("p", { class: "note" }, t("channelsNone")) :
    el("ul", { class: "plain" }, list.map((c) => el("li", {}, icon(c.state === "ok" ? "pass" : "fail"), el("div", {},
      el("p", {}, el("b", {}, c.name), ` (${c.type}) ${t(`channelState.${c.state}`)}`),
      el("p", { class: "note" }, `${t("lastSent")}${w("colon")}${c.last_sent ? `${when(c.last_sent)}（${ago(c.last_sent)}）` : t("noneOf")}${w("comma")}${t("waiting")} ${number(c.waiting)}`),
      c.error ? el("p", { class: "error" }, c.error) : null)))));
}

function thresholdRow(c, p, first) {
  return el("tr", {},
    el("td", {}, first ? [el("b", {}, both(c.title)), el("br"), el("span", { class: "note" }, `${c.id} ${c.ref ?? ""}`)] : el("span", { class: "sr" }, both(c.title))),
    el("td", {}, el("code", {}, p.name)),
    el("td", { "data-name": t("value") }, el("b", {}, p.value), p.value !== p.default ? el("span", { class: "note" }, ` ${t("own")}${w("comma")}${t("usual")} ${p.default}`) : ""),
    el("td", { "data-name": t("basisLabel") }, t(`basis.${c.basis}`)));
}

function thresholds(checks) {
  const body = el("tbody", {}), said = el("p", { class: "note", role: "status" });
  const find = el("input", { type: "search", id: "threshold-find", autocomplete: "off", spellcheck: "false", maxlength: "100", oninput: () => draw() });
  const changed = el("input", { type: "checkbox", onchange: () => draw() });

  function draw() {
    const word = find.value.trim().toLowerCase();
    const rows = checks.flatMap((c) => {
      const own = `${c.id} ${c.ref ?? ""} ${c.title.ja} ${c.title.en}`.toLowerCase();
      return (c.params ?? []).filter((p) => (own.includes(word) || p.name.includes(word)) && (!changed.checked || p.value !== p.default)).map((p, i) => thresholdRow(c, p, i === 0));
    });
    fill(body, rows);
    said.textContent = t("foundN", number(rows.length));
  }
  draw();
  return el("div", { class: "thresholds" }, el("h3", {}, t("thresholds")), el("p", { class: "note" }, t("thresholdsNote")),
    el("div", { class: "line" }, el("div", { class: "search" }, el("label", { for: "threshold-find" }, t("find")), find), el("label", { class: "tick" }, changed, t("changedOnly")), said),
    el("div", { class: "scroll", tabindex: "0" }, el("table", { class: "wide" },
      el("thead", {}, el("tr", {}, ["checkName", "param", "value", "basisLabel"].map((n) => el("th", { scope: "col" }, t(n))))), body)));
}

export async function show(root, context) {
  const box = el("div", { class: "panel" });
  let status, checks, list;
  await cssLoad("ledgers.css");
  try {
    [status, checks, list] = await Promise.all([get("status"), get("checks"), get("channels")]);
  } catch {
    fill(root, el("h2", { id: "view-title" }, t("settings")), el("p", { class: "notice" }, w("loadFail")));
    return;
  }
  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, t("settings")), el("p", { class: "lead" }, t("settingsNote")),
    el("div", { class: "panels" }, health(status, checks.items), packs(status), channels(list.items)), box, thresholds(checks.items));
  const { tokens } = await import("./tokens.js");
  await tokens(box, context);
}
