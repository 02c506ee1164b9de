// The desk with scripts: rows by arrow keys, single keys for the rest; the viewer of papers is in viewer.js.

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

function toSearch() {
  const box = document.querySelector("[data-search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function searchKey() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    if (toSearch()) event.preventDefault();
  });
}

// The next of some elements in the page's order, or the one before; the first where none of them has the focus.
function walkTo(selector, by) {
  const all = [...document.querySelectorAll(selector)];
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? all[0] : all[at + by];
  next?.focus();
  return Boolean(all.length);
}

// On the workbench a link of the queue, in a table of dossiers the rows.
function walkQueue(key, by) {
  const link = document.querySelector(`[data-key="${key}"]`);
  link?.click();
  return Boolean(link) || walkTo("a.queue__link", by);
}

function toFirstStep() {
  const fields = ":is(input:not([type=hidden]), select, textarea, button)";
  const step = document.querySelector("[data-first-step]") || document.querySelector(`[data-step-form] ${fields}`);
  step?.focus();
  return Boolean(step);
}

// A button of the viewer, where a paper lies in it.
function viewerDoes(deed) {
  const button = document.querySelector(`[data-viewer-do="${deed}"]`);
  button?.click();
  return Boolean(button);
}

function openRow() {
  const row = document.activeElement?.closest("a.queue__link");
  row?.click();
  return Boolean(row);
}

// Single keys. They are letters inside fields, and nothing with Ctrl, Alt or Meta, while a word is composed, beside an open
// dialog, or where she turned them off: who speaks to the computer, or whose keyboard writes tone marks, would set them off.
function tendKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const box = dialog.querySelector("[data-keys-on]");
  const kept = "desk-keys";
  try { box.checked = localStorage.getItem(kept) !== "off"; } catch { /* kept nowhere: they are on */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem(kept, box.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
  const show = () => {
    dialog.showModal();
    return true;
  };
  const deeds = {
    j: () => walkQueue("j", 1), k: () => walkQueue("k", -1), o: openRow, t: toFirstStep,
    g: () => walkTo("a.papers__link", 1), "/": toSearch, "?": show,
    "+": () => viewerDoes("larger"), "=": () => viewerDoes("larger"), "-": () => viewerDoes("smaller"),
    r: () => viewerDoes("right"), 0: () => viewerDoes("fit"),
  };
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const deed = deeds[event.key.toLowerCase()];
    if (deed?.()) event.preventDefault();
  });
  for (const opener of document.querySelectorAll("[data-keys-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", show);
  }
}

// On the phone the queues lie in one row that scrolls sideways; the one that is open comes into view.
function showCurrentQueue() {
  const list = document.querySelector(".rail__list");
  const current = list?.querySelector("[aria-current]");
  if (current && list.scrollWidth > list.clientWidth) list.scrollLeft = current.parentElement.offsetLeft - list.offsetLeft - 16;
}

walkRows();
showCurrentQueue();
searchKey();
tendKeys();

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

// A preview is as tall as the page in it, so that its button is in sight; without scripts its frame scrolls.
function fitFrames() {
  const [SPACE, TALLEST] = [48, 4000];
  for (const frame of document.querySelectorAll("iframe[data-fit]")) {
    const inside = () => frame.contentDocument?.querySelector("[data-fits]");
    const fit = () => {
      const shown = inside();
      if (!shown) return;
      const bottom = shown.getBoundingClientRect().bottom + frame.contentWindow.scrollY;
      frame.style.height = `${Math.min(Math.ceil(bottom) + SPACE, TALLEST)}px`;
    };
    const watch = () => {
      fit();
      if (inside()) new ResizeObserver(fit).observe(inside());
    };
    frame.addEventListener("load", watch);
    watch();
  }
}
fitFrames();
