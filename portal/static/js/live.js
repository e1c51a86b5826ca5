// Keeps a recipient's page fresh: asks for its fragments as often as the server says, and changes only what changed.
// One question at a time. Stops when the delivery is over or nobody is looking, asks at once when somebody looks again;
// says so quietly when there is no connection.

const page = document.querySelector('[data-live-url]');
const voice = document.querySelector('[data-live-say]');
const offline = document.querySelector('[data-live-offline]');
const MINUTE = 60_000;
const LONGEST_WAIT = 5 * MINUTE;
const PATIENCE = 15_000;
// who comes back to the page need not be answered twice in a breath
const JUST_NOW = 2_000;

let etag = '';
let interval = Number(page?.dataset.interval ?? 0) * 1000;
let failures = 0;
let timer = 0;
let asking = false;
let askedAt = Date.now();
let notBefore = 0;
let spokenAt = Date.now();
let unsaid = '';
let said = '';

function show(fragments) {
  for (const [name, html] of Object.entries(fragments)) {
    const place = page.querySelector(`[data-live="${name}"]`);
    if (!place || place.dataset.shown === html) continue;
    const fresh = new DOMParser().parseFromString(html, 'text/html').body;
    if (fresh.innerHTML.trim() === place.innerHTML.trim()) {
      place.dataset.shown = html;
      continue;
    }
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    place.replaceChildren(...fresh.childNodes);
    place.dataset.shown = html;
    // whoever was on a link stays on it
    if (focused) [...place.querySelectorAll('a[href]')].find((link) => link.getAttribute('href') === focused)?.focus();
  }
}

// The map's room stays while a van may come to it, so that nothing jumps when it does.
function showMap(map) {
  const place = page.querySelector('[data-map]');
  if (!place) return;
  let frame = place.querySelector('iframe');
  place.hidden = !map.room;
  // without scripts a browser would fetch the picture at once, so the page has it only where there is one
  if (map.room && !place.querySelector('.still')) {
    const still = Object.assign(document.createElement('img'), { className: 'still', alt: '', loading: 'lazy' });
    place.prepend(still);
    still.src = place.dataset.still;
  }
  if (!map.shown) {
    // whoever was on the map goes on with the words below it
    if (frame && frame === document.activeElement) document.getElementById('van').focus();
    frame?.remove();
    return;
  }
  if (!frame) {
    frame = document.createElement('iframe');
    frame.src = place.dataset.map;
    frame.title = place.dataset.mapTitle;
    place.append(frame);
    return;
  }
  // one that is still on its way brings its own numbers
  if (frame.contentDocument?.location.origin !== window.location.origin) return;
  frame.contentWindow.postMessage({ ...map, doorstep: 'van' }, window.location.origin);
}

// A screen reader hears news at most once a minute, and only news.
function speak(sentence) {
  if (said === '') said = sentence;
  if (sentence === said && !unsaid) return;
  unsaid = sentence;
  if (Date.now() - spokenAt < MINUTE) return;
  voice.textContent = unsaid;
  said = unsaid;
  unsaid = '';
  spokenAt = Date.now();
}

async function ask() {
  const headers = etag ? { 'If-None-Match': etag } : {};
  const patience = new AbortController();
  const late = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(page.dataset.liveUrl, {
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: patience.signal,
    });
    if (answer.status === 404) return stop();
    if (answer.status !== 304 && !answer.ok) throw refused(answer);
    if (answer.status === 304) {
      pace(answer, interval / 1000);
      return speak(unsaid || said);
    }
    const news = await answer.json();
    etag = answer.headers.get('ETag') ?? '';
    pace(answer, news.interval_s);
    show(news.fragments);
    showMap(news.map);
    speak(news.say);
  } finally {
    clearTimeout(late);
  }
}

// The server knows how near the van is and how busy it is itself, and says so with every answer.
function pace(answer, otherwise) {
  const told = answer.headers.get('Doorstep-Interval');
  interval = (told === null ? otherwise : Number(told)) * 1000;
}

function refused(answer) {
  const seconds = Number(answer.headers.get('Retry-After'));
  if (seconds > 0) notBefore = Date.now() + Math.min(seconds * 1000, LONGEST_WAIT);
  return new Error(`answered ${answer.status}`);
}

function stop() {
  interval = 0;
}

async function look() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  askedAt = Date.now();
  try {
    await ask();
    failures = 0;
    offline.hidden = true;
  } catch {
    failures += 1;
    offline.hidden = failures < 2;
  } finally {
    asking = false;
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!interval || document.hidden) return;
  const wait = Math.min(interval * 2 ** failures, Math.max(interval, LONGEST_WAIT));
  // a little unevenness, so that a thousand pages opened by one message do not ask in one breath
  timer = setTimeout(look, Math.max(wait * (0.9 + Math.random() * 0.2), notBefore - Date.now()));
}

function comesBack() {
  if (document.hidden) return clearTimeout(timer);
  if (!interval) return;
  if (Date.now() - askedAt < JUST_NOW || Date.now() < notBefore) return plan();
  look();
}

if (page && interval) {
  document.addEventListener('visibilitychange', comesBack);
  window.addEventListener('online', comesBack);
  window.addEventListener('pageshow', (event) => event.persisted && comesBack());
  plan();
}
