// A day that is over, as Tenken said it then: the state and the list of today, with what was said put in the place of what is.
// Nothing is judged again; what was not known then is not known now.
import { get } from "./api.js";

const zero = { pass: 0, warn: 0, fail: 0, unknown: 0, attested: 0, na: 0 };
const order = ["fail", "warn", "unknown"];
const kept = new Map(); // what was said on a day does not change any more

async function saidOn(date) {
  if (!kept.has(date)) {
    const [said, answers] = await Promise.all([get(`at?time=${date}`), get("answers?limit=1000")]);
    if (kept.size > 10)
      kept.clear();
    kept.set(date, { ...said, answers: answers.items });
  }
  return kept.get(date);
}

function answerOf(said, pack, item) {
  const at = Date.parse(said.time), [y, m] = said.date.split("-").map(Number), year = m < 4 ? y - 1 : y;
  return said.answers.filter((a) => a.pack === pack && a.item === item && !a.vendor_id && !a.system_id && a.fiscal_year === year &&
    Date.parse(a.at) <= at && (!a.revoked_at || Date.parse(a.revoked_at) > at)).sort((a, b) => b.id - a.id)[0];
}

// Everything of one check on that day, in the shape of GET checks/{id}.
export function checkThen(said, check) {
  const was = said.checks.find((c) => c.id === check.id);
  const rows = said.verdicts.filter((v) => v.check === check.id);
  return { ...check, title: was?.title ?? check.title, severity: was?.severity ?? check.severity, status: was?.status ?? "unknown", since: was?.since ?? null,
    counts: was?.counts ?? zero, rows, more: 0, attest_days: 0, error: null };
}

function itemThen(said, pack, item) {
  const was = said.items.find((i) => i.pack === pack && i.item === item.id);
  const answer = answerOf(said, pack, item.id), checks = item.checks.map((c) => checkThen(said, c));
  const reasons = order.flatMap((status) => checks.flatMap((c) => c.rows.filter((v) => v.status === status).map((v) => ({ ...v, title: c.title, severity: c.severity }))));
  return { ...item, status: was?.status ?? "unknown", since: was?.since ?? null, checks, reasons, waiver: null, answer: answer?.answer ?? null,
    answered_on: answer?.answered_on ?? null, answered_by: answer?.who ?? null, target_date: answer?.target_on ?? null };
}

const nothing = { percent: 0, coverage_percent: 0, attested_percent: 0, measured_percent: null, items: zero, yes: 0, total: 0 };

// {said, status, list} of the end of @date.
export async function past(date, status, list) {
  const said = await saidOn(date);
  const scoreOf = (id) => said.scores.find((s) => s.pack === id) ?? nothing;
  const titles = new Map(status.registers.map((r) => [r.kind, r.title]));
  return {
    said,
    status: { ...status, time: said.time, ready: true, reload_error: null, ingest: {}, sources: null, collectors: [], score: said.score,
      checklists: status.checklists.map((l) => ({ ...l, score: scoreOf(l.id), outdated: false, note: null })),
      registers: said.registers.map((r) => ({ ...r, title: titles.get(r.kind) ?? null })) },
    list: { ...list, score: scoreOf(list.id), items: list.items.map((i) => itemThen(said, list.id, i)) },
  };
}
