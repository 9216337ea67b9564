// Where one is: "#findings?status=fail" is a view and what is chosen in it, "#item=PACK/ID" a sheet over the view that was open,
// "?at=2026-11-20" before it the day that is looked at.  Each view's code comes when it is opened.

// past: it can show a day that is over.  A view has show(root, ctx), and may have changed(event, data) and leave().
export const views = {
  findings: { load: () => import("./findings.js"), past: true },
  ledgers: { load: () => import("./ledger.js") },
  contacts: { load: () => import("./contacts.js") },
  sources: { load: () => import("./sources.js") },
  said: { load: () => import("./said.js") },
  snapshots: { load: () => import("./snapshots.js") },
  settings: { load: () => import("./settings.js") },
};

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function parse(hash) {
  const sheet = /^#(item|check)=([^?]+)(?:\?(.*))?$/.exec(hash);
  if (sheet) {
    const name = decode(sheet[2]), slash = name.indexOf("/");
    const place = new URLSearchParams(sheet[3] ?? "");
    if (sheet[1] === "check")
      return { sheet: { check: name, resource: place.get("resource") } };
    return { sheet: { pack: name.slice(0, slash), item: name.slice(slash + 1), check: place.get("check"), resource: place.get("resource") } };
  }
  const [name, query] = [hash.slice(1).split("?")[0], hash.includes("?") ? hash.slice(hash.indexOf("?") + 1) : ""];
  return { name: Object.hasOwn(views, name) ? name : "", query: new URLSearchParams(query) };
}

let base = "", pushed = false;

// {name, query, sheet}: the view below stays while a sheet is open.
export function routeNow() {
  const here = parse(location.hash);
  if (here.sheet)
    return { ...parse(base), sheet: here.sheet };
  base = location.hash;
  return { ...here, sheet: null };
}

export function sheetHash(pack, item, check, resource) {
  const place = new URLSearchParams();
  if (check)
    place.set("check", check);
  if (resource)
    place.set("resource", resource);
  return `#item=${encodeURIComponent(`${pack}/${item}`)}${place.size > 0 ? `?${place}` : ""}`;
}

export function checkHash(check, resource) {
  return `#check=${encodeURIComponent(check)}${resource ? `?${new URLSearchParams({ resource })}` : ""}`;
}

export function sheetOpen(hash) {
  pushed = true;
  location.hash = hash;
}

// Back to the view below, and no further.
export function sheetLeave() {
  const back = pushed;
  pushed = false;
  if (!parse(location.hash).sheet)
    return;
  if (back)
    history.back();
  else
    history.replaceState(null, "", `${location.pathname}${location.search}${base}`);
}

// What is chosen in a view stands in the address, so that it can be kept as a bookmark; nothing is loaded anew.
export function querySet(name, query) {
  const text = query.toString();
  base = `#${name}${text ? `?${text}` : ""}`;
  history.replaceState(null, "", `${location.pathname}${location.search}${base}`);
  window.dispatchEvent(new Event("query"));
}

// The day that is looked at, or null: today, as it goes on.
export function dayAsked() {
  const at = new URLSearchParams(location.search).get("at");
  return at && /^\d{4}-\d\d-\d\d$/.test(at) && !Number.isNaN(Date.parse(at)) ? at : null;
}

export function dayAsk(day) {
  history.pushState(null, "", `${location.pathname}${day ? `?at=${day}` : ""}${location.hash}`);
  window.dispatchEvent(new Event("day"));
}
