// Puts the page together and keeps it up to date: whatever the stream says is read again from the API, at most a few
// times a second, so that what is shown is always one whole answer.
import { get, listen, tokenWanted } from "./api.js";
import { board } from "./board.js";
import { el, fill } from "./dom.js";
import { $, banners, live, pastAsk, person, say, toastsPlace, tokenAsk } from "./frame.js";
import { isFresh, outlook, outlookLoad } from "./outlook.js";
import { first, overview } from "./overview.js";
import { dayAsked, routeNow, sheetHash, sheetLeave, sheetOpen, views } from "./route.js";
import { clockSet, day, languageNow, languages, languageSet, w } from "./words.js";

const view = { pack: null, urgentOnly: false };
// What is shown (status and list: of now, or of the day that is looked at) and what is (real).
const state = { status: null, list: null, me: null, seen: null, connection: "connecting", past: null };
let real = null, opened = null;

const canWrite = () => !state.past && (state.me?.role === "operator" || state.me?.role === "admin");

function signIn() {
  if ($("detail").open)
    $("detail").close();
  tokenAsk("tokenToSay", state.me);
}

let shown = { key: null, module: null };

// What a view may use: whoever looks, what is chosen in the address, the day that is over (or null), and ways to go on.
function context(route) {
  return { may: canWrite(), role: state.me?.role, me: state.me, query: route.query, past: state.past?.said ?? null, status: state.status, list: state.list,
    said, say, signIn, open: sheetOpen };
}

// What a view has chosen by itself is shown already.
window.addEventListener("query", () => {
  if (shown.key)
    shown.key = JSON.stringify(JSON.parse(shown.key).with(1, routeNow().query.toString()));
});

async function viewShow(moved) {
  const route = routeNow(), name = route.name;
  for (const section of $("main").children)
    section.hidden = name ? section.id !== "view" && section.id !== "sign-in" : section.id === "view";
  fill($("views"), ["", ...Object.keys(views)].map((v) => el("a", { href: `#${v}`, "aria-current": v === name ? "page" : null }, w(`viewName.${v || "home"}`))));
  $("views").setAttribute("aria-label", w("views"));
  const key = name && state.status ? JSON.stringify([name, route.query.toString(), languageNow(), state.me?.role, state.past?.said?.date]) : null;
  if (shown.key === key)
    return;
  shown.module?.leave?.();
  shown = { key, module: null };
  fill($("view"));
  if (!key)
    return;
  try {
    const module = await views[name].load();
    if (shown.key !== key)
      return;
    shown.module = module;
    await module.show($("view"), context(route));
    if (state.past && !views[name].past && shown.key === key)
      $("view").querySelector("h2")?.after(el("p", { class: "notice" }, w("pastNot")));
  } catch {
    if (shown.key !== key)
      return;
    shown = { key: null, module: null };
    fill($("view"), el("h2", { id: "view-title", tabindex: "-1" }, w(`viewName.${name}`)), el("p", { class: "notice" }, w("loadFail")));
  }
  if (moved)
    $("view").querySelector("h2")?.focus();
}

function frame() {
  document.documentElement.lang = languageNow();
  $("skip").textContent = w("skip");
  $("languages").setAttribute("aria-label", w("language"));
  if ($("languages").dataset.language !== languageNow())
    fill($("languages"), languages.map(([code, name]) => el("button", {
      type: "button", lang: code, "aria-pressed": String(code === languageNow()),
      onclick: () => {
        languageSet(code);
        frame();
        show();
        sheetShow();
        $("languages").querySelector('[aria-pressed="true"]').focus();
      },
    }, name)));
  $("languages").dataset.language = languageNow();
  fill($("site"), state.status ? state.status.site.name || state.status.site.id : "");
  fill($("foot"), state.status ? el("p", {}, `${w("version", state.status.version)}`) : "");
  person(state.me, signIn);
  pastAsk(state.past, state.status);
  viewShow(false);
  live(state);
}

// The sheet comes when the first item is opened; by then the reader may have gone on.
async function sheetShow() {
  const wanted = routeNow().sheet, hash = location.hash;
  if (!wanted) {
    if ($("detail").open)
      $("detail").close();
    return;
  }
  if (wanted.pack && wanted.pack !== view.pack && real?.status.checklists.some((l) => l.id === wanted.pack)) {
    view.pack = wanted.pack;
    refresh();
    return;
  }
  const item = wanted.item ? state.list?.items.find((i) => i.id === wanted.item) : null;
  if (!state.list || (wanted.item && !item))
    return;
  let sheet;
  try {
    sheet = await import("./detail.js");
  } catch {
    say(w("loadFail"), "warn");
    return;
  }
  if (location.hash !== hash)
    return;
  const now = JSON.stringify([wanted, item, languageNow(), state.me?.role, state.past?.said?.date]);
  // An open sheet is made anew only when something of it changed: what the reader unfolded stays, and what is being written.
  if ($("detail").open && (opened === now || $("detail").querySelector("form.say")))
    return;
  const scrolled = opened !== null && $("detail").open ? $("detail").scrollTop : null;
  opened = now;
  await sheet.detail($("detail"), { item, wanted, pack: view.pack, may: canWrite(), past: state.past?.said ?? null, signIn, said, time: state.status.time });
  toastsPlace();
  if (scrolled !== null)
    $("detail").scrollTop = scrolled;
}

// Something was said: the daemon judges again within a moment, and the stream tells; the words themselves show at once.
function said(text) {
  say(text ?? w("say.done"));
  opened = "";
  told = true;
  refresh();
}

// True when @data, a change, is of a row that an open sheet shows.
function ofSheet(data) {
  const wanted = routeNow().sheet, item = wanted?.item ? state.list?.items.find((i) => i.id === wanted.item) : null;
  return Boolean(wanted && data.check && !state.past && (wanted.item ? item?.checks.some((c) => c.id === data.check) : wanted.check === data.check));
}

function openItem(id) {
  sheetOpen(sheetHash(view.pack, id));
}

// What has the focus is replaced; the one that takes its place gets it.
function keepingFocus(root, work) {
  const item = root.contains(document.activeElement) ? document.activeElement.dataset.item : null;
  work();
  if (item)
    root.querySelector(`[data-item="${CSS.escape(item)}"]`)?.focus();
}

function outlookShow() {
  if (!state.list)
    return;
  $("main").classList.toggle("fresh", !state.past && isFresh(state.list));
  outlook({ plan: $("plan"), course: $("course"), outlook: $("outlook") }, state);
}

function show() {
  banners(state);
  if (!state.status || !state.list)
    return;
  overview($("overview"), state.status, state.list, state.past);
  first($("first"), state.list, openItem, state.past);
  outlookShow();
  keepingFocus($("board"), () => board($("board"), state.status, state.list, view, {
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

// The day that is looked at; what cannot be had yet is said in the banner.
async function pastLoad() {
  const date = dayAsked();
  const over = date && date < day() ? date : null;
  if (!over) {
    Object.assign(state, real, { past: null });
    return;
  }
  if (state.past?.date !== over)
    state.past = { date: over, today: day(), said: null, failed: false };
  banners(state);
  try {
    const world = await (await import("./past.js")).past(over, real.status, real.list);
    if (dayAsked() !== over)
      return;
    Object.assign(state, { status: world.status, list: world.list, past: { date: over, today: day(), said: world.said, failed: false } });
    clockSet(world.said.time, true);
  } catch {
    state.past = { ...state.past, said: null, failed: true };
    Object.assign(state, { status: real.status, list: null });
  }
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
    const [status, me] = await Promise.all([get("status"), get("me")]);
    clockSet(status.time);
    if (!status.checklists.some((l) => l.id === view.pack))
      view.pack = status.checklists[0]?.id ?? null;
    real = { status, list: view.pack ? await get(`checklists/${encodeURIComponent(view.pack)}`) : null };
    state.me = { ...me, name: /\((.*)\)$/.exec(me.who ?? "")?.[1] ?? me.who };
    state.seen = new Date();
    fresh = true;
    if (asked) {
      fill($("sign-in"));
      asked = false;
    }
    await pastLoad();
    frame();
    show();
    sheetShow();
    outlookLoad(state.status.time, Boolean(state.past), told).then(outlookShow);
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
  opened = null;
  const item = routeNow().sheet?.item ?? $("detail").dataset.item;
  sheetLeave();
  if (item && !routeNow().name)
    document.querySelector(`[data-item="${CSS.escape(item)}"]`)?.focus();
  else
    shown.module?.back?.();
});
$("detail").addEventListener("click", (event) => {
  if (event.target === $("detail"))
    $("detail").close();
});
window.addEventListener("hashchange", () => {
  sheetShow();
  if (!routeNow().sheet)
    viewShow(true);
});
for (const name of ["day", "popstate"])
  window.addEventListener(name, () => {
    if ((dayAsked() ?? null) !== (state.past?.date ?? null))
      refresh();
  });
window.addEventListener("token-wanted", (event) => {
  asked = true;
  state.me = null;
  tokenAsk(event.detail ? "tokenWrong" : "tokenWanted", null);
});
window.addEventListener("token", () => {
  fill($("sign-in"));
  opened = "";
  refresh();
});

frame();
listen({
  state: (now) => {
    if (now === state.connection)
      return;
    // Whatever was said in between was missed.
    if (now === "live" && state.connection === "lost") {
      soon();
      shown.module?.changed?.("missed", {});
    }
    state.connection = now;
    banners(state);
    live(state);
  },
  said: (event, data) => {
    // A sign of life means that nothing has changed since, if what is shown was whole.
    if (fresh)
      state.seen = new Date();
    live(state);
    // The greeting of a new stream is no change; what was missed is asked for when the connection comes back.
    if (event === "beat" || data.version)
      return;
    if (ofSheet(data))
      opened = "";
    soon();
    if (!state.past)
      shown.module?.changed?.(event, data);
  },
});
refresh();
setInterval(() => live(state), 1000);
