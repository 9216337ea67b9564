// The file behind an attestation: it stays where it is, its name and SHA-256 are recorded.  Browsers compute that only on a page
// from HTTPS or from this very machine; else one types it.
import { el, fill } from "./dom.js";
import { w } from "./words.js";

const t = (path, ...values) => w(`fi.${path}`, ...values);
const MOST = 256; // MB: it is read whole

async function sha256(file) {
  if (file.size > MOST * 1048576)
    throw new RangeError(t("evidenceLarge", MOST));
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(sum)].map((n) => n.toString(16).padStart(2, "0")).join("");
}

// A field of a form: .read() gives {evidence_name, evidence_sha256}, both or none.
export function evidenceField(id) {
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const typed = el("input", { type: "text", id: `${id}-hash`, maxlength: 64, autocomplete: "off", spellcheck: "false" });
  const named = el("input", { type: "text", id: `${id}-name`, maxlength: 255, autocomplete: "off" });
  const shown = el("p", { class: "note", role: "status" });
  const byHand = el("div", { class: "field", hidden: Boolean(crypto.subtle) }, el("label", { for: `${id}-name` }, t("evidenceName")), named,
    el("label", { for: `${id}-hash` }, t("evidenceHash")), typed);
  const chosen = el("input", { type: "file", id, onchange: async () => {
    const file = chosen.files[0];
    named.value = typed.value = "";
    byHand.hidden = true;
    if (!file)
      return fill(shown);
    fill(shown, t("evidenceBusy"));
    try {
      const sum = await sha256(file);
      if (chosen.files[0] !== file)
        return;
      named.value = file.name.slice(-255);
      typed.value = sum;
      fill(shown, `${file.name} `, el("code", {}, sum));
    } catch (problem) {
      byHand.hidden = false;
      named.value = file.name.slice(-255);
      fill(shown, problem instanceof RangeError ? problem.message : t("evidenceUnread"));
    }
  } });
  return {
    name: "evidence_sha256", names: ["evidence_name", "evidence_sha256"], error, inputs: [crypto.subtle ? chosen : typed],
    read: () => (typed.value.trim() || named.value.trim() ? { evidence_name: named.value.trim(), evidence_sha256: typed.value.trim().toLowerCase() } : ""),
    node: el("div", { class: "field" }, crypto.subtle ? [el("label", { for: id }, t("evidence")), chosen] : el("p", { class: "label" }, t("evidence")),
      el("p", { class: "note" }, t(crypto.subtle ? "evidenceNote" : "evidencePlain")), shown, byHand, error),
  };
}

// What was recorded, and whether a file at hand is the same one.
export function evidenceCompare(name, sum) {
  const said = el("span", { role: "status" });
  const chosen = el("input", { type: "file", class: "sr", onchange: async () => {
    try {
      const same = await sha256(chosen.files[0]) === sum;
      fill(said, el("b", { class: same ? "same" : "error" }, t(same ? "evidenceSame" : "evidenceDiffers")));
    } catch (problem) {
      fill(said, problem instanceof RangeError ? problem.message : t("evidenceUnread"));
    }
    chosen.value = "";
  } });
  return el("div", { class: "evidence" }, t("evidenceOf", name ?? "—"), " ", el("code", {}, sum),
    crypto.subtle ? [el("label", { class: "link" }, chosen, t("evidenceCheck")), " ", said] : null);
}
