// Reads the API, writes to it, and listens: a lost connection shows within seconds and heals by itself.  Where a token is needed
// it is kept for as long as this tab is open, in no cookie and on no disk.

const KEY = "tenken-token";

let locked = false; // a token is wanted: nothing is asked again until there is one

export function tokenSet(text) {
  locked = false;
  if (text)
    sessionStorage.setItem(KEY, text);
  else
    sessionStorage.removeItem(KEY);
  window.dispatchEvent(new Event("token"));
}

export function tokenWanted() {
  return locked;
}

export function tokenIs() {
  return Boolean(sessionStorage.getItem(KEY));
}

function send(path, more) {
  const token = sessionStorage.getItem(KEY);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return fetch(`/api/v1/${path}`, { ...more, headers: { ...headers, ...more.headers } });
}

async function ask(path, more = {}) {
  const answer = await send(path, more);
  if (answer.status === 401) {
    locked = true;
    window.dispatchEvent(new CustomEvent("token-wanted", { detail: tokenIs() }));
  }
  if (!answer.ok)
    throw new Error(`${path}: ${answer.status}`);
  return answer;
}

export async function get(path) {
  return (await ask(path, { headers: { Accept: "application/json" } })).json();
}

// Hands over a file: a Blob, or what the API has at a path.  It is fetched, since a link would send no token.
export async function file(what, name) {
  let blob = what;
  if (typeof what === "string") {
    const answer = await ask(what, { headers: {} });
    name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
    blob = await answer.blob();
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// What is refused is no failure of the page: {status, body}, where body is the answer or the problem (RFC 9457).
export function put(method, path, body, key) {
  return write(path, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", "Idempotency-Key": key } });
}

// The bytes of a file as they are; answered like put().
export function putFile(path, bytes, type, key) {
  return write(path, { method: "PUT", body: bytes, headers: { "Content-Type": type, "Idempotency-Key": key } });
}

async function write(path, request) {
  const answer = await send(path, request);
  let json = {};
  try {
    json = await answer.json();
  } catch {
    // The status says enough.
  }
  return { status: answer.status, ok: answer.ok, body: json };
}

// One for each thing that is said: what is sent twice by accident is done once.
export function keyNew() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
}

const SILENCE = 40000; // the other side says something every 15 s
const AGAIN = 3000;

// One event of the stream: its name and what it says; null for a comment.
function parse(block) {
  let name = "message", data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event:"))
      name = line.slice(6).trim();
    else if (line.startsWith("data:"))
      data += line.slice(5).trim();
  }
  return data ? [name, JSON.parse(data)] : null;
}

// @on.said(event, data) for every event, @on.state("live"|"connecting"|"lost").  Read with fetch: EventSource sends no token.
export function listen(on) {
  let current, heard, timer;

  async function read(stop) {
    const answer = await ask("stream", { signal: stop.signal, headers: { Accept: "text/event-stream" } });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    heard = Date.now();
    on.state("live");
    for (;;) {
      const { value, done } = await reader.read();
      if (done)
        return;
      heard = Date.now();
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      on.state("live");
      for (const said of blocks.map(parse))
        if (said)
          on.said(...said);
    }
  }

  async function open() {
    clearTimeout(timer);
    current?.abort();
    if (locked) {
      current = null;
      timer = setTimeout(open, AGAIN);
      return;
    }
    const stop = current = new AbortController();
    heard = Date.now();
    try {
      await read(stop);
    } catch {
      // However it ended, it is opened again.
    }
    if (stop !== current)
      return;
    on.state("lost");
    timer = setTimeout(open, AGAIN);
  }

  on.state("connecting");
  open();
  setInterval(() => {
    if (Date.now() - heard > SILENCE) {
      on.state("lost");
      open();
    }
  }, 5000);
  window.addEventListener("online", open);
  window.addEventListener("token", open);
}
