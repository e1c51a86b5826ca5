// The map of a list of lockers stands still; only Leaflet's own name is taken off it, as on the other map.
window.map_frame.attributionControl?.setPrefix(false);
