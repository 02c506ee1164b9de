// Adding a paper: the form sent with a determinate bar, large files in pieces (pieces.js). Without this script the same form does the same job.

let form;

function show(text, percent, isWrong = false) {
  const box = form.querySelector("[data-progress]");
  const words = box.querySelector("[data-progress-words]");
  box.hidden = false;
  if (isWrong) words.setAttribute("role", "alert");
  else words.removeAttribute("role");
  words.classList.toggle("govuk-error-message", isWrong);
  words.textContent = text;
  box.querySelector("progress").value = percent;
  box.querySelector("progress").hidden = isWrong;
}

function release() {
  form.querySelector("button[type=submit]").disabled = false;
  delete form.dataset.sent;
}

function fail() {
  release();
  show(form.dataset.failed, 0, true);
}

// What the server will not take is an error of the file: it stands at its box, as an error that comes back with the page does.
function refuse(words) {
  release();
  form.querySelector("[data-progress]").hidden = true;
  const file = form.querySelector("input[type=file]");
  const box = file.closest("[data-upload]");
  const error = Object.assign(document.createElement("p"), { className: "govuk-error-message", id: `${file.id}-error`, textContent: words });
  error.setAttribute("role", "alert");
  box.querySelector(`#${file.id}-hint`).after(error);
  box.classList.add("upload--error");
  file.setAttribute("aria-invalid", "true");
  file.setAttribute("aria-describedby", `${file.id}-hint ${error.id}`);
  file.focus();
  box.scrollIntoView({ block: "nearest" });
}

function forget() {
  const file = form.querySelector("input[type=file]");
  const box = file.closest("[data-upload]");
  box.querySelector(`#${file.id}-error`)?.remove();
  box.classList.remove("upload--error");
  file.removeAttribute("aria-invalid");
  file.setAttribute("aria-describedby", `${file.id}-hint`);
}

async function send(event) {
  event.preventDefault();
  forget();
  form.querySelector("button[type=submit]").disabled = true;
  const tell = (loaded, total) => {
    const percent = total ? Math.floor((loaded / total) * 100) : 0;
    show(percent < 100 ? `${form.dataset.sending} ${percent} %` : form.dataset.checking, percent);
  };
  let data;
  try {
    data = await window.portalPieces.formData(form, null, { onProgress: tell });
  } catch (error) {
    if (error instanceof window.portalPieces.Refused) refuse(error.message);
    else fail();
    return;
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded, total));
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(request.responseURL);
    else answer(request.responseText);
  });
  request.addEventListener("error", fail);
  request.send(data);
}

// What was wrong comes back as the same page; the chosen file stays chosen, since only words and marks are taken over.
function answer(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const file = form.querySelector("input[type=file]");
  const fresh = page.querySelector("[data-store-upload]");
  if (!fresh) {
    fail();
    return;
  }
  const box = fresh.querySelector("input[type=file]");
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (box.hasAttribute(name)) file.setAttribute(name, box.getAttribute(name));
    else file.removeAttribute(name);
  }
  file.classList.remove("file-pick__input"); // its button stayed behind: portal.js makes a new one
  box.replaceWith(file);
  document.querySelector("[data-store-upload]").replaceWith(fresh);
  start(fresh.querySelector("form"));
  fresh.dispatchEvent(new Event("htmx:load", { bubbles: true })); // portal.js dresses what is new
}

function start(element) {
  form = element;
  form?.addEventListener("submit", send);
}

start(document.querySelector("form[data-progress-form]"));
