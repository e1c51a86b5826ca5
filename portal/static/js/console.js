// Keys of the console: "/" to the box, arrows through the results. Everything works without this file.
import { keysAreOn } from "./keys.js";

const box = document.getElementById("q");
const hits = () => [...document.querySelectorAll("[data-hits] a.hit")];
const writing = target => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && keysAreOn() && !writing(event.target)) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(event);
  }
});

function move(event) {
  const links = hits();
  const at = links.indexOf(document.activeElement);
  const inBox = document.activeElement === box;
  if (!links.length || (at < 0 && !inBox)) return;
  event.preventDefault();
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  (next < 0 ? box : links[Math.min(next, links.length - 1)]).focus();
}

if (hits().length && !location.hash) hits()[0].focus({ preventScroll: true });
