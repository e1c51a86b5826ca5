// Moves the van in the map's frame. The numbers come with the page, later ones from the page around the frame.
// The picture follows van and door until somebody moves it; a button brings them back.

const data = document.getElementById('numbers');
const { map_frame: map, marker_van: van, circle_rough: rough, poly_line_way: way } = window;
const numbers = JSON.parse(data.textContent);
const door = window.L.latLng(numbers.door);
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const GLIDE_MS = 1500;

let touched = false;
let gliding = 0;

function place(at) {
  van.setLatLng(at);
  rough.setLatLng(at);
  way.setLatLngs([at, door]);
}

function glide(to) {
  cancelAnimationFrame(gliding);
  const from = van.getLatLng();
  if (calm.matches || from.equals(to) || document.hidden) return place(to);
  const began = performance.now();
  const step = (now) => {
    const part = Math.min((now - began) / GLIDE_MS, 1);
    const eased = part * (2 - part);
    place([from.lat + (to.lat - from.lat) * eased, from.lng + (to.lng - from.lng) * eased]);
    if (part < 1) gliding = requestAnimationFrame(step);
  };
  gliding = requestAnimationFrame(step);
}

function frameBoth(at, animate) {
  const whole = at.toBounds(2 * rough.getRadius()).extend(door);
  map.fitBounds(whole, { padding: [36, 36], maxZoom: 16, animate: animate && !calm.matches });
}

function dress(news) {
  rough.setRadius(news.rough_m);
  way.getElement()?.toggleAttribute('hidden', !news.line);
}

function letGo() {
  touched = true;
  again.hidden = false;
}

const again = document.createElement('button');
again.type = 'button';
again.className = 'again';
again.hidden = true;
again.textContent = data.dataset.again;
again.addEventListener('click', () => {
  touched = false;
  again.hidden = true;
  frameBoth(van.getLatLng(), true);
});
const Corner = window.L.Control.extend({ onAdd: () => again });
new Corner({ position: 'topright' }).addTo(map);
window.L.DomEvent.disableClickPropagation(again);

const first = window.L.latLng(numbers.van);
place(first);
dress(numbers);
frameBoth(first, false);
map.on('dragstart', letGo);
for (const kind of ['wheel', 'dblclick']) map.getContainer().addEventListener(kind, letGo, { passive: true });
// passing by with Tab moves nothing
map.getContainer().addEventListener('keydown', ({ key }) => (key.startsWith('Arrow') || '+-=_'.includes(key)) && letGo());
document.querySelector('.leaflet-control-zoom')?.addEventListener('click', letGo);

window.addEventListener('message', (event) => {
  if (event.origin !== window.location.origin || event.source !== window.parent) return;
  if (event.data?.doorstep !== 'van' || !Array.isArray(event.data.van)) return;
  const to = window.L.latLng(event.data.van);
  dress(event.data);
  glide(to);
  if (!touched) frameBoth(to, true);
});
