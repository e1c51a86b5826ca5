// The recipient's page beside the dossier: loaded anew when it has something new to say, where it was scrolled to.
export function keepUp(frame) {
  if (!frame || !frame.dataset.every) return;
  let known = "";
  setInterval(async () => {
    if (document.hidden || !frame.closest("details")?.open) return;
    const answer = await fetch(frame.src, { headers: { "X-Fragment": "page" } }).catch(() => null);
    const now = answer?.ok && answer.headers.get("ETag");
    if (!now || now === known) return;
    if (known) renew(frame);
    known = now;
  }, frame.dataset.every * 1000);
}

function renew(frame) {
  const at = frame.contentWindow.scrollY;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, at), { once: true });
  frame.contentWindow.location.reload();
}
