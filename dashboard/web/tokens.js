// Tokens, for the administrator: who may look and who may write, until when; a new one is shown once, to be handed over on paper.
import { get, keyNew, put } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { form } from "./say.js";
import { ago, both, day, dayAfter, w, when, wordsAdd } from "./words.js";
import { findingsWords } from "./words_findings.js";

wordsAdd("fi", findingsWords);
const t = (path, ...values) => w(`fi.token.${path}`, ...values);

// An end at midnight is the day before, whole.
function lastDay(iso) {
  return iso.slice(11, 16) === "00:00" ? when(dayAfter(iso, -1), false) : when(iso);
}

function fresh(made, close) {
  const text = el("pre", { tabindex: "0", class: "token-text" }, made.token);
  const copy = el("button", { type: "button", class: "plain-button", onclick: async () => {
    try {
      await navigator.clipboard.writeText(made.token);
      copy.textContent = w("copied");
    } catch {
      getSelection().selectAllChildren(text);
      copy.textContent = w("copySelf");
    }
  } }, t("copy"));
  const print = el("button", { type: "button", class: "plain-button", onclick: () => {
    document.body.classList.add("print-card");
    window.print();
    document.body.classList.remove("print-card");
  } }, t("print"));
  return el("div", { class: "panel token-card", role: "group", "aria-label": t("made") },
    el("h4", { tabindex: "-1" }, t("made")), el("p", { class: "note" }, t("once")),
    el("dl", { class: "facts" }, el("dt", {}, t("name")), el("dd", {}, made.name), el("dt", {}, t("address")), el("dd", {}, el("code", {}, `${location.origin}/`)),
      el("dt", {}, t("until")), el("dd", {}, lastDay(made.expires_at)), el("dt", {}, t("role")), el("dd", {}, t(`roleIs.${made.role}`))),
    text, el("div", { class: "line" }, copy, print, el("button", { type: "button", class: "primary", onclick: close }, t("noted"))));
}

// Taking one back wants a second press.
function revoke(token, again) {
  const box = el("span", { class: "line" }), ask = () => {
    fill(box, el("button", { type: "button", class: "plain-button danger", onclick: async () => {
      try {
        const answer = await put("DELETE", `tokens/${token.id}`, {}, keyNew());
        if (!answer.ok)
          throw new Error(both(answer.body.text));
        again();
      } catch (problem) {
        fill(box, el("span", { class: "error" }, problem.message || w("loadFail")));
      }
    } }, t("revokeSure", token.name)), el("button", { type: "button", class: "plain-button", onclick: rest }, w("say.cancel")));
    box.querySelector("button").focus();
  };
  const rest = () => fill(box, el("button", { type: "button", class: "link", onclick: ask }, t("revoke"), el("span", { class: "sr" }, ` ${token.name}`)));
  rest();
  return box;
}

function rowOf(token, own, again) {
  const good = token.state === "current";
  return el("li", {}, icon(good ? "pass" : "na"), el("div", {},
    el("p", {}, el("b", {}, token.name), ` ${w("paren", t(`roleIs.${token.role}`))}`, own ? ` ${t("own")}` : ""),
    el("p", { class: "note" }, [good ? t("untilWhen", lastDay(token.expires_at)) : t(`stateIs.${token.state}`), token.used_at ? t("used", ago(token.used_at)) : t("unused"),
      t("by", token.created_by ?? "—", when(token.created_at, false))].join(w("comma")))),
  good && !own ? revoke(token, again) : null);
}

// @context: {role, me}.  Nothing where one is no administrator.
export async function tokens(root, context) {
  if (context.role !== "admin") {
    fill(root);
    return;
  }
  let list;
  try {
    list = (await get("tokens")).items;
  } catch {
    fill(root, el("h3", {}, t("title")), el("p", { class: "notice" }, w("loadFail")));
    return;
  }
  const again = () => tokens(root, context), box = el("div", {});
  const open = (role, days) => {
    fill(box, form("token", { role }, { title: t(`new.${role}`), note: t(`newNote.${role}`), values: { until: day(days) } }, (made) => {
      fill(box, fresh(made, again));
      box.querySelector("h4").focus();
    }, () => fill(box)));
    box.querySelector("input").focus();
  };
  const own = /^token (\d+) /.exec(context.me?.who ?? "")?.[1];
  const mine = (token) => String(token.id) === own;
  const now = list.filter((x) => x.state === "current"), past = list.filter((x) => x.state !== "current");
  fill(root, el("h3", {}, t("title")), el("p", { class: "note" }, t("note")),
    el("div", { class: "line" }, el("button", { type: "button", class: "primary", onclick: () => open("viewer", 14) }, t("new.viewer")),
      el("button", { type: "button", class: "plain-button", onclick: () => open("operator", 365) }, t("new.operator"))), box,
    now.length === 0 ? el("p", { class: "note" }, t("none")) : el("ul", { class: "plain tokens" }, now.map((x) => rowOf(x, mine(x), again))),
    past.length > 0 ? el("details", {}, el("summary", {}, t("past", past.length)), el("ul", { class: "plain tokens" }, past.map((x) => rowOf(x, mine(x), again)))) : null);
}
