// Keeps the parts of the demo's pages fresh: asks every few seconds, keeps the focus where it was, rests while hidden.
const page = document.querySelector("[data-parts-url]");
let seal = "";
let last = {};

async function refresh() {
  const headers = seal ? { "If-None-Match": seal } : {};
  const answer = await fetch(page.dataset.partsUrl, { headers, cache: "no-store" });
  if (answer.status !== 200) return;
  seal = answer.headers.get("ETag") ?? "";
  const parts = await answer.json();
  for (const [name, html] of Object.entries(parts)) {
    if (last[name] !== html) put(name, html);
  }
  last = parts;
}

function put(name, html) {
  const part = page.querySelector(`[data-part="${name}"]`);
  if (!part) return;
  const vans = places(part);
  const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = html;
  glide(part, vans);
  if (held) part.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// A van that has moved starts where it was, so that the style sheet's transition carries it on.
function places(part) {
  return [...part.querySelectorAll(".van")].map((van) => van.getAttribute("transform"));
}

function glide(part, before) {
  part.querySelectorAll(".van").forEach((van, index) => {
    const now = van.getAttribute("transform");
    if (!before[index] || before[index] === now) return;
    van.setAttribute("transform", before[index]);
    van.getBoundingClientRect();
    requestAnimationFrame(() => van.setAttribute("transform", now));
  });
}

async function turn() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(turn, Number(page.dataset.partsEvery) * 1000);
}

document.querySelector("[data-submit-on-change]")?.addEventListener("change", (event) => event.currentTarget.submit());
if (page) setTimeout(turn, Number(page.dataset.partsEvery) * 1000);
