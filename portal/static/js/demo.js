// Keeps the parts of the demo's pages fresh: asks every few seconds, keeps the focus where it was, rests while hidden.
// Its forms are sent without leaving the page.
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
  const held = part.contains(document.activeElement) ? named(document.activeElement) : null;
  part.innerHTML = html;
  glide(part, vans);
  if (held) part.querySelector(held)?.focus({ preventScroll: true });
}

function named(element) {
  return element.id ? `#${CSS.escape(element.id)}` : `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
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

async function send(form, button) {
  const fields = new FormData(form);
  if (button?.name) fields.set(button.name, button.value);
  const spoken = page.querySelector("[data-said]");
  spoken.textContent = "";
  const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
  if (answer.type !== "opaqueredirect") throw new Error(`answered ${answer.status}`);
  const typed = form.querySelector("input[name=text]");
  if (typed) {
    typed.value = "";
    spoken.textContent = "Sent.";
    page.querySelector("[data-part=phone]").scrollTop = 0;
  }
  await refresh();
  // the answer is on its way; it need not wait for the next turn
  setTimeout(() => refresh().catch(() => {}), 400);
}

for (const form of document.querySelectorAll("[data-stay]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    // a page whose token is too old gets a new one; what was typed goes the plain way
    send(form, button).catch(() => (button?.name ? window.location.reload() : form.submit()));
  });
}

for (const link of document.querySelectorAll("[data-fill]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const typed = document.querySelector("#text");
    typed.value = link.dataset.fill;
    typed.focus();
  });
}

async function turn() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(turn, Number(page.dataset.partsEvery) * 1000);
}

const choice = document.querySelector("[data-submit-on-change]");
if (choice) {
  choice.addEventListener("change", () => choice.submit());
  choice.querySelector("button").hidden = true;
}
if (page) setTimeout(turn, Number(page.dataset.partsEvery) * 1000);
