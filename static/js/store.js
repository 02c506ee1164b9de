// Adding a paper: the form sent with a determinate bar, large files in pieces (pieces.js). Without this script the same form does the same job.

let form;

function show(text, percent) {
  const box = form.querySelector("[data-progress]");
  box.hidden = false;
  box.querySelector("[data-progress-words]").textContent = text;
  box.querySelector("progress").value = percent;
}

async function send(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  const tell = (loaded, total) => {
    const percent = total ? Math.floor((loaded / total) * 100) : 0;
    show(percent < 100 ? `${form.dataset.sending} ${percent} %` : form.dataset.checking, percent);
  };
  const fail = (words) => {
    button.disabled = false;
    delete form.dataset.sent;
    show(words || form.dataset.failed, 0);
  };
  let data;
  try {
    data = await window.portalPieces.formData(form, null, { onProgress: tell });
  } catch (error) {
    fail(error instanceof window.portalPieces.Refused ? error.message : "");
    return;
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded, total));
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(request.responseURL);
    else answer(request.responseText);
  });
  request.addEventListener("error", () => fail());
  request.send(data);
}

// What was wrong comes back as the same page; the chosen file stays chosen, since only words and marks are taken over.
function answer(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const file = form.querySelector("input[type=file]");
  const fresh = page.querySelector("[data-store-upload]");
  if (!fresh) {
    show(form.dataset.failed, 0);
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
