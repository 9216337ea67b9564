// What stands around every view: the banners, who one is, whether it is live, the way to a token, what was just said.
import { tokenIs, tokenSet, tokenWanted } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { dayAsk } from "./route.js";
import { both, clock, day, dayAfter, languageNow, w, when } from "./words.js";

export const $ = (id) => document.getElementById(id);

function banner(kind, ...text) {
  return el("div", { class: `banner ${kind}` }, icon({ bad: "fail", demo: "attested", reader: "unknown" }[kind] ?? "warn"), el("p", {}, text));
}

// A day that is over: which, the days beside it, and the way back.
function pastBanner(past) {
  const step = (days, word) => el("button", { type: "button", class: "plain-button", disabled: dayAfter(past.date, days) > past.today,
    onclick: () => dayAsk(dayAfter(past.date, days) >= past.today ? null : dayAfter(past.date, days)) }, w(word));
  const text = past.failed ? w("pastFail", when(past.date, false)) : !past.said ? w("pastLoading", when(past.date, false)) :
    past.said.observed ? w("past", when(past.date, false)) :
      past.said.first ? w("pastNothing", when(past.date, false), when(past.said.first, false)) : w("pastNever", when(past.date, false));
  return el("div", { class: "banner past" }, icon("past"), el("p", {}, text),
    el("div", { class: "line" }, step(-1, "dayBefore"), step(1, "dayLater"), el("button", { type: "button", class: "primary", onclick: () => dayAsk(null) }, w("pastBack"))));
}

export function banners(state) {
  const { status, past, me } = state, all = [];
  if (past)
    all.push(pastBanner(past));
  if (state.connection === "lost" && state.seen)
    all.push(banner("bad", w("lost", clock(state.seen))));
  if (me?.role === "viewer" && me.token)
    all.push(banner("reader", w("reader", me.name, me.expires_at.slice(11, 16) === "00:00" ? when(dayAfter(me.expires_at, -1), false) : when(me.expires_at))));
  if (status?.site.demo)
    all.push(banner("demo", w("demo")));
  for (const l of status?.checklists ?? [])
    if (l.outdated)
      all.push(banner("warn", w("outdated", both(l.title))));
  for (const l of status?.checklists ?? [])
    if (l.note)
      all.push(banner("warn", both(l.note)));
  if (status?.reload_error)
    all.push(banner("bad", w("reloadError", status.reload_error)));
  if (status?.ingest?.failing)
    all.push(banner("bad", w("ingestFailing")));
  if (status && !status.ready)
    all.push(banner("warn", w("starting")));
  const key = JSON.stringify([state.connection, past?.date, past?.said?.observed, past?.failed, all.map((n) => n.textContent), languageNow()]);
  $("banners").setAttribute("aria-label", w("banners"));
  // What is the same is left alone: the focus may be in it.
  if ($("banners").dataset.key !== key)
    fill($("banners"), all);
  $("banners").dataset.key = key;
}

// Asks for a token: where the API wants one, or where somebody wants to say something.  @word: why.
export function tokenAsk(word, me) {
  const known = $("token");
  if (known) {
    known.focus();
    return;
  }
  const input = el("input", { type: "password", id: "token", autocomplete: "off", spellcheck: "false", required: true });
  const send = (event) => {
    event.preventDefault();
    if (input.value.trim())
      tokenSet(input.value.trim());
  };
  fill($("sign-in"), el("form", { class: "notice token", onsubmit: send },
    el("p", {}, w(word)),
    el("label", { for: "token" }, w("token")), input,
    el("div", { class: "line" }, el("button", { type: "submit", class: "primary" }, w("tokenSend")),
      me || tokenIs() ? el("button", { type: "button", class: "plain-button", onclick: () => {
        fill($("sign-in"));
        if (!me)
          tokenSet("");
      } }, w("say.cancel")) : null)));
  input.focus();
}

// Who one is here, and the way in or out.
export function person(me, signIn) {
  fill($("person"), me ? [
    el("span", { class: "note" }, w(`role.${me.role}`)),
    me.token ? el("button", { type: "button", class: "plain-button", onclick: () => tokenSet("") }, w("signOut")) :
      el("button", { type: "button", class: "plain-button", onclick: signIn }, w("signIn"))] : "");
  $("person").dataset.may = String(Boolean(me && me.role !== "viewer"));
}

export function live({ seen, connection, past }) {
  const seconds = seen ? Math.max(0, Math.round((Date.now() - seen) / 1000)) : null;
  const age = seconds === null || past ? "" : seconds < 120 ? w("updated", seconds) : w("updatedMinutes", Math.floor(seconds / 60));
  const state = tokenWanted() ? "locked" : past ? "stands" : { live: "live", connecting: "connecting", lost: "offline" }[connection];
  const node = $("live");
  // The age changes every second; only a change of the state is worth being read aloud.
  if (node.dataset.state !== state || node.dataset.language !== languageNow()) {
    node.dataset.state = state;
    node.dataset.language = languageNow();
    fill(node, el("span", { class: "dot", "aria-hidden": "true" }), el("b", {}, w(state)), el("span", { class: "age", "aria-hidden": "true" }));
  }
  node.querySelector(".age").textContent = age;
}

// The way to a day that is over.
export function pastAsk(past, first) {
  if (past || !first) {
    fill($("past"));
    delete $("past").dataset.key;
    return;
  }
  const key = `${languageNow()} ${day()}`;
  if ($("past").dataset.key === key)
    return;
  $("past").dataset.key = key;
  const input = el("input", { type: "date", id: "past-day", max: day(-1), value: day(-1), required: true });
  const go = (event) => {
    event.preventDefault();
    if (input.value && input.value < day())
      dayAsk(input.value);
    fold.open = false;
  };
  const fold = el("details", { class: "fold" }, el("summary", {}, w("pastLook")),
    el("form", { onsubmit: go }, el("p", { class: "note" }, w("pastNote")), el("label", { for: "past-day" }, w("pastDay")),
      el("div", { class: "line" }, input, el("button", { type: "submit", class: "primary" }, w("pastGo")))));
  fold.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      fold.open = false;
      fold.firstChild.focus();
    }
  });
  fill($("past"), fold);
}

const toasts = $("toasts");

// An open sheet covers all else, so what is told goes where it can be seen.
export function toastsPlace() {
  const place = $("detail").open ? $("detail") : document.body;
  if (toasts.parentNode !== place)
    place.append(toasts);
}

export function say(text, shape = "pass") {
  const node = el("p", { class: "toast" }, icon(shape), text);
  toastsPlace();
  fill(toasts, node);
  setTimeout(() => node.remove(), 6000);
}
