// While an agent writes, the server says how the words read and what they cost. Everything works without this file.
const form = document.querySelector("form[data-draft]");
const PAUSE_MS = 400;
let timer, latest = 0;

async function ask(says) {
  const mine = ++latest;
  const told = new FormData(form);
  told.set("do", "show");
  if (!told.get("words").trim()) return says.replaceChildren();
  try {
    const answer = await fetch(form.action, { method: "POST", body: told, headers: { "X-Fragment": "1" } });
    if (!answer.ok || mine !== latest) return;
    says.innerHTML = await answer.text();
  } catch {
    // the buttons still work
  }
}

if (form) {
  const says = form.querySelector("[data-draft-says]");
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(says), PAUSE_MS);
  });
}
