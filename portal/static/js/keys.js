// Single keys can be switched off, for people whose voice input or shaking hands would press them (WCAG 2.1.4).
const NAME = "doorstep-keys";

export const keysAreOn = () => localStorage.getItem(NAME) !== "off";

for (const button of document.querySelectorAll("[data-keys]")) {
  const show = () => { button.textContent = keysAreOn() ? "Turn keys off" : "Turn keys on"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    localStorage.setItem(NAME, keysAreOn() ? "off" : "on");
    show();
  });
  show();
}
