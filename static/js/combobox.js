// A text input that offers what fits while one types (WAI-ARIA combobox with a list). It only helps: what is typed is what is sent,
// the server reads names with or without tone marks.
//   data-combobox="/address/?q={typed}"          asks the server while typing
//   data-combobox="/address/{value}/" data-combobox-of="name"   takes the whole list of the other control's value, and looks through it here

(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const MOST = 8;
  let numbers = 0;

  class Combobox {
    constructor(input) {
      this.input = input;
      this.active = -1;
      this.options = [];
      this.lists = new Map();
      this.asked = 0;
      const id = `combobox-${numbers += 1}`;
      this.list = Object.assign(document.createElement("ul"), { id, className: "combobox__list", hidden: true });
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.label());
      this.status = Object.assign(document.createElement("div"), { className: "govuk-visually-hidden" });
      this.status.setAttribute("role", "status");
      const box = Object.assign(document.createElement("div"), { className: "combobox" });
      if (input.closest(".search")) box.classList.add("combobox--search");
      input.before(box);
      box.append(input, this.list, this.status);
      for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id]]) {
        input.setAttribute(name, value);
      }
      input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.offer(), 150); });
      input.addEventListener("keydown", (event) => this.key(event));
      input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose([...this.list.children].indexOf(option));
      });
    }

    label() {
      return this.input.labels?.[0]?.textContent.trim() ?? "";
    }

    async fitting(typed) {
      const { combobox, comboboxOf } = this.input.dataset;
      if (!comboboxOf) {
        const answer = await fetch(combobox.replace("{typed}", encodeURIComponent(typed)));
        return answer.ok ? (await answer.json()).results : [];
      }
      const other = this.input.form.elements[comboboxOf]?.value;
      if (!other) return [];
      if (!this.lists.has(other)) {
        const answer = await fetch(combobox.replace("{value}", encodeURIComponent(other)));
        this.lists.set(other, answer.ok ? (await answer.json()).results : []);
      }
      const wanted = fold(typed);
      const found = this.lists.get(other).map((option) => [fold(option.label).indexOf(wanted), option]).filter(([at]) => at >= 0);
      return found.sort((a, b) => a[0] - b[0]).map(([, option]) => option);
    }

    async offer() {
      const typed = this.input.value.trim();
      const asked = this.asked += 1;
      if (typed.length < 2) return this.close();
      let options = [];
      try { options = await this.fitting(typed); } catch { return this.close(); }
      if (asked !== this.asked || document.activeElement !== this.input) return undefined;
      this.options = options.slice(0, MOST);
      if (!this.options.length || (this.options.length === 1 && this.options[0].label === typed)) return this.close();
      this.list.replaceChildren(...this.options.map((option, number) => this.draw(option, number)));
      this.active = -1;
      this.input.removeAttribute("aria-activedescendant");
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.status.textContent = (this.input.dataset.comboboxWords ?? "{n}").replace("{n}", String(this.options.length));
      return undefined;
    }

    draw(option, number) {
      const item = Object.assign(document.createElement("li"), { id: `${this.list.id}-${number}`, className: "combobox__option" });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(Object.assign(document.createElement("span"), { textContent: option.label }));
      if (option.note) item.append(Object.assign(document.createElement("span"), { className: "combobox__note", textContent: option.note }));
      return item;
    }

    key(event) {
      if (event.key === "Escape" && !this.list.hidden) { event.preventDefault(); return this.close(); }
      if (event.key === "ArrowDown" && this.list.hidden) { event.preventDefault(); return this.offer(); }
      if (this.list.hidden) return undefined;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        return this.point((this.active + step + this.options.length + (this.active < 0 && step < 0 ? 1 : 0)) % this.options.length);
      }
      if (event.key === "Enter" && this.active >= 0) { event.preventDefault(); return this.choose(this.active); }
      if (event.key === "Tab") this.close();
      return undefined;
    }

    point(number) {
      this.active = number;
      for (const [index, item] of [...this.list.children].entries()) {
        item.setAttribute("aria-selected", String(index === number));
        if (index === number) { item.scrollIntoView({ block: "nearest" }); this.input.setAttribute("aria-activedescendant", item.id); }
      }
    }

    choose(number) {
      const option = this.options[number];
      this.input.value = option.label;
      this.close();
      if (option.url) { window.location.assign(option.url); return; }
      this.asked += 1;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    close() {
      this.list.hidden = true;
      this.active = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = "";
    }
  }

  function dress(root) {
    for (const input of root.querySelectorAll("input[data-combobox]:not([role=combobox])")) new Combobox(input);
  }

  dress(document);
  document.addEventListener("htmx:load", (event) => dress(event.target));  // a row that was added
})();
