// <form data-autosave="URL" data-saved-at="…"><p data-autosave-words data-unsaved data-saving data-saved data-failed
// data-signed-out data-elsewhere>; <div data-conflict hidden> with a list
// The time of saving is the server's, on the clock of Việt Nam: a browser abroad or set wrong says the same.
// Each field is saved on the server a moment after it is typed. What could not be sent waits in this tab, is tried again by
// itself, and comes back when the page is opened anew; the page's own button still does the whole job without any of this.

(() => {
  const AFTER_TYPING = 800;
  const AFTER_LEAVING = 150;
  const PATIENCE = 3000;
  const RETRIES = [2000, 4000, 8000, 15000, 30000];

  for (const form of document.querySelectorAll("form[data-autosave]")) tend(form);

  function tend(form) {
    const words = form.querySelector("[data-autosave-words]");
    const key = `autosave:${new URL(form.dataset.autosave, location.href).pathname}`;
    const touched = new Set();
    let timer = 0;
    let running = null;
    let pressed = false;
    let bringing = false;
    const pressing = new Map();  // requests of buttons that change rows, each with the promise of its end
    let leaving = false;
    let failures = 0;

    const say = (text) => { if (words && text && words.textContent !== text) words.textContent = text; };
    const controls = (name) => [...form.elements].filter((control) => control.name === name);
    const rowsOf = (name) => controls(`${name.split("__")[0]}__count`).find((control) => control.type === "hidden");
    const isAnswer = (control) => control.name && !control.name.startsWith("_") && control.name !== "csrfmiddlewaretoken" && control.type !== "file" && control.type !== "submit";

    // What another device wrote is told on top of the page, with links to the fields, until this one saves them or is drawn anew.
    const box = document.querySelector("[data-conflict]");
    const conflicts = new Map();

    function tellConflicts(names, found) {
      for (const name of names) conflicts.delete(name.split("__")[0]);
      for (const { key: field, href, text } of found) conflicts.set(field, { href, text });
      if (!box) return;
      box.querySelector("ul").replaceChildren(...[...conflicts.values()].map((conflict) => {
        const line = document.createElement("li");
        line.append(Object.assign(document.createElement("a"), { href: conflict.href, textContent: conflict.text }));
        return line;
      }));
      box.hidden = !conflicts.size;
    }

    function keep() {
      const waiting = {};
      for (const name of touched) {
        waiting[name] = controls(name).filter((c) => !["radio", "checkbox"].includes(c.type) || c.checked).map((c) => c.value);
        const rows = rowsOf(name);
        if (rows) waiting[rows.name] = [rows.value];
      }
      try {
        if (touched.size) sessionStorage.setItem(key, JSON.stringify({ since: form.dataset.savedAt, waiting }));
        else sessionStorage.removeItem(key);
      } catch { /* storage may be off; then the server alone keeps the draft */ }
    }

    // Rows that were added in this tab, and are not on the page that is opened anew: the server draws it with them.
    async function drawRows(waiting) {
      if (!Object.entries(waiting).some(([name, [value]]) => name.endsWith("__count") && rowsOf(name) && rowsOf(name).value !== value)) return;
      bringing = true;  // until what waits stands on the page, it stands in the tab alone
      if (!window.htmx) await new Promise((resolve) => { document.addEventListener("htmx:load", resolve, { once: true }); });
      await window.htmx.ajax("POST", location.href, { source: form, target: "#eform", select: "#eform", swap: "outerHTML", values: { ...waiting, _refresh: "1" } });
    }

    async function bringBack() {
      let kept = null;
      try { kept = JSON.parse(sessionStorage.getItem(key)); } catch { return; }
      if (!kept) return;
      if (kept.since !== form.dataset.savedAt) return sessionStorage.removeItem(key);  // the server knows something newer
      try { await drawRows(kept.waiting); } finally { bringing = false; }
      for (const [name, values] of Object.entries(kept.waiting)) {
        for (const control of controls(name).filter((each) => each !== rowsOf(name))) {
          if (["radio", "checkbox"].includes(control.type)) control.checked = values.includes(control.value);
          else control.value = values[0] ?? "";
          touched.add(name);
        }
      }
      form.dispatchEvent(new Event("change"));
      save();  // at once: the page that was left may have saved the same meanwhile, and a button would take it for another's
    }

    function later(delay) {
      clearTimeout(timer);
      timer = setTimeout(save, delay);
    }

    function body(names) {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      for (const name of names) data.append("_touched", name);
      return data;
    }

    // What was saved is what this page shows. Only what that saving changed is taken over: another one may have been answered.
    function show(drawn, before = "{}") {
      const [now, was, is] = [form.elements._drawn.value, before, drawn].map((text) => JSON.parse(text || "{}"));
      for (const [field, digest] of Object.entries(is)) if (was[field] !== digest) now[field] = digest;
      form.elements._drawn.value = JSON.stringify(now);
    }

    const send = (names, more) => fetch(form.dataset.autosave, {
      method: "POST", body: body(names), credentials: "same-origin", redirect: "manual", headers: { "X-Autosave": "1" }, ...more,
    });

    function save() {
      if (!running && !pressing.size && touched.size) running = sendTouched();
    }

    async function sendTouched() {
      const names = [...touched];
      touched.clear();
      say(words?.dataset.saving);
      let answer = null;
      const before = form.elements._drawn.value;
      try { answer = await send(names); } catch { answer = null; }
      const { draft, drawn, conflicts: told = [], saved_clock: clock = "" } = answer?.ok ? await answer.json().catch(() => ({})) : {};
      if (drawn) show(drawn, before);
      running = null;
      if (answer?.ok) {
        failures = 0;
        // The next page may have been drawn before this was saved: what it lacks must still be here when it opens. It tells
        // by savedAt: where it was drawn later, it throws this away.
        if (leaving) return;
        form.dataset.savedAt = draft ?? form.dataset.savedAt;
        keep();
        tellConflicts(names, told);
        const saved = touched.size ? words?.dataset.unsaved : `${words?.dataset.saved} ${clock}`;
        say(conflicts.size ? words?.dataset.elsewhere : saved);
        if (touched.size) later(AFTER_LEAVING);
        return;
      }
      for (const name of names) touched.add(name);
      keep();
      say(answer?.status === 401 ? words?.dataset.signedOut : words?.dataset.failed);
      if (answer?.status === 409) return location.reload();
      if (answer?.status !== 401) later(RETRIES[Math.min(failures++, RETRIES.length - 1)]);
    }

    function touch(event, delay) {
      if (!isAnswer(event.target)) return;
      leaving = false;  // a download, or a link to a telephone number, leaves and stays
      touched.add(event.target.name);
      keep();
      if (!failures) say(words?.dataset.unsaved);
      if (!failures) later(delay);
    }

    form.addEventListener("input", (event) => touch(event, AFTER_TYPING));
    form.addEventListener("change", (event) => { if (touched.has(event.target.name)) touch(event, AFTER_LEAVING); });
    // What this page is just saving is not another device's: a button waits for it, but not for a line that hangs; and a
    // second press meanwhile is the first.
    function wait(event, goOn) {
      const before = running ?? [...pressing.values()].at(-1)?.promise;
      if (!before || event.defaultPrevented) return;
      event.preventDefault();
      if (pressed) return;
      pressed = true;
      Promise.race([before, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]).then(() => {
        pressed = false;
        goOn();
      });
    }

    function submit(event) {
      clearTimeout(timer);
      wait(event, () => form.requestSubmit(event.submitter));
    }

    // A button that adds or removes a row, or takes an address over, saves it; what is typed is saved after it.
    form.addEventListener("htmx:confirm", (event) => {
      wait(event, () => { if (form.contains(event.detail.elt)) event.detail.issueRequest(true); });
    });
    form.addEventListener("htmx:beforeRequest", ({ detail }) => {
      const press = {};
      press.promise = new Promise((resolve) => { press.end = resolve; });
      pressing.set(detail.xhr, press);
    });
    form.addEventListener("htmx:afterRequest", ({ detail }) => {
      pressing.get(detail.xhr)?.end();
      pressing.delete(detail.xhr);
      if (touched.size) later(AFTER_LEAVING);
    });
    form.addEventListener("htmx:beforeSwap", ({ detail }) => {
      const news = JSON.parse(detail.xhr.getResponseHeader("X-Page-Saved") ?? "null");
      if (!news) return;
      show(JSON.stringify(news.drawn));
      form.dataset.savedAt = news.draft;
      if (!bringing) keep();
    });
    form.addEventListener("htmx:sendError", () => say(words?.dataset.failed));
    form.addEventListener("submit", submit);
    window.addEventListener("online", () => { failures = 0; if (touched.size) later(0); });
    window.addEventListener("beforeunload", () => { leaving = true; });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("pagehide", () => { if (touched.size) send([...touched], { keepalive: true }).catch(() => {}); });
    bringBack();
  }
})();
