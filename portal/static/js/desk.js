// The desk that fills by itself, and its keys. Everything works without this file: forms post, links lead.
import { keysAreOn } from "./keys.js";

const place = document.getElementById("queue");
const said = document.getElementById("said");
const away = document.querySelector("[data-away]");
const pause = Number(place.dataset.interval) * 1000;
let version = `"${place.dataset.version}"`;
let timer = 0;
let failures = 0;

const all = () => [...place.querySelectorAll("[data-change]")];
const current = () => document.activeElement?.closest("[data-change]");
const busy = item => item.contains(document.activeElement) || item.querySelector("details[open]");
const writing = target => target.closest("input:not([type=radio]), textarea, select");

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
  for (const part of place.querySelectorAll("[data-part]")) {
    if (!part.contains(document.activeElement)) part.replaceWith(fresh.querySelector(`[data-part=${part.dataset.part}]`));
  }
  const waiting = all().length;
  document.title = (waiting ? `(${waiting}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (held && !held.isConnected) comeBack(held.id, next);
}

function renew(kept, item) {
  kept.className = item.className;
  kept.querySelector("[data-until]").replaceWith(item.querySelector("[data-until]"));
}

function comeBack(id, next) {
  const still = document.getElementById(id);
  if (!still && !said.textContent) say("The change you were at was answered meanwhile.", "warn");
  (still || document.getElementById(next) || all()[0])?.focus({ preventScroll: Boolean(still) });
}

async function send(form) {
  const item = form.closest("[data-change]");
  if (item.dataset.sending) return;
  item.dataset.sending = "1";
  said.replaceChildren();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Fragment": "1" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    say(told.said, told.done ? "good" : "warn");
    if (told.open) return;
    item.querySelectorAll("details").forEach(part => part.removeAttribute("open"));
    item.classList.add("gone");
    item.focus();
    await look();
  } catch {
    say("The answer did not get through. Please try again.", "bad");
  } finally {
    delete item.dataset.sending;
  }
}

function refuse(item) {
  const part = item.querySelector("[data-refuse]");
  if (!part) return;
  part.open = true;
  part.querySelector("input[type=radio]").focus();
}

const KEYS = {
  j: item => (item ? all()[all().indexOf(item) + 1] : all()[0])?.focus(),
  k: item => (item ? all()[all().indexOf(item) - 1] : all().at(-1))?.focus(),
  a: item => item?.querySelector("[data-accept]")?.click(),
  r: item => item && refuse(item),
};

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = current();
  if (event.key === "Escape" && item) {
    item.querySelectorAll("details").forEach(part => part.removeAttribute("open"));
    item.focus();
  } else if (KEYS[event.key] && keysAreOn() && !writing(event.target)) {
    event.preventDefault();
    KEYS[event.key](item);
  }
});

document.addEventListener("submit", event => {
  if (!event.target.matches("[data-answer]")) return;
  event.preventDefault();
  send(event.target);
});

document.querySelector("[data-depot]")?.addEventListener("change", event => event.target.form.requestSubmit());
document.addEventListener("visibilitychange", () => document.hidden || look());
timer = setTimeout(look, pause);
