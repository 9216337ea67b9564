// Rows of the ledgers of devices and accounts: on one side what is written, on the other what was seen; what differs is said in words.
import { el, icon } from "./dom.js";
import { macShown } from "./ledger_form.js";
import { ago, number, w, when } from "./words.js";

const t = (path, ...values) => w(`ledger.${path}`, ...values);
const shapes = { contradiction: "fail", seen: "warn", both: "pass", registered: "unknown" };

export function stateIcon(state) {
  return icon(shapes[state]);
}

export function macsShown(macs) {
  return (macs ?? "").split(" ").filter(Boolean).map(macShown).join(" ");
}

export function nameOf(item) {
  if (item.contracts !== undefined)
    return item.name ? `${item.vendor_id} ${item.name}` : item.vendor_id;
  return item.account_id ? `${item.system_id ?? ""} / ${item.account_id}` : item.device_id ?? item.host ?? macShown(item.mac ?? "");
}

function pair(name, value, differs) {
  if (!value)
    return null;
  return el("p", { class: differs ? "value differs" : "value" }, el("span", { class: "name" }, name), el("span", {}, value), differs ? el("b", { class: "mark", "aria-hidden": "true" }, "≠") : null);
}

function rowOf(item, register, seen, open, may) {
  const name = nameOf(item), proposed = item.state === "seen" && may;
  return el("li", { class: `ledger-row ${item.state}` },
    el("div", { class: "state" }, stateIcon(item.state), el("span", {}, t(`state.${item.state}`))),
    el("div", { class: "side" }, el("span", { class: "side-name" }, t("inRegister")), register),
    el("div", { class: "side" }, el("span", { class: "side-name" }, t("observed")), seen),
    el("button", { type: "button", class: proposed ? "primary" : "action", onclick: open, "data-part": "open" }, t(proposed ? "propose" : "open"), el("span", { class: "sr" }, ` ${name}`)),
    item.contradictions.length > 0 ? el("ul", { class: "why" }, item.contradictions.map((code) => el("li", {}, t(`differs.${code}`)))) : null);
}

export function deviceRow(item, open, may) {
  const differs = (code) => item.contradictions.includes(code);
  const register = item.row_id ?? item.device_id ? [
    el("b", {}, item.device_id), item.name ? ` ${item.name}` : "",
    el("p", { class: "note" }, [item.location, item.user].filter(Boolean).join(w("comma"))),
    pair("MAC", macsShown(item.register_mac)), pair("IP", item.register_ip, differs("ip")), pair(t("hostName"), item.register_hostname, differs("hostname"))] :
    el("p", { class: "absent" }, t("notRegistered"));
  const seen = item.last_seen ? [
    pair("MAC", macShown(item.mac ?? "")), pair("IP", item.ip, differs("ip")), pair(t("hostName"), item.host, differs("hostname")),
    item.randomised ? el("p", { class: "note" }, t("randomised")) : null,
    el("p", { class: "note" }, t("lastSeen", ago(item.last_seen)))] :
    el("p", { class: "absent" }, t("notSeen"));
  return rowOf(item, register, seen, open, may);
}

export function accountRow(item, open, may) {
  const register = item.state !== "seen" ? [
    el("b", {}, item.account_id), ` ${item.system_id}`,
    el("p", { class: "note" }, [item.person_name ?? item.person_id ? t("person", item.person_name ?? item.person_id) : "", item.valid_to ? t("until", item.valid_to) : ""].filter(Boolean).join(w("comma")))] :
    el("p", { class: "absent" }, t("notRegistered"));
  const observed = item.uses > 0 || item.last_used || item.stored;
  const seen = observed ? [
    item.state === "seen" ? [el("b", {}, item.account_id), ` ${item.system_id ?? item.place ?? ""}`] : null,
    el("p", {}, item.last_used ? `${t("lastUsed", ago(item.last_used))}${w("comma")}${t("uses", number(item.uses))}` : t("notUsed")),
    el("p", { class: "note" }, [item.last_src_ip ?? item.last_host ? t("fromWhere", [item.last_src_ip, item.last_host].filter(Boolean).join(" ")) : "",
      item.stored ? `${t("stored")} ${t(item.enabled ? "enabled.yes" : "enabled.no")}` : "", item.stored && item.admin ? t("admin") : ""].filter(Boolean).join(w("comma")))].flat() :
    el("p", { class: "absent" }, t("notUsed"));
  return rowOf(item, register, seen, open, may);
}

function named(item) {
  return ["contracts", "contacts", "systems", "devices", "accounts"].filter((what) => item[what] > 0).map((what) => `${t(`named.${what}`)} ${number(item[what])}`).join(w("comma"));
}

export function vendorRow(item, open, may) {
  const register = item.state !== "seen" ? [el("b", {}, item.vendor_id), ` ${item.name}`, item.active ? null : el("p", { class: "note" }, t("inactive")),
    item.contract_until ? el("p", { class: "note" }, t("contractUntil", item.contract_until)) : null] : el("p", { class: "absent" }, t("notRegistered"));
  const seen = named(item) ? [item.state === "seen" ? el("b", {}, item.vendor_id) : null, el("p", {}, named(item)),
    item.last_used ? el("p", { class: "note" }, `${t("vendorUsed", ago(item.last_used))}${w("comma")}${t("uses", number(item.uses))}`) : null] : el("p", { class: "absent" }, t("notNamed"));
  return rowOf(item, register, seen, open, may);
}

// For the sheet: [name, column of the ledger, what is written, what was seen, code of what differs].
export function comparison(item) {
  if (item.contracts !== undefined)
    return [
      [t("namedIn"), null, "", named(item)],
      [t("vendorUsed", ""), null, [item.active === false ? t("inactive") : "", item.contract_until ? t("contractUntil", item.contract_until) : ""].filter(Boolean).join(w("comma")),
        item.last_used ? when(item.last_used) : "", ["inactive", "contract_over"].find((code) => item.contradictions.includes(code)) ?? null],
    ].filter((r) => r[2] || r[3]);
  if (item.account_id !== undefined)
    return [
      [t("lastUsed", ""), null, [item.person_left_at ? t("leftOn", item.person_left_at) : "", item.valid_to ? t("until", item.valid_to) : ""].filter(Boolean).join(w("comma")), item.last_used ? `${when(item.last_used)}（${t("uses", number(item.uses))}）` : t("notUsed"), ["left", "expired", "disabled"].find((code) => item.contradictions.includes(code)) ?? null],
      [t("fromWhere", ""), null, "", [item.last_src_ip, item.last_host].filter(Boolean).join(" ")],
      [t("stored"), null, "", item.stored ? t(item.enabled ? "enabled.yes" : "enabled.no") : "", "enabled"],
      [t("admin"), "admin", "", item.stored ? t(item.admin ? "yes" : "no") : "", "admin", item.admin ? "yes" : "no"],
    ].filter((r) => r[3]);
  return [
    ["MAC", "mac", macsShown(item.register_mac), macShown(item.mac ?? ""), null, item.mac],
    ["IP", "ip", item.register_ip ?? "", item.ip ?? "", "ip", item.ip],
    [t("hostName"), "hostname", item.register_hostname ?? "", item.host ?? "", "hostname", item.host],
    [t("firstSeen", ""), null, "", when(item.first_seen)],
    [t("lastSeen", ""), null, "", when(item.last_seen)],
  ].filter((r) => r[2] || r[3]);
}

// What a new row of the ledger begins with.
export function proposed(item) {
  if (item.contracts !== undefined)
    return { vendor_id: item.vendor_id };
  if (item.account_id !== undefined)
    return { account_id: item.account_id, system_id: item.system_id ?? item.place ?? "", ...(item.admin ? { admin: "yes" } : {}) };
  return { mac: item.mac ?? "", ip: item.ip ?? "", hostname: item.host ?? "" };
}
