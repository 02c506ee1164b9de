// Files go up with a bar that tells how far they are, large ones in pieces (pieces.js), and can be stopped. In a form of papers (data-uploads) a file goes up as
// soon as it is chosen; in a form with data-uploads="whole" everything goes at its own button. The page that comes back takes the
// place of this one. Without this script the buttons do the same, without a bar.

(() => {
  const ready = (form) => {
    if (form.dataset.uploads === "whole") return;
    for (const button of form.querySelectorAll("[data-upload-button]")) button.hidden = true;
  };

  function show(form, near) {
    const box = document.createElement("div");
    box.className = "progress progress--upload";
    const words = Object.assign(document.createElement("p"), { className: "progress__words", id: "upload-words" });
    words.setAttribute("role", "status");
    const bar = Object.assign(document.createElement("progress"), { className: "bar", max: 100, value: 0 });
    bar.setAttribute("aria-labelledby", words.id);
    const stop = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
    stop.textContent = form.dataset.cancel;
    box.append(words, bar, stop);
    near.append(box);
    box.scrollIntoView({ block: "nearest" });
    return { box, words, bar, stop };
  }

  // The answer is a page: its main part takes the place of ours, and portal.js dresses it (the error summary takes the focus).
  function replace(request) {
    const next = request.status === 204 && request.getResponseHeader("Location");
    if (next) {
      window.location.assign(next);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.querySelector("main");
    const here = new URL(window.location.href);
    const there = new URL(request.responseURL);
    if (!fresh || there.pathname !== here.pathname || !fresh.querySelector("form[data-uploads]")) {
      window.location.assign(request.responseURL);
      return;
    }
    document.title = page.title;
    const old = document.querySelector("main");
    const top = window.scrollY;
    old.replaceWith(document.adoptNode(fresh));
    fresh.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    if (!fresh.querySelector("[data-focus-on-load]")) window.scrollTo({ top });
    start(fresh);
  }

  function send(form, button, near) {
    for (const earlier of form.querySelectorAll(".progress--upload")) earlier.remove();
    const files = [...new FormData(form).values()].filter((value) => value instanceof File && value.size);
    if (!files.length) return false;
    const names = files.map((file) => file.name).join(", ");
    const parts = show(form, near);
    const stopping = new AbortController();
    parts.stop.addEventListener("click", () => stopping.abort());
    parts.words.textContent = form.dataset.uploading;
    bring(form, button, { parts, names, signal: stopping.signal });
    return true;
  }

  async function bring(form, button, { parts, names, signal }) {
    const fail = (words) => {
      parts.words.textContent = words || form.dataset.failed;
      parts.words.className = "progress__words govuk-error-message";
      parts.bar.hidden = true;
      parts.stop.hidden = true;
      form.inert = false;
      // a file that goes up when chosen is no longer chosen: the same one may be chosen again
      if (form.dataset.uploads !== "whole") for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
    };
    const tell = (loaded, total) => {
      const percent = Math.floor((loaded / total) * 100);
      parts.bar.value = percent;
      parts.words.textContent = percent < 100 ? `${form.dataset.uploading} ${names}: ${percent}%` : form.dataset.checking;
    };
    let data;
    try {
      data = await window.portalPieces.formData(form, button, { signal, onProgress: tell });
    } catch (error) {
      if (signal.aborted) parts.box.remove();
      else fail(error instanceof window.portalPieces.Refused ? error.message : "");
      return;
    }
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) tell(event.loaded, event.total); });
    request.addEventListener("load", () => (request.status < 500 || request.status === 503 ? replace(request) : fail()));
    request.addEventListener("error", () => fail());
    request.addEventListener("abort", () => { parts.box.remove(); });
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", form.action || window.location.href);
    // without it the browser would follow the redirect here, and read the message that waits on the next page
    if (form.dataset.uploads === "whole") request.setRequestHeader("X-Upload", "whole");
    request.send(data);
  }

  function start(root) {
    for (const form of root.querySelectorAll("form[data-uploads]")) {
      ready(form);
      if (form.dataset.uploads !== "whole") {
        form.addEventListener("change", (event) => {
          if (event.target.type !== "file" || !event.target.files.length) return;
          const paper = event.target.closest(".paper");
          send(form, paper?.querySelector("[data-upload-button] button"), paper ?? form);
        });
      }
      form.addEventListener("submit", (event) => {
        if (event.defaultPrevented) return;
        if (send(form, event.submitter?.name ? event.submitter : null, event.submitter?.parentElement ?? form)) event.preventDefault();
      });
    }
  }

  start(document);
})();
