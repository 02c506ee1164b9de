// Keeps the part of the page marked data-live fresh, every three seconds, unless the reader is busy inside it.
const EVERY_MS = 3000;

async function refresh() {
  const shown = document.querySelector("[data-live]");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
    if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // the program is away for a moment; the next turn asks again
  }
}

setInterval(refresh, EVERY_MS);
