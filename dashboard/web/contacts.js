// The contact chart: who calls whom inside, and whom outside, as one picture for the wall.  What is missing is drawn as missing.
import { get } from "./api.js";
import { cssLoad, el, fill, icon } from "./dom.js";
import { chart } from "./contacts_chart.js";
import { both, day, number, w, when, wordsAdd } from "./words.js";
import { charts } from "./words_ledgers.js";

wordsAdd("chart", charts);
const t = (path, ...values) => w(`chart.${path}`, ...values);
const INSIDE = ["internal_operator", "internal_responsible", "internal_planner", "internal_executive", "internal_departments", "public_relations"];
const OUTSIDE = ["vendor", "security_vendor", "external_expert", "police", "mhlw", "competent_authority", "ppc", "ipa", "jpcert", "ceptoar", "medical_isac", "saj", "mist",
  "medical_association", "isp_cloud", "insurer", "neighbours"];
const ROLES = { internal_operator: "operator", internal_responsible: "responsible", internal_planner: "planner", internal_executive: "executive" };
const REQUIRED = "internal_executive internal_responsible internal_planner internal_operator vendor security_vendor external_expert police mhlw competent_authority";

async function all(kind) {
  const rows = [];
  let next = null;
  do {
    const page = await get(`registers/${kind}?limit=1000${next ? `&cursor=${next}` : ""}`);
    rows.push(...page.items.map((row) => row.data));
    next = page.next;
  } while (next && rows.length < 5000);
  return rows;
}

const param = (check, name, usual) => check?.params?.find((p) => p.name === name)?.value ?? usual;

// Who is appointed today; their names are in the ledger of people.
async function appointed(roles) {
  const today = day(), now = roles.filter((r) => (!r.ended_at || r.ended_at >= today) && r.appointed_at <= today);
  const ids = [...new Set(now.map((r) => r.person_id))].slice(0, 40);
  const people = await Promise.all(ids.map((id) => get(`registers/people?limit=1&key=${encodeURIComponent(id)}`).then((p) => p.items[0]?.data, () => null)));
  const names = new Map(ids.map((id, i) => [id, people[i]?.name ?? id]));
  return (role) => now.filter((r) => r.role === role).map((r) => names.get(r.person_id));
}

function age(date, today) {
  return Math.round((Date.parse(today) - Date.parse(date)) / 86400000);
}

// The boxes of one kind: each contact that holds, or the gap.
function boxesOf(kind, data) {
  const today = day();
  const holds = data.contacts.filter((c) => c.kind === kind && (!c.expires_at || c.expires_at >= today) && (c.phone || c.phone_alt || c.email));
  const people = ROLES[kind] ? data.appointed(ROLES[kind]) : [];
  const boxes = holds.map((c) => ({
    kind, organisation: c.organisation, who: [c.section, c.person || (holds.length === 1 ? people[0] : "")].filter(Boolean).join(" "), phone: c.phone || c.phone_alt || "", alt: c.phone ? c.phone_alt ?? "" : "", email: c.email ?? "",
    hours: c.hours ?? "", vendor: c.vendor_id ? data.vendors.get(c.vendor_id.toLowerCase()) : null, verified: c.verified_at ?? null,
    state: !c.phone && !c.phone_alt ? "nophone" : !c.verified_at ? "never" : age(c.verified_at, today) > data.stale ? "stale" : "ok",
  }));
  if (boxes.length === 0 && data.required.has(kind))
    boxes.push({ kind, organisation: people[0] ?? "", state: "missing", reason: data.reasons.get(kind) });
  return boxes;
}

async function load() {
  const [contacts, roles, vendors, missing, stale] = await Promise.all([all("contacts"), all("roles"), all("vendors"),
    get("checks/contact-missing").catch(() => null), get("checks/contact-stale").catch(() => null)]);
  const data = {
    contacts, vendors: new Map(vendors.map((v) => [v.vendor_id.toLowerCase(), v.name])), appointed: await appointed(roles),
    required: new Set(param(missing, "required", REQUIRED).split(/\s+/)), stale: Number(param(stale, "warn_days", 180)),
    reasons: new Map((missing?.rows ?? []).filter((r) => r.status === "fail").map((r) => [r.resource, r.reason])),
  };
  return { inside: INSIDE.flatMap((kind) => boxesOf(kind, data)), outside: OUTSIDE.flatMap((kind) => boxesOf(kind, data)), none: contacts.length === 0 };
}

const marks = { missing: "fail", nophone: "fail", never: "warn", stale: "warn", ok: "pass" };

export function stateSaid(box) {
  return box.state === "missing" ? t("missing") : box.state === "nophone" ? t("noPhone") : box.state === "never" ? t("never") : t(box.state === "stale" ? "stale" : "verified", box.verified);
}

// The same in words, for whoever cannot see the picture, or looks at it on a telephone.
function words(title, boxes) {
  return el("div", {}, el("h3", {}, title), el("ul", { class: "plain contact-words" }, boxes.map((box) => el("li", { class: box.state }, icon(marks[box.state]), el("div", {},
    el("p", {}, el("span", { class: "note" }, t(`kind.${box.kind}`)), " ", el("b", {}, box.organisation), box.who ? ` ${box.who}` : ""),
    box.phone ? el("p", {}, el("a", { class: "phone", href: `tel:${box.phone.replace(/[^0-9+#]/g, "")}` }, box.phone), box.alt ? ` ${t("alt")} ${box.alt}` : "") : null,
    box.email ? el("p", { class: "note" }, box.email) : null,
    el("p", { class: box.state === "ok" ? "note" : "state" }, stateSaid(box), box.reason ? `${w("colon")}${both(box.reason)}` : ""))))));
}

export async function show(root, ctx) {
  await cssLoad("ledgers.css");
  const { inside, outside, none } = await load();
  const gaps = [...inside, ...outside].filter((box) => box.state === "missing" || box.state === "nophone").length;
  const site = ctx.status?.site.name || ctx.status?.site.id || "";
  fill(root, el("h2", { id: "view-title", tabindex: "-1" }, t("title")), el("p", { class: "lead" }, t("lead")),
    none ? el("p", { class: "notice" }, t("none")) : null,
    el("p", { class: `line gaps ${gaps > 0 ? "lacking" : ""}` }, icon(gaps > 0 ? "fail" : "pass"), gaps > 0 ? t("gaps", number(gaps)) : t("noGaps")),
    el("div", { class: "line actions" }, el("button", { type: "button", class: "primary", onclick: () => print() }, t("print")), el("a", { class: "plain-button", href: "#ledgers?kind=contacts" }, t("register"))),
    el("div", { class: "contact-chart scroll", tabindex: "0", role: "region", "aria-label": t("heading", site) },
      chart({ title: t("heading", site), date: t("asOf", when(day(), false)), inside, outside, gaps, demo: Boolean(ctx.status?.site.demo) })),
    el("div", { class: "columns contact-lists" }, words(t("inside"), inside), words(t("outside"), outside)));
}
