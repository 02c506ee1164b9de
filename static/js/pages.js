// Several photos are the pages of one paper: the list shows them in their order, to be moved and taken out, and each further photo
// comes to the end. Without this script the pages keep the order in which they were chosen.

(() => {
  function listen(form) {
    const list = form.querySelector("[data-pages]");
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const [main] = inputs;
    let pages = [];

    function keep() {
      const transfer = new DataTransfer();
      for (const file of pages) transfer.items.add(file);
      main.files = transfer.files;
      tell(main);
    }

    // The names beside the button (portal.js) follow what the input holds; this does not bubble back to us.
    function tell(input) {
      input.dispatchEvent(new Event("change"));
    }

    function button(text, name, does) {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: text });
      const hidden = Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: ` ${name}` });
      made.append(hidden);
      made.addEventListener("click", does);
      return made;
    }

    function move(at, to) {
      pages.splice(to, 0, ...pages.splice(at, 1));
      draw();
      list.querySelectorAll("li")[to].querySelector("button").focus();
    }

    function draw() {
      keep();
      list.hidden = pages.length < 2;
      list.querySelector("ol").replaceChildren(...pages.map((file, at) => {
        const row = Object.assign(document.createElement("li"), { className: "file" });
        const body = Object.assign(document.createElement("div"), { className: "file__body" });
        body.textContent = `${list.dataset.page} ${at + 1}: ${file.name}`;
        const actions = Object.assign(document.createElement("div"), { className: "file__actions" });
        if (at > 0) actions.append(button(list.dataset.up, file.name, () => move(at, at - 1)));
        if (at < pages.length - 1) actions.append(button(list.dataset.down, file.name, () => move(at, at + 1)));
        actions.append(button(list.dataset.remove, file.name, () => { pages.splice(at, 1); draw(); }));
        row.append(body, actions);
        return row;
      }));
    }

    form.addEventListener("change", (event) => {
      if (!inputs.includes(event.target)) return;
      const fresh = [...event.target.files];
      if (event.target !== main) {
        event.target.value = "";
        tell(event.target);
      }
      const isPhoto = (file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);
      if (!fresh.length && event.target === main) pages = [];
      else pages = pages.every(isPhoto) && fresh.every(isPhoto) ? [...pages, ...fresh] : fresh;
      draw();
    });
  }

  const start = (root) => root.querySelectorAll("form[data-paper-pages]").forEach(listen);
  start(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) start(event.target); });
})();
