// Deadlines that count down. Without this file a page says the same as a time of day.
// <div data-countdown data-now="…" data-speed="1" data-left="%(time)s left" data-over="over now">
//   … <time datetime="…" data-until></time>

const place = document.querySelector("[data-countdown]");

/** The span in the page's own words: "2 hr 10 min", "45 sec". */
function inWords(seconds, language) {
  const say = (value, unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
  if (seconds < 60) return say(seconds, "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return say(Math.floor(hours / 24), "day");
  return minutes % 60 ? `${say(hours, "hour")} ${say(minutes % 60, "minute")}` : say(hours, "hour");
}

if (place) {
  const { now, speed, left, over } = place.dataset;
  // The house's clock counts, not the phone's: only how long the page is open is measured here.
  const opened = Date.now();
  const language = document.documentElement.lang;
  const deadlines = [...place.querySelectorAll("time[data-until]")];

  const tick = () => {
    const present = Date.parse(now) + (Date.now() - opened) * Number(speed);
    for (const one of deadlines) {
      const seconds = Math.floor((Date.parse(one.dateTime) - present) / 1000);
      const said = seconds > 0 ? left.replace("%(time)s", inWords(seconds, language)) : over;
      if (one.textContent !== said) one.textContent = said;
    }
  };
  if (deadlines.length) {
    tick();
    setInterval(tick, 1000);
  }
}
