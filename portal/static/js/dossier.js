// The dossier: single keys for what carries one, folds that open for what is named in the address, a page that keeps up.
// Everything works without this file.
import { keysAreOn } from "./keys.js";
import { keepUp } from "./their-page.js";

const writing = target => target.closest("input, textarea, select, [contenteditable]");
const carriers = () => [...document.querySelectorAll("[data-key]")];

document.addEventListener("keydown", event => {
  // out of a field, so that letters are keys again
  if (event.key === "Escape" && writing(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (!keysAreOn() || writing(event.target)) return;
  const found = carriers().find(one => one.dataset.key === event.key.toLowerCase());
  if (!found) return;
  event.preventDefault();
  press(found);
});

function press(carrier) {
  const target = carrier.hash && carrier.pathname === location.pathname && !carrier.search
    ? document.getElementById(decodeURIComponent(carrier.hash.slice(1))) : null;
  if (!target) return use(carrier);
  // with a filter on, a click would lead to the whole page
  history.replaceState(null, "", carrier.hash);
  arrive(target);
}

function use(carrier) {
  carrier.click();
  if (carrier.tagName === "SUMMARY") (carrier.parentElement.querySelector("a, button, input") ?? carrier).focus();
}

function arrive(target) {
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.querySelectorAll(":scope > .told > details.mail").forEach(mail => { mail.open = true; });
  focusable(target).focus({ preventScroll: true });
  if (!inSight(target)) target.scrollIntoView({ block: target.matches(".entry") ? "center" : "start" });
  document.querySelectorAll(".arrived").forEach(old => old.classList.remove("arrived"));
  target.classList.add("arrived");
}

// what can be read already stays where it is
function inSight(target) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && !target.matches("h1, h2");
}

// the title of a card leads to the first thing that can be done there
function focusable(target) {
  const summary = target.closest("summary");
  if (summary) return summary;
  const deeds = target.closest("section.card:not(.told-how)");
  const first = target.matches("h2") && deeds?.querySelector("button, a, textarea, select, input:not([type=hidden])");
  if (!first && target.tabIndex < 0) target.tabIndex = -1;
  return first || target;
}

function arriveByAddress() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) arrive(target);
}

addEventListener("hashchange", arriveByAddress);
arriveByAddress();

const help = document.querySelector("[data-key-help]");
if (help) {
  help.hidden = false;
  help.querySelector("[data-key-list]").append(...carriers().filter(one => one.tagName === "A").flatMap(listed));
}

function listed(carrier, place) {
  const key = document.createElement("kbd");
  key.textContent = carrier.dataset.key;
  const label = carrier.cloneNode(true);
  label.querySelectorAll(".number, .visually-hidden, kbd").forEach(part => part.remove());
  return [place ? ", " : "", key, ` ${label.textContent.trim().toLowerCase()}`];
}

for (const carrier of carriers().filter(one => one.tagName === "A")) {
  const key = document.createElement("kbd");
  key.textContent = carrier.dataset.key;
  key.setAttribute("aria-hidden", "true");
  carrier.setAttribute("aria-keyshortcuts", carrier.dataset.key);
  carrier.prepend(key, " ");
}

keepUp(document.querySelector("[data-their-page]"));
