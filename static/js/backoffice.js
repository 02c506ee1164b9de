// The desk with scripts: papers open beside the answers without a reload, rows by arrow keys, Ctrl+K to the search box.

// Links carry the file's address; the box beside shows it. Without this script the link reloads the page with the paper in it.
function tendViewer() {
  const box = document.querySelector("[data-viewer]");
  const template = document.querySelector("[data-viewer-template]");
  if (!box || !template) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = link.querySelector("span").textContent;
    const bar = template.content.cloneNode(true);
    bar.querySelector("span").textContent = name;
    bar.querySelector("a").href = link.dataset.view;
    const isImage = link.dataset.viewAs === "image";
    const shown = document.createElement(isImage ? "img" : "iframe");
    shown.className = isImage ? "viewer__image" : "viewer__frame";
    shown[isImage ? "alt" : "title"] = name;
    shown.src = link.dataset.view;
    box.replaceChildren(bar, shown);
    for (const other of document.querySelectorAll("a[data-view][aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}

// Arrow keys walk the rows once a row's link has the focus; Home and End jump.
function walkRows() {
  for (const table of document.querySelectorAll("table[data-rows]")) {
    table.addEventListener("keydown", (event) => {
      const links = [...table.querySelectorAll("a.queue__link")];
      const at = links.indexOf(document.activeElement);
      if (at < 0) return;
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (to === undefined || !links[to]) return;
      event.preventDefault();
      links[to].focus();
    });
  }
}

function searchKey() {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// On the phone the queues lie in one row that scrolls sideways; the one that is open comes into view.
function showCurrentQueue() {
  const list = document.querySelector(".rail__list");
  const current = list?.querySelector("[aria-current]");
  if (current && list.scrollWidth > list.clientWidth) list.scrollLeft = current.parentElement.offsetLeft - list.offsetLeft - 16;
}

tendViewer();
walkRows();
showCurrentQueue();
searchKey();

// Ticks for the whole page at once; without this script each row has its own, and the queue has one for all.
function tickAll() {
  for (const form of document.querySelectorAll("form[data-bulk]")) {
    const button = form.querySelector("[data-bulk-all]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const ticks = [...form.querySelectorAll("input[name=chosen]")];
      const wanted = ticks.some((tick) => !tick.checked);
      for (const tick of ticks) tick.checked = wanted;
    });
  }
}
tickAll();

// A step of the form builder that is refused (422) or came too late (409) answers with the outline and the reason: it is
// shown like any other. htmx gives the focus back to the pressed button by its id; where that is gone, main takes it.
function tendSteps() {
  const isStep = (event) => event.detail.requestConfig?.elt.matches(".builder-step");
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isStep(event) || ![409, 422].includes(event.detail.xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (isStep(event) && document.activeElement === document.body) document.getElementById("main").focus();
  });
}
tendSteps();
