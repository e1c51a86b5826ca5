// How every map of ours behaves: its buttons speak the page's language, it has a name, and nothing glides for those
// who asked for stillness.

const { map_frame: map } = window;
const { zoomIn, zoomOut } = document.documentElement.dataset;

map.attributionControl?.setPrefix(false);

for (const [name, label] of [['in', zoomIn], ['out', zoomOut]]) {
  const button = document.querySelector(`.leaflet-control-zoom-${name}`);
  if (!button || !label) continue;
  button.title = label;
  button.setAttribute('aria-label', label);
}

// The arrow keys move it, so a screen reader has to hand them over.
const ground = map.getContainer();
ground.setAttribute('role', 'application');
ground.setAttribute('aria-label', document.title);

// Streets are drawn thinner where more of them are seen.
const thin = () => ground.style.setProperty('--thin', Math.max(0.4, Math.min(1, 2 ** ((map.getZoom() - 15) / 2))));
map.on('zoomend', thin);
thin();

if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
  const { panBy } = map;
  map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
  map.options.inertia = false;
  // Leaflet reads its options for these only while it is made.
  map._zoomAnimated = false;
  map._fadeAnimated = false;
}
