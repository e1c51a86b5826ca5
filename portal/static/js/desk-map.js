// Draws the desk's route in its frame: stops by their numbers, those with a change highlighted, and the van.
// Only numbers come in; later ones from the page around the frame.

const { map_frame: map, L } = window;
const given = JSON.parse(document.getElementById("numbers").textContent);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const VAN = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 6h11v10H2zM14 9h4l4 4v3h-8z"/><circle cx="7" cy="17" r="2.2"/><circle cx="18" cy="17" r="2.2"/></svg>';
const layer = L.layerGroup().addTo(map);
const MARKS = { waits: "a change waits", agreed: "changed" };

map.attributionControl?.setPrefix(false);
map.options.zoomAnimation = !calm;

function marker(stop) {
  const seq = Number(stop.seq);
  const mark = stop.mark in MARKS ? stop.mark : "";
  const name = `stop ${stop.done ? "done" : mark || "open"}`;
  const size = mark === "waits" ? 34 : 24;
  const icon = L.divIcon({ className: name, html: `<span>${seq}</span>`, iconSize: [size, size] });
  const says = mark ? `Stop ${seq}, ${MARKS[mark]}` : `Stop ${seq}`;
  const press = mark === "waits";
  const drawn = L.marker(stop.at, { icon, title: says, alt: says, interactive: press, keyboard: press, zIndexOffset: press ? 500 : 0 });
  const lead = () => window.parent.postMessage({ doorstep: "stop", seq }, window.location.origin);
  if (press) drawn.on("click", lead).on("keydown", event => event.originalEvent.key === "Enter" && lead());
  return drawn;
}

function draw(numbers) {
  layer.clearLayers();
  const ahead = numbers.stops.filter(stop => !stop.done).map(stop => stop.at);
  const way = numbers.van ? [numbers.van, ...ahead] : ahead;
  if (way.length > 1) L.polyline(way, { className: "way ahead", interactive: false }).addTo(layer);
  for (const stop of numbers.stops) marker(stop).addTo(layer);
  if (numbers.van) {
    const icon = L.divIcon({ className: "van", html: VAN, iconSize: [40, 40] });
    L.marker(numbers.van, { icon, interactive: false, keyboard: false, zIndexOffset: 900 }).addTo(layer);
  }
}

function frameAll(numbers) {
  const places = numbers.stops.map(stop => stop.at);
  map.fitBounds(L.latLngBounds(numbers.van ? [...places, numbers.van] : places), { padding: [32, 32], maxZoom: 16, animate: false });
}

frameAll(given);
draw(given);

window.addEventListener("message", event => {
  if (event.origin !== window.location.origin || event.source !== window.parent) return;
  if (event.data?.doorstep === "route" && Array.isArray(event.data.numbers?.stops)) draw(event.data.numbers);
});
