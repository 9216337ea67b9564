// Reads the API, and listens: a lost connection shows within seconds and heals by itself.

export async function get(path) {
  const answer = await fetch(`/api/v1/${path}`, { headers: { Accept: "application/json" } });
  if (!answer.ok)
    throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

const SILENCE = 40000; // the other side says something every 15 s
const AGAIN = 3000;

// @on.said(event, data) for every event, @on.state("live"|"connecting"|"lost").
export function listen(on) {
  let source, heard, timer;

  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource("/api/v1/stream");
    heard = Date.now();
    source.onopen = () => {
      heard = Date.now();
      on.state("live");
    };
    source.onerror = () => {
      on.state("lost");
      if (source.readyState === EventSource.CLOSED)
        timer = setTimeout(open, AGAIN);
    };
    for (const name of ["status", "verdict", "finding", "source", "beat"])
      source.addEventListener(name, (event) => {
        heard = Date.now();
        on.state("live");
        on.said(name, JSON.parse(event.data));
      });
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
}
