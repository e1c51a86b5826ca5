// The desk that fills by itself, and its keys. Everything works without this file: forms post, links lead.
import { keysAreOn } from "./keys.js";

const place = document.getElementById("queue");
const said = document.getElementById("said");
const away = document.querySelector("[data-away]");
const map = document.querySelector("[data-map]");
const pause = Number(place.dataset.interval) * 1000;
let version = `"${place.dataset.version}"`;
let timer = 0;
let failures = 0;

const all = () => [...place.querySelectorAll("[data-change]")];
const current = () => document.activeElement?.closest("[data-change]");
const busy = item => item.contains(document.activeElement) || item.querySelector("details[open]");
const writing = target => target.closest("input, textarea, select");
const part = (name, where = place) => where.querySelector(`[data-part=${name}]`);

function say(text, tone) {
  const note = document.createElement("p");
  note.className = `note ${tone}`;
  note.textContent = text;
  said.replaceChildren(note);
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.queue, { headers: { "If-None-Match": version, "X-Fragment": "1" }, cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (answer.status === 200) {
      version = answer.headers.get("ETag");
      show(await answer.text());
    } else if (answer.status !== 304) throw new Error(answer.status);
    failures = 0;
  } catch {
    failures += 1;
  }
  away.hidden = failures < 2;
  timer = setTimeout(look, pause * Math.min(2 ** failures, 12));
}

// New items come in, old ones go. One that somebody is busy with is not even moved: moving loses focus and
// what an input method is composing; only its times are renewed.
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const wanted = [...fresh.querySelectorAll("[data-change]")];
  const ids = new Set(wanted.map(item => item.id));
  const held = current();
  const next = held && all()[all().indexOf(held) + 1]?.id;
  for (const old of all()) if (!ids.has(old.id) || !busy(old)) old.remove();
  let last = null;
  for (const item of wanted) {
    const kept = document.getElementById(item.id);
    if (kept) renew(kept, item);
    else if (last) last.after(item);
    else place.querySelector("[data-changes]").prepend(item);
    last = kept || item;
  }
  renewParts(fresh);
  const waiting = all().length;
  document.title = (waiting ? `(${waiting}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (held && !held.isConnected) comeBack(held.id, next);
}

function renew(kept, item) {
  kept.className = item.className;
  kept.querySelector("[data-until]").replaceWith(item.querySelector("[data-until]"));
}

function renewParts(fresh) {
  for (const old of place.querySelectorAll("[data-part]")) {
    const name = old.dataset.part;
    const inside = old.contains(document.activeElement);
    if (!part(name, fresh) || (inside && name !== "answered")) continue;
    old.replaceWith(part(name, fresh));
    if (inside) (part(name).querySelector("button") || all()[0])?.focus({ preventScroll: true });
  }
  tellMap();
}

function comeBack(id, next) {
  const still = document.getElementById(id);
  if (!still && !said.textContent) say("The change you were at was answered meanwhile.", "warn");
  (still || document.getElementById(next) || all().at(-1))?.focus({ preventScroll: Boolean(still) });
}

// Whoever answers goes on at once; what did not get through comes back.
async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  said.replaceChildren();
  const item = form.closest("[data-change]");
  const next = item && (all()[all().indexOf(item) + 1] || all()[all().indexOf(item) - 1]);
  try {
    const sent = fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "X-Fragment": "1" } });
    if (item && (button?.name || button?.hasAttribute("data-accept"))) leave(item, next);
    const answer = await sent;
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    say(told.said, told.done ? "good" : "warn");
    if (item && !told.open) leave(item, next);
    await (item ? look() : undone(form));
  } catch {
    say("The answer did not get through. Please try again.", "bad");
  } finally {
    item?.classList.remove("gone");
    delete form.dataset.sending;
  }
}

function leave(item, next) {
  close(item);
  item.classList.add("gone");
  if (item.contains(document.activeElement)) (next || item).focus();
}

async function undone(form) {
  const id = form.closest("[data-pending]").dataset.pending;
  await look();
  document.getElementById(`change-${id}`)?.focus();
}

function close(item) {
  item.querySelectorAll("details").forEach(open => open.removeAttribute("open"));
}

function refuse(item) {
  const reasons = item.querySelector("[data-refuse]");
  if (!reasons) return;
  reasons.open = true;
  reasons.querySelector("[data-reason]").focus();
}

function step(item, by) {
  const items = all();
  const at = items.indexOf(item);
  items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by]?.focus();
}

// A key that answers, pressed while nothing is chosen, chooses the first change and answers nothing.
const ofOne = act => item => {
  if (item) return act(item);
  step(item, 1);
  if (current()) say("This change is chosen now. Press the key again to answer it.", "warn");
};

const KEYS = {
  j: item => step(item, 1),
  k: item => step(item, -1),
  ArrowDown: item => step(item, 1),
  ArrowUp: item => step(item, -1),
  a: ofOne(item => item.querySelector("[data-accept]")?.click()),
  r: ofOne(refuse),
  u: () => place.querySelector("[data-own] [data-undo] button")?.click(),
  "/": () => document.querySelector("[data-filter]")?.focus(),
  "?": () => { const help = document.querySelector("[data-help]"); help.open = !help.open; },
};

function reasonOf(item, key) {
  return /^[1-9]$/.test(key) && item?.querySelector(`details[open] [data-reason="${key}"]`);
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = current();
  if (event.key === "Escape" && item) {
    close(item);
    item.focus();
    return;
  }
  // arrows scroll a list, and open what is chosen from
  const arrows = event.key.startsWith("Arrow") && event.target.closest(".scroll, summary, details");
  if (!keysAreOn() || writing(event.target) || arrows) return;
  const reason = reasonOf(item, event.key);
  if (reason) reason.click();
  else if (KEYS[event.key]) KEYS[event.key](item);
  else return;
  event.preventDefault();
});

document.addEventListener("submit", event => {
  if (!event.target.matches("[data-answer], [data-undo]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

// An answer that can still be undone says for how long.
setInterval(() => {
  let over = false;
  for (const left of place.querySelectorAll("[data-seconds]")) {
    const seconds = Math.max(0, Number(left.dataset.seconds) - 1);
    over ||= seconds === 0;
    left.dataset.seconds = seconds;
    left.textContent = seconds ? `the recipient is told in ${seconds} ${seconds === 1 ? "second" : "seconds"}` : "the recipient is being told";
  }
  if (over) look();
}, 1000);

// The map's frame gets numbers only; a stop pressed there leads to its change.
function tellMap() {
  const route = part("route");
  // a frame that is still on its way brings its own numbers
  if (route && map?.contentDocument?.location.origin === location.origin) map.contentWindow.postMessage({ doorstep: "route", numbers: JSON.parse(route.dataset.numbers) }, location.origin);
}

window.addEventListener("message", event => {
  if (event.origin !== location.origin || event.source !== map?.contentWindow || event.data?.doorstep !== "stop") return;
  place.querySelector(`[data-stop="${Number(event.data.seq)}"]`)?.focus();
});

for (const filter of document.querySelectorAll("[data-filter]")) {
  filter.addEventListener("change", () => filter.form.requestSubmit());
}
document.addEventListener("visibilitychange", () => document.hidden || look());
timer = setTimeout(look, pause);
