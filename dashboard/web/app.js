// Puts the page together and keeps it up to date: whatever the stream says is read again from the API, at most a few
// times a second, so that what is shown is always one whole answer.
import { get, listen, tokenIs, tokenSet, tokenWanted } from "./api.js";
import { board } from "./board.js";
import { el, fill, icon } from "./dom.js";
import { findings, sources } from "./lists.js";
import { isFresh, outlook, outlookLoad } from "./outlook.js";
import { first, overview } from "./overview.js";
import { both, clock, languageNow, languages, languageSet, w } from "./words.js";

const $ = (id) => document.getElementById(id);
const view = { pack: null, urgentOnly: false, closed: false, shown: 0 };
let status = null, list = null, me = null, seen = null, opened = null, connection = "connecting";

function banner(kind, text) {
  return el("p", { class: `banner ${kind}` }, icon(kind === "bad" ? "fail" : kind === "demo" ? "attested" : "warn"), el("span", {}, text));
}

function banners() {
  const all = [];
  if (connection === "lost" && seen)
    all.push(banner("bad", w("lost", clock(seen))));
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
  fill($("banners"), all);
}

// Asks for a token: where the API wants one, or where somebody wants to say something.  @word: why.
function tokenAsk(word) {
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

function signIn() {
  if ($("detail").open)
    $("detail").close();
  tokenAsk("tokenToSay");
}

// Who one is here, and the way in or out.
function person() {
  const may = me && me.role !== "viewer";
  fill($("person"), me ? [
    el("span", { class: "note" }, w(`role.${me.role}`)),
    me.token ? el("button", { type: "button", class: "plain-button", onclick: () => tokenSet("") }, w("signOut")) :
      el("button", { type: "button", class: "plain-button", onclick: signIn }, w("signIn"))] : "");
  $("person").dataset.may = String(Boolean(may));
}

function live() {
  const seconds = seen ? Math.max(0, Math.round((Date.now() - seen) / 1000)) : null;
  const age = seconds === null ? "" : seconds < 120 ? w("updated", seconds) : w("updatedMinutes", Math.floor(seconds / 60));
  const state = { live: "live", connecting: "connecting", lost: "offline" }[connection];
  const node = $("live");
  // The age changes every second; only a change of the state is worth being read aloud.
  if (node.dataset.state !== state || node.dataset.language !== languageNow()) {
    node.dataset.state = state;
    node.dataset.language = languageNow();
    fill(node, el("span", { class: "dot", "aria-hidden": "true" }), el("b", {}, w(state)), el("span", { class: "age", "aria-hidden": "true" }));
  }
  node.querySelector(".age").textContent = age;
}

// The views that are opened now and then come when they are.
const views = { snapshots: () => import("./snapshots.js"), settings: () => import("./settings.js") };

function viewNow() {
  const name = location.hash.slice(1);
  return Object.hasOwn(views, name) ? name : "";
}

let viewShown = null;

async function viewShow(moved) {
  const name = viewNow();
  for (const section of $("main").children)
    section.hidden = name ? section.id !== "view" && section.id !== "sign-in" : section.id === "view";
  fill($("views"), ["", ...Object.keys(views)].map((v) => el("a", { href: `#${v}`, "aria-current": v === name ? "page" : null },
    w(v === "" ? "viewHome" : v === "snapshots" ? "viewSnapshots" : "viewSettings"))));
  $("views").setAttribute("aria-label", w("views"));
  if (!name || !status) {
    viewShown = null;
    fill($("view"));
    return;
  }
  const key = `${name} ${languageNow()} ${me?.role}`;
  if (viewShown === key)
    return;
  viewShown = key;
  try {
    await (await views[name]()).show($("view"), { may: me?.role === "operator" || me?.role === "admin" });
  } catch {
    viewShown = null;
    fill($("view"), el("p", { class: "notice" }, w("loadFail")));
  }
  if (moved)
    $("view").querySelector("h2")?.focus();
}

function frame() {
  document.documentElement.lang = languageNow();
  $("skip").textContent = w("skip");
  $("languages").setAttribute("aria-label", w("language"));
  fill($("languages"), languages.map(([code, name]) => el("button", {
    type: "button", lang: code, "aria-pressed": String(code === languageNow()),
    onclick: () => {
      languageSet(code);
      frame();
      show();
      showLists();
    },
  }, name)));
  fill($("site"), status ? status.site.name || status.site.id : "");
  fill($("foot"), status ? el("p", {}, `${w("version", status.version)}`) : "");
  person();
  viewShow(false);
  live();
}

function openItem(id) {
  location.hash = `item=${encodeURIComponent(`${view.pack}/${id}`)}`;
}

function closeItem() {
  $("detail").close();
}

function itemShown() {
  const match = /^#item=(.+)$/.exec(location.hash);
  let wanted = null;
  try {
    wanted = match ? decodeURIComponent(match[1]) : null;
  } catch {
    wanted = null;
  }
  const [pack, id] = wanted ? [wanted.slice(0, wanted.indexOf("/")), wanted.slice(wanted.indexOf("/") + 1)] : [];
  if (!wanted) {
    if ($("detail").open)
      $("detail").close();
    return;
  }
  if (pack !== view.pack) {
    view.pack = pack;
    refresh();
    return;
  }
  const item = list?.items.find((i) => i.id === id);
  if (item)
    sheetShow(item);
}

// The sheet comes when the first item is opened; by then the reader may have gone on.
async function sheetShow(item) {
  const wanted = location.hash;
  let sheet;
  try {
    sheet = await import("./detail.js");
  } catch {
    say(w("loadFail"), "warn");
    return;
  }
  if (location.hash !== wanted)
    return;
  const now = JSON.stringify(item) + languageNow() + me?.role;
  // An open sheet is made anew only when something of it changed: what the reader unfolded stays, and what is being written.
  if ($("detail").open && (opened === now || $("detail").querySelector("form.say")))
    return;
  const scrolled = opened !== null && $("detail").open ? $("detail").scrollTop : 0;
  opened = now;
  sheet.detail($("detail"), item, { pack: view.pack, role: me?.role, close: closeItem, signIn, said });
  toastsPlace();
  $("detail").scrollTop = scrolled;
}

// Something was said: the daemon judges again within a moment, and the stream tells; the words themselves show at once.
function said() {
  say(w("say.done"));
  opened = "";
  told = true;
  refresh();
}

const toasts = $("toasts");

// An open sheet covers all else, so what is told goes where it can be seen.
function toastsPlace() {
  const place = $("detail").open ? $("detail") : document.body;
  if (toasts.parentNode !== place)
    place.append(toasts);
}

function say(text, shape = "pass") {
  const node = el("p", { class: "toast" }, icon(shape), text);
  toastsPlace();
  fill(toasts, node);
  setTimeout(() => node.remove(), 6000);
}

function itemOf(check) {
  return list?.items.find((item) => item.checks.some((c) => c.id === check))?.id;
}

// What has the focus is replaced; the one that takes its place gets it.
function keepingFocus(root, work) {
  const item = root.contains(document.activeElement) ? document.activeElement.dataset.item : null;
  work();
  if (item)
    root.querySelector(`[data-item="${CSS.escape(item)}"]`)?.focus();
}

function outlookShow() {
  $("main").classList.toggle("fresh", isFresh(list));
  outlook($("plan"), $("outlook"), list, status.time);
}

function show() {
  banners();
  if (!status || !list)
    return;
  overview($("overview"), status, list);
  first($("first"), list, openItem);
  outlookShow();
  keepingFocus($("board"), () => board($("board"), status, list, view, {
    open: openItem,
    pack: (id) => {
      view.pack = id;
      refresh();
    },
    urgent: (only) => {
      view.urgentOnly = only;
      show();
    },
  }));
}

function showLists() {
  if (!list)
    return;
  findings($("findings"), view, itemOf, {
    open: openItem,
    closed: (on) => {
      view.closed = on;
      view.shown = 0;
      showLists();
    },
  });
  sources($("sources"));
}

let busy = false, again = false, last = 0, fresh = false, asked = false, told = false;

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  last = Date.now();
  try {
    [status, me] = await Promise.all([get("status"), get("me")]);
    if (!status.checklists.some((l) => l.id === view.pack))
      view.pack = status.checklists[0]?.id ?? null;
    list = view.pack ? await get(`checklists/${encodeURIComponent(view.pack)}`) : null;
    seen = new Date();
    fresh = true;
    if (asked) {
      fill($("sign-in"));
      asked = false;
    }
    frame();
    show();
    showLists();
    itemShown();
    outlookLoad(status.time, told).then(outlookShow);
    told = false;
  } catch {
    fresh = false;
    if (!tokenWanted())
      setTimeout(refresh, 2000);
  }
  busy = false;
  if (again) {
    again = false;
    soon();
  }
}

let timer = null;

function soon() {
  // At once when it was quiet, else not more than about twice a second.
  timer ??= setTimeout(() => {
    timer = null;
    refresh();
  }, Math.max(100, last + 400 - Date.now()));
}

$("detail").addEventListener("close", () => {
  toastsPlace();
  const id = decodeURIComponent(location.hash).split("/").pop();
  history.replaceState(null, "", location.pathname);
  document.querySelector(`[data-item="${CSS.escape(id)}"]`)?.focus();
});
$("detail").addEventListener("click", (event) => {
  if (event.target === $("detail"))
    closeItem();
});
window.addEventListener("hashchange", () => {
  itemShown();
  viewShow(true);
});
window.addEventListener("token-wanted", (event) => {
  asked = true;
  me = null;
  tokenAsk(event.detail ? "tokenWrong" : "tokenWanted");
});
window.addEventListener("token", () => {
  fill($("sign-in"));
  opened = "";
  refresh();
});

frame();
listen({
  state: (now) => {
    if (now === connection)
      return;
    // Whatever was said in between was missed.
    if (now === "live" && connection === "lost")
      soon();
    connection = now;
    banners();
    live();
  },
  said: (event, data) => {
    // A sign of life means that nothing has changed since, if what is shown was whole.
    if (fresh)
      seen = new Date();
    live();
    // The greeting of a new stream is no change; what was missed is asked for when the connection comes back.
    if (event !== "beat" && !data.version)
      soon();
  },
});
refresh();
setInterval(live, 1000);
