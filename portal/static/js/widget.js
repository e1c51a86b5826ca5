// A shop's page stays open for long: the frame looks for news by itself, at the server's pace, until the delivery is over.
// Without this file it says what it said.
const main = document.querySelector("main[data-interval]");
let seconds = Number(main?.dataset.interval ?? 0);

async function look() {
  const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) return;
  // only the words: the style of a page that is parsed here would be held against this page's policy
  const words = (await answer.text()).match(/<main[\s>].*<\/main>/s)?.[0] ?? "";
  const fresh = new DOMParser().parseFromString(words, "text/html").querySelector("main");
  seconds = Number(fresh?.dataset.interval ?? seconds);
  // the link keeps the focus: only the words around it are exchanged
  for (const part of [".state", "h1"]) {
    const [now, then] = [fresh, main].map((one) => one?.querySelector(part));
    if (!now || !then) return;
    then.className = now.className;
    if (then.textContent !== now.textContent) then.textContent = now.textContent;
  }
}

function plan() {
  if (!seconds) return;
  // a little unevenness, so that the frames of a busy shop do not ask in one breath
  setTimeout(async () => {
    if (!document.hidden) await look().catch(() => {});
    plan();
  }, seconds * 1000 * (0.9 + Math.random() * 0.2));
}

plan();
