// Files go up with a bar that tells how far they are, and can be stopped. In a form of papers (data-uploads) a file goes up as
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
    const data = new FormData(form);
    if (button) data.append(button.name, button.value);
    const names = [...data.values()].filter((value) => value instanceof File && value.size).map((file) => file.name);
    if (!names.length) return false;
    const parts = show(form, near);
    const request = new XMLHttpRequest();
    const fail = () => { parts.words.textContent = form.dataset.failed; parts.bar.hidden = true; parts.stop.hidden = true; form.inert = false; };
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      parts.bar.value = percent;
      parts.words.textContent = percent < 100 ? `${form.dataset.uploading} ${names.join(", ")}: ${percent}%` : form.dataset.checking;
    });
    request.addEventListener("load", () => (request.status < 500 || request.status === 503 ? replace(request) : fail()));
    request.addEventListener("error", fail);
    request.addEventListener("abort", () => { parts.box.remove(); });
    parts.stop.addEventListener("click", () => request.abort());
    parts.words.textContent = form.dataset.uploading;
    request.open("POST", form.action || window.location.href);
    request.send(data);
    return true;
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
