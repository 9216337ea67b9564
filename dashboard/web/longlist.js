// A list of any length: pages come by cursor as one scrolls towards them, and what is far away is folded into an empty box of its
// own height, so that ten thousand rows cost what some hundred do.
import { el } from "./dom.js";

const CHUNK = 25;
const HIGH = 96; // pixels of a row that nobody has measured yet
const AGAIN = 3000; // milliseconds until a page that could not be had is asked for again
const NEAR = "1200px 0px"; // drawn before it is seen

// @make: {page(cursor) -> {items, next}, row(item) -> <li>, head(item, before) -> <li> or null, label, drawn()}.
export function longList(root, make) {
  const rows = [], chunks = [], end = el("p", { class: "list-end", role: "status" });
  let next = null, busy = null, over = false, ended = false;

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries)
      (entry.isIntersecting ? draw : fold)(entry.target.chunk);
  }, { rootMargin: NEAR });
  const more = new IntersectionObserver((entries) => {
    if (entries.at(-1).isIntersecting)
      load().catch(() => {});
  }, { rootMargin: NEAR });

  function draw(chunk) {
    if (chunk.drawn)
      return;
    chunk.drawn = true;
    const nodes = [];
    for (let i = chunk.from; i < Math.min(chunk.from + CHUNK, rows.length); i++) {
      const head = make.head?.(rows[i], rows[i - 1]);
      if (head)
        nodes.push(head);
      const node = make.row(rows[i]);
      node.dataset.at = i;
      nodes.push(node);
    }
    chunk.node.replaceChildren(...nodes);
    chunk.node.style.height = "";
  }

  function fold(chunk) {
    if (!chunk.drawn || chunk.node.contains(document.activeElement) || chunk.node.offsetHeight === 0)
      return;
    chunk.node.style.height = `${chunk.node.offsetHeight}px`;
    chunk.node.replaceChildren();
    chunk.drawn = false;
  }

  // About as high as those that were seen, so that the bar tells how much there is.
  function room(chunk) {
    const seen = chunks.find((c) => c.drawn && c.node.offsetHeight > 0);
    const high = seen ? seen.node.offsetHeight / seen.node.childElementCount : HIGH;
    chunk.node.style.height = `${Math.round(high * Math.min(CHUNK, rows.length - chunk.from))}px`;
  }

  function chunkAdd() {
    const node = el("ul", { class: "findings", "aria-label": make.label ?? null }), chunk = { node, from: chunks.length * CHUNK, drawn: false };
    node.chunk = chunk;
    chunks.push(chunk);
    end.before(node);
    return chunk;
  }

  function append(items) {
    const from = rows.length;
    rows.push(...items);
    for (let i = Math.floor(from / CHUNK); i * CHUNK < rows.length; i++) {
      const chunk = chunks[i] ?? chunkAdd();
      const first = rows.length > 0 && i === 0;
      if (chunk.drawn || first) {
        chunk.drawn = false;
        draw(chunk);
      } else
        room(chunk);
      near.unobserve(chunk.node);
      near.observe(chunk.node);
    }
  }

  // The next page; false when there is none.
  function load() {
    if (over || ended)
      return Promise.resolve(false);
    busy ??= (async () => {
      try {
        const page = await make.page(next);
        if (ended)
          return false;
        next = page.next;
        over = !next;
        append(page.items);
        make.drawn?.(rows.length, over);
        // Still in sight: it is looked at again.
        more.unobserve(end);
        if (!over)
          more.observe(end);
        return true;
      } catch (problem) {
        // Said by who asked, and tried again.
        setTimeout(() => load().catch(() => {}), AGAIN);
        throw problem;
      } finally {
        busy = null;
      }
    })();
    return busy;
  }

  // What is there is made anew from @page, from the beginning; what had the focus has it again, by its key.
  function replace(page) {
    const scrolled = scrollY;
    rows.length = 0;
    for (const chunk of chunks.splice(0)) {
      near.unobserve(chunk.node);
      chunk.node.remove();
    }
    next = page.next;
    over = !next;
    append(page.items);
    scrollTo(0, scrolled);
    more.unobserve(end);
    if (!over)
      more.observe(end);
    make.drawn?.(rows.length, over);
  }

  function node(i) {
    const chunk = chunks[Math.floor(i / CHUNK)];
    if (chunk)
      draw(chunk);
    return chunk?.node.querySelector(`:scope > [data-at="${i}"]`) ?? null;
  }

  function redraw(i) {
    const chunk = chunks[Math.floor(i / CHUNK)];
    if (!chunk?.drawn)
      return;
    const old = node(i), made = make.row(rows[i]), key = old.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    made.dataset.at = i;
    old.replaceWith(made);
    if (key)
      made.querySelector(`[data-part="${key}"]`)?.focus();
  }

  const all = () => chunks.forEach(draw);
  addEventListener("beforeprint", all);
  root.append(end);
  return {
    rows, load, replace, node, redraw, over: () => over,
    stop() {
      ended = true;
      near.disconnect();
      more.disconnect();
      removeEventListener("beforeprint", all);
    },
  };
}
