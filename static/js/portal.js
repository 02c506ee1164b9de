// What makes a page nicer where scripts run; every page works without it. Each part looks for its own data- attribute.

const own = document.currentScript;

// htmx is fetched only by pages that use it, so that the first view stays light, and only once the page is complete:
// between DOMContentLoaded and load it would wait for an event that is over, and never start.
function loadHtmx() {
  if (!document.querySelector("[hx-get], [hx-post], [hx-put], [hx-delete], [hx-boost]")) return;
  const script = document.createElement("script");
  script.src = own.dataset.htmx;
  document.head.append(script);
}

// An error summary takes the focus once, so that a screen reader starts with what must be mended.
function focusFirstError(root) {
  const summary = root.querySelector("[data-focus-on-load]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const label = document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    (field.closest("fieldset") || label || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

// A page that answers a form with errors stands under its own address: the browser asks for it anew when somebody goes back
// to it, and does not ask her whether to send the form once more. Only where that address is that of the form itself.
function mayBeGoneBackTo() {
  if (document.querySelector(".govuk-error-summary:not([data-conflict])") && document.querySelector("main form[method=post]:not([action])"))
    history.replaceState(history.state, "", location.href);
}

// An error whose cause is gone goes, too: the box is ticked or filled, the file is chosen. What was typed wrong and is typed
// anew is judged when the page is sent. A typed box tells of its change when the next button is already pressed: its words
// leave their room empty, for what moves under a finger is not pressed.
function tendErrors() {
  document.addEventListener("change", ({ target }) => {
    const wrong = ".upload--error, .govuk-form-group--error";
    const taken = target.type === "checkbox" && target.closest(".card")?.querySelector(".upload--error"); // a paper of the store
    const place = target.closest?.(wrong) || taken;
    if (!place || target.closest(".eform__repeat") === place || !isFilled(target)) return;
    const leave = isTyped(target) ? (part) => part.classList.add("is-mended") : (part) => part.remove();
    if (isTyped(target)) place.classList.add("is-mended");
    else place.classList.remove("upload--error", "govuk-form-group--error");
    for (const words of place.querySelectorAll(".govuk-error-message")) leave(words);
    for (const named of place.querySelectorAll("[aria-invalid]")) named.removeAttribute("aria-invalid");
    for (const described of place.querySelectorAll("[aria-describedby]")) {
      const stays = (id) => document.getElementById(id)?.classList.contains("is-mended") === false;
      const left = described.getAttribute("aria-describedby").split(/\s+/).filter(stays);
      if (left.length) described.setAttribute("aria-describedby", left.join(" "));
      else described.removeAttribute("aria-describedby");
    }
    for (const red of place.querySelectorAll(".govuk-input--error, .govuk-select--error, .govuk-textarea--error"))
      red.classList.remove("govuk-input--error", "govuk-select--error", "govuk-textarea--error");
    const summary = document.querySelector(".govuk-error-summary:not([data-conflict])");
    for (const named of place.querySelectorAll("[id]")) {
      const line = summary?.querySelector(`a[href="#${CSS.escape(named.id)}"]`)?.closest("li");
      if (line) leave(line);
    }
    if (summary && !summary.querySelector("li")) summary.remove();
  });
}

function isTyped(control) {
  return !["checkbox", "radio", "file"].includes(control.type) && control.tagName !== "SELECT";
}

function isFilled(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked;
  return control.type === "file" ? control.files.length > 0 : Boolean(control.value?.trim());
}

// Menus close on Escape (focus returns to their button), on a click elsewhere, and when focus leaves them.
function tendMenus() {
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
}

function copyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const words = button.querySelector("span");
      const before = words.textContent;
      words.textContent = button.dataset.done;
      announce(button.dataset.done);
      setTimeout(() => { words.textContent = before; }, 2500);
    });
  }
}

function printButtons(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// A second press of a submit button within two seconds is nearly always a slip of the finger.
function guardDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.submitter?.formTarget === "_blank") return; // opens a window of its own: the form itself was not sent
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 2000) event.preventDefault();
    else form.dataset.sent = String(Date.now());
  });
}

// <div data-upload> accepts a dropped file and shows the name at the input, as if it had been chosen there.
function uploads(root) {
  for (const box of root.querySelectorAll("[data-upload]")) {
    const input = box.querySelector("input[type=file]");
    const mark = (over) => (event) => { event.preventDefault(); box.classList.toggle("is-over", over); };
    box.addEventListener("dragover", mark(true));
    box.addEventListener("dragleave", mark(false));
    box.addEventListener("drop", (event) => {
      mark(false)(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

// A browser names the button of a file input in its own language, not in the page's: our words stand in its place, and the real
// input, clear as glass, lies over them, so that pointer, keyboard and screen reader have what they know.
function filePickers(root) {
  if (!own.dataset.fileChoose) return;
  for (const input of root.querySelectorAll("input[type=file]:not(.file-pick__input)")) {
    const [box, button, name] = ["", "__button", "__name"].map((part) =>
      Object.assign(document.createElement("span"), { className: `file-pick${part}` }));
    button.textContent = own.dataset.fileChoose;
    for (const part of [button, name]) part.setAttribute("aria-hidden", "true");
    const tell = () => { name.textContent = [...input.files].map((file) => file.name).join(", ") || own.dataset.fileNone; };
    input.before(box);
    box.append(button, name, input);
    input.classList.add("file-pick__input");
    input.addEventListener("change", tell);
    input.form?.addEventListener("reset", () => setTimeout(tell));
    tell();
  }
}

let voice;
function announce(text) {
  if (!voice) {
    voice = document.createElement("div");
    voice.className = "govuk-visually-hidden";
    voice.setAttribute("role", "status");
    document.body.append(voice);
  }
  voice.textContent = text;
}

function dress(root) {
  focusFirstError(root);
  copyButtons(root);
  printButtons(root);
  uploads(root);
  filePickers(root);
}

document.documentElement.classList.add("has-script");
if (document.readyState === "complete") loadHtmx();
else window.addEventListener("load", loadHtmx, { once: true });
tendMenus();
tendErrors();
mayBeGoneBackTo();
guardDoubleSubmit();
dress(document);
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) dress(event.target); });

// Paper shows what the screen folds; afterwards everything is as it was.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  for (const part of unfolded) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
  unfolded = [];
});
