// The score, never without how much of it is known; the numbers of items; what to do first.
import { badge, el, fill, icon, severity } from "./dom.js";
import { both, number, w } from "./words.js";

const order = ["fail", "warn", "unknown", "attested", "pass", "na"];
const FEW = 4; // ledgers that are named one by one
const weight = { critical: 10, high: 6, medium: 3, low: 1 };

function whole(value) {
  return value === null || value === undefined ? null : Math.floor(value + 1e-9);
}

function honest(score) {
  const covered = whole(score.coverage_percent) ?? 0;
  const sentences = [];
  if (covered === 0)
    return [w("honestNone")];
  sentences.push(covered >= 100 ? w("honestAll") : covered < 70 ? w("honestLow", covered) : w("honestPart", covered));
  if (score.measured_percent !== null && covered < 100)
    sentences.push(w("measured", whole(score.measured_percent)));
  if (whole(score.attested_percent) > 0)
    sentences.push(w("attested", whole(score.attested_percent)));
  return sentences;
}

function bar(score) {
  // Rounded as the score above is, so that the numbers agree.
  const good = whole(score.percent) ?? 0, known = Math.max(whole(score.coverage_percent) ?? 0, good);
  const parts = [["good", good, w("barGood")], ["bad", known - good, w("barBad")], ["open", 100 - known, w("barUnknown")]];
  const stripe = el("div", { class: "bar", role: "img", "aria-label": parts.map(([, n, name]) => `${name} ${n}%`).join(w("comma")) });
  for (const [name, n] of parts) {
    const part = el("span", { class: `part ${name}` });
    part.style.flexGrow = String(Math.max(n, 0));
    stripe.append(part);
  }
  const legend = el("ul", { class: "legend" }, parts.map(([name, n, text]) =>
    el("li", {}, el("span", { class: `swatch ${name}` }), `${text} `, el("b", {}, `${n}%`))));
  return [stripe, legend];
}

function figure(name, value, unit, note, extra = "") {
  return el("div", { class: `figure ${extra}` }, el("h3", {}, name),
    el("p", { class: "number" }, el("b", {}, value), el("span", {}, unit)), el("p", { class: "note" }, note));
}

// What makes the score blind: shown beside it, not only at the end of the page.
function attention(status) {
  const names = (rows, name) => rows.map(name).join(w("comma"));
  const failed = status.collectors.filter((c) => c.state === "failed");
  const missing = status.registers.filter((r) => r.state !== "ok");
  const lines = [];
  if (status.sources?.silent > 0)
    lines.push(["warn", w("attention.silent", number(status.sources.silent))]);
  if (failed.length > 0)
    lines.push(["fail", w("attention.collectors", names(failed, (c) => w(`collectorName.${c.name}`)))]);
  if (missing.length > 0)
    lines.push(["unknown", missing.length > FEW ? w("attention.registersMany", number(missing.length)) :
      w("attention.registers", names(missing, (r) => both(r.title) || r.kind))]);
  return lines.length === 0 ? null : el("ul", { class: "attention" }, lines.map(([shape, text]) =>
    el("li", {}, icon(shape), el("a", { href: "#sources" }, text))));
}

export function overview(root, status, list, past) {
  const score = list.score;
  const covered = score.coverage_percent ?? 0;
  // Few known things and a high number would look good without being so.
  const tone = covered < 70 ? "thin" : (score.percent ?? 0) >= 90 && covered >= 95 ? "fine" : "plain";

  fill(root,
    el("h2", { id: "overview-title" }, w(past ? "overviewThen" : "overview")),
    el("div", { class: "hero" },
      el("p", { class: "note" }, both(list.title)),
      el("div", { class: "numbers" },
        figure(w("score"), covered === 0 ? "—" : String(whole(score.percent)), covered === 0 ? "" : w("points"), w("outOf"), `main ${tone}`),
        figure(w("coverage"), String(whole(covered)), "%", w("coverageNote"), covered < 70 ? "thin" : ""),
        figure(w("yes"), String(score.yes), ` / ${score.total}`, w("yesNote"), "small")),
      bar(score),
      el("p", { class: `honest ${tone}` }, honest(score).join(w("gap"))),
      el("ul", { class: "counts", "aria-label": w("itemsBy") }, order.filter((s) => score.items[s] > 0).map((s) =>
        el("li", {}, badge(s), el("b", {}, number(score.items[s]))))),
      attention(status)));
}

// The worst checks, each once, with what is to be done about it.
export function first(root, list, open, past) {
  const checks = new Map();
  for (const item of list.items)
    for (const check of item.checks)
      if (check.status === "fail" || check.status === "warn") {
        const known = checks.get(check.id);
        if (known)
          known.items.push(item);
        else
          checks.set(check.id, { ...check, items: [item] });
      }
  const sorted = [...checks.values()].sort((a, b) =>
    (a.status === "fail" ? 0 : 1) - (b.status === "fail" ? 0 : 1) || weight[b.severity] - weight[a.severity] ||
    b.counts[b.status] - a.counts[a.status]).slice(0, 5);
  const unknown = list.items.some((i) => i.status === "unknown");

  fill(root, el("h2", { id: "first-title" }, w(past ? "firstThen" : "first")),
    sorted.length === 0 ? el("p", { class: "empty" }, unknown ? w("firstUnknown") : w("firstNone")) :
      el("ol", { class: "todo" }, sorted.map((check) => el("li", {},
        icon(check.status),
        el("div", {},
          el("p", { class: "do" }, both(check.fix) || both(check.title)),
          el("p", { class: "why" }, severity(check.severity),
            el("b", {}, w("cases", number(check.counts.fail + check.counts.warn))), "　", w("check", both(check.title)))),
        el("div", { class: "links" }, check.items.map((item) =>
          el("button", { type: "button", class: "link", onclick: () => open(item.id) }, `${w("item")} ${item.id}`)))))));
}
