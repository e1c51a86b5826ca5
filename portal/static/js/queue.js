// The queue that renews itself, and its keys. Everything works without this file: forms post, links lead.
import { keysAreOn } from "./keys.js";

const place = document.getElementById("queue");
const said = document.getElementById("said");
const away = document.querySelector("[data-away]");
const pause = Number(place.dataset.interval) * 1000;
let version = `"${place.dataset.version}"`;
let timer = 0;
let failures = 0;

const all = () => [...place.querySelectorAll("[data-matter]")];
const current = () => document.activeElement?.closest("[data-matter]");
const busy = () => all().some(one => one.querySelector("details[open]")) || writing(document.activeElement);
const writing = target => Boolean(target?.closest("input, textarea, select"));

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
      const html = await answer.text();
      // what somebody writes is not taken from under their hands
      if (!busy()) {
        version = answer.headers.get("ETag");
        show(html);
      }
    } else if (answer.status !== 304) throw new Error(answer.status);
    failures = 0;
  } catch {
    failures += 1;
  }
  away.hidden = failures < 2;
  timer = setTimeout(look, pause * Math.min(2 ** failures, 12));
}

function show(html) {
  const held = current();
  const inside = place.contains(document.activeElement) && !held;
  const at = held && all().indexOf(held);
  if (inside) return;
  place.innerHTML = html;
  const open = Number(place.querySelector("[data-matters]").dataset.open);
  document.title = (open ? `(${open}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  const count = document.querySelector(".agents-bar [aria-current] .count");
  if (count) count.firstChild.textContent = open;
  if (held) (document.getElementById(held.id) || all()[Math.min(at, all().length - 1)])?.focus({ preventScroll: true });
}

async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  const item = form.closest("[data-matter]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "X-Fragment": "1" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    say(told.said, told.done ? "good" : "warn");
    if (told.done) close(item);
    item.focus({ preventScroll: true });
    version = "";
    await look();
  } catch {
    say("This did not get through. Please try again.", "bad");
  } finally {
    delete form.dataset.sending;
  }
}

function close(item) {
  item.querySelectorAll("details").forEach(one => one.removeAttribute("open"));
}

function step(item, by) {
  const items = all();
  const at = items.indexOf(item);
  items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by]?.focus();
}

// A key that acts, pressed while nothing is chosen, chooses the first matter and does nothing to it.
const ofOne = act => item => (item ? act(item) : step(item, 1));

const opened = name => ofOne(item => {
  const more = item.querySelector("details");
  if (!more) return;
  more.open = true;
  more.querySelector(`[name=${name}]`).focus();
});

const KEYS = {
  j: item => step(item, 1),
  k: item => step(item, -1),
  ArrowDown: item => step(item, 1),
  ArrowUp: item => step(item, -1),
  c: ofOne(item => item.querySelector("[value=claim]")?.click()),
  s: opened("until"),
  h: opened("to"),
  r: opened("note"),
  "?": () => { const help = document.querySelector("[data-help]"); help.open = !help.open; },
};
// Enter in a field of a matter does what the field is for.
const MEANT = { note: "resolve", to: "hand_over", until: "snooze", at: "snooze" };

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = current();
  if (event.key === "Escape" && item) {
    close(item);
    item.focus();
  } else if (event.key === "Enter" && item && writing(event.target)) {
    event.preventDefault();
    item.querySelector(`[value=${MEANT[event.target.name]}]`).click();
  } else if (event.key === "Enter" && event.target === item) {
    item.querySelector("[data-open]")?.click();
  } else if (keysAreOn() && KEYS[event.key] && !writing(event.target) && !event.target.closest("summary[data-help]")) {
    event.preventDefault();
    KEYS[event.key](item);
  }
});

document.addEventListener("submit", event => {
  if (!event.target.matches("[data-act]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("visibilitychange", () => document.hidden || look());
timer = setTimeout(look, pause);
