// The workbench's viewer: a paper opens beside the answers without a reload, and a scan is made larger, smaller or turned.
// Without this script the link reloads the page with the paper in it, as it was sent.
function tendViewer() {
  const box = document.querySelector("[data-viewer]");
  const template = document.querySelector("[data-viewer-template]");
  const tools = document.querySelector("[data-viewer-tools]");
  if (!box || !template || !tools) return;
  const ZOOMS = [1, 1.5, 2, 3, 4];
  const QUARTER = 90;
  let zoom = 0;
  let turned = 0;
  let drawn = null; // how large the paper lies in the stage, and how far from its left edge

  const stage = () => box.querySelector(".viewer__stage");
  const paper = () => stage()?.querySelector(".viewer__image, .viewer__frame");

  // As it was sent: nothing of ours is left on it, so that what is drawn on it lies where it seems to lie.
  function reset() {
    zoom = turned = 0;
    drawn = null;
    stage()?.removeAttribute("style");
    stage()?.removeAttribute("tabindex");
    stage()?.removeAttribute("data-moved");
    paper()?.removeAttribute("style");
    say();
  }

  function say() {
    const said = box.querySelector("[data-viewer-zoom]");
    if (said) said.textContent = `${ZOOMS[zoom] * 100} %`;
    for (const button of box.querySelectorAll("[data-viewer-do]")) {
      const isAtEnd = { larger: zoom === ZOOMS.length - 1, smaller: zoom === 0, fit: !zoom && !turned }[button.dataset.viewerDo];
      button.setAttribute("aria-disabled", String(Boolean(isAtEnd)));
    }
  }

  // Which point of the paper lies in the middle of the stage, in shares of its width and height.
  function lookedAt() {
    const at = stage();
    if (!at || !drawn) return [0.5, 0.5];
    const share = (from, window, size) => Math.min(1, Math.max(0, (from + window / 2) / size));
    return [share(at.scrollLeft - drawn.left, at.clientWidth, drawn.wide), share(at.scrollTop, at.clientHeight, drawn.tall)];
  }

  // The paper keeps the size that fits, turned or not; a transform makes it larger, so that it stays sharp and is fetched
  // once. The stage scrolls what is larger than itself.
  function draw([across0, down0] = [0.5, 0.5]) {
    const at = stage();
    const shown = paper();
    if (!at || !shown) return;
    if (!zoom && !turned) return reset();
    const isImage = shown.matches("img");
    if (!at.hasAttribute("data-moved")) at.dataset.height = isImage ? "" : shown.offsetHeight;
    at.dataset.moved = "";
    at.tabIndex = 0;
    const width = at.clientWidth;
    const height = Number(at.dataset.height) || Math.max(window.innerHeight - 160, 240);
    const isAcross = turned % 180 !== 0;
    let [across, down] = isAcross ? [height, width] : [width, height];
    if (isImage && shown.naturalWidth) {
      const fit = Math.min(across / shown.naturalWidth, down / shown.naturalHeight);
      [across, down] = [shown.naturalWidth * fit, shown.naturalHeight * fit];
    }
    const by = ZOOMS[zoom];
    const [wide, tall] = isAcross ? [down * by, across * by] : [across * by, down * by];
    const [x, y] = { 0: [0, 0], 90: [wide, 0], 180: [wide, tall], 270: [0, tall] }[turned];
    const middle = Math.max(0, (width - wide) / 2);
    at.style.height = `${Math.min(height, tall)}px`;
    Object.assign(shown.style, {
      position: "absolute", top: "0", left: "0", width: `${across}px`, height: `${down}px`, maxWidth: "none", maxHeight: "none",
      transformOrigin: "0 0", transform: `translate(${x + middle}px, ${y}px) rotate(${turned}deg) scale(${by})`,
    });
    drawn = { wide, tall, left: middle };
    at.scrollLeft = middle + across0 * wide - at.clientWidth / 2;
    at.scrollTop = down0 * tall - at.clientHeight / 2;
    say();
  }

  // Where the same point lies once the paper is turned.
  const turns = { right: ([x, y]) => [1 - y, x], left: ([x, y]) => [y, 1 - x] };
  const deeds = {
    larger: () => { zoom = Math.min(zoom + 1, ZOOMS.length - 1); },
    smaller: () => { zoom = Math.max(zoom - 1, 0); },
    right: () => { turned = (turned + QUARTER) % 360; },
    left: () => { turned = (turned + 3 * QUARTER) % 360; },
    fit: () => { zoom = turned = 0; },
  };

  function addTools() {
    if (!paper()) return;
    box.querySelector(".viewer__bar").after(tools.content.cloneNode(true));
    reset();
  }

  function show(link) {
    const name = link.querySelector("span").textContent;
    const bar = template.content.cloneNode(true);
    bar.querySelector("span").textContent = name;
    bar.querySelector("a").href = link.dataset.view;
    const isImage = link.dataset.viewAs === "image";
    const shown = document.createElement(isImage ? "img" : "iframe");
    shown.className = isImage ? "viewer__image" : "viewer__frame";
    shown[isImage ? "alt" : "title"] = name;
    shown.src = link.dataset.view;
    const around = document.createElement("div");
    around.className = "viewer__stage";
    around.append(shown);
    box.replaceChildren(bar, around);
    addTools();
    box.scrollIntoView({ block: "nearest" });
    for (const other of document.querySelectorAll("a[data-view][aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(link);
    }
    const name = event.target.closest("[data-viewer-do]")?.dataset.viewerDo;
    if (deeds[name]) {
      const point = lookedAt();
      deeds[name]();
      draw(turns[name] ? turns[name](point) : point);
    }
  });
  window.addEventListener("resize", () => { if (zoom || turned) draw(lookedAt()); });
  box.addEventListener("viewer:reset", reset); // a mark is about to be drawn on it
  addTools();
}
tendViewer();
