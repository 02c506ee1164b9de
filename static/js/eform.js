// Electronic forms: what is asked only under a condition shows and hides as one answers. The server decides again on every post;
// without this script the same parts stand under the words of their condition and open by hand.

(() => {
  const form = (node) => node.closest("form");

  // The value of a control by name, as the conditions know it: true or false, text, or a list.
  function valueOf(root, name) {
    const controls = [...root.elements].filter((control) => control.name === name);
    if (!controls.length) return null;
    const [first] = controls;
    if (first.type === "radio") return controls.find((control) => control.checked)?.value ?? null;
    if (first.type === "checkbox") {
      if (controls.length === 1) return first.checked;
      return controls.filter((control) => control.checked).map((control) => control.value);
    }
    return first.value.trim() || null;
  }

  function same(value, wanted) {
    if (typeof wanted === "boolean") return (value === true) === wanted;
    return value !== null && typeof value !== "boolean" && String(value) === String(wanted);
  }

  function number(value) {
    const figures = Number(String(value ?? "").replaceAll(".", "").replace(",", "."));
    return value === null || value === "" || Number.isNaN(figures) ? null : figures;
  }

  // Day first, as people type it, or as the calendar's form.
  function birthday(value) {
    const text = String(value ?? "");
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
    if (iso) return [Number(iso[1]), Number(iso[2]), Number(iso[3])];
    const typed = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(text);
    return typed && [Number(typed[3]), Number(typed[2]), Number(typed[1])];
  }

  function ageBelow(value, years) {
    const born = birthday(value);
    if (!born) return false;
    const now = new Date();
    const before = now.getMonth() + 1 < born[1] || (now.getMonth() + 1 === born[1] && now.getDate() < born[2]);
    return now.getFullYear() - born[0] - (before ? 1 : 0) < years;
  }

  function withinDays(value, days) {
    const day = birthday(String(value ?? "").slice(0, 10));
    const now = new Date();
    return day !== null && Date.UTC(day[0], day[1] - 1, day[2]) >= Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() - days);
  }

  function holds(condition, root) {
    if (condition.all) return condition.all.every((part) => holds(part, root));
    if (condition.any) return condition.any.some((part) => holds(part, root));
    if (condition.not) return !holds(condition.not, root);
    const value = valueOf(root, condition.field);
    if ("equals" in condition) return Array.isArray(value) ? value.includes(condition.equals) : same(value, condition.equals);
    if ("not_equals" in condition) return !same(value, condition.not_equals);
    if ("in" in condition) return [value].flat().some((each) => condition.in.some((wanted) => same(each, wanted)));
    if ("filled" in condition) return (value !== null && value !== "" && value.length !== 0) === condition.filled;
    if ("age_below" in condition) return ageBelow(value, condition.age_below);
    if ("within_days" in condition) return withinDays(value, condition.within_days);
    if ("at_least" in condition) return number(value) !== null && number(value) >= condition.at_least;
    if ("at_most" in condition) return number(value) !== null && number(value) <= condition.at_most;
    return true;
  }

  let parts = [];

  // A part inside a hidden part is hidden with it: its controls are off, so its own condition sees no answer either.
  function look() {
    for (const part of parts) {
      const shown = holds(JSON.parse(part.dataset.when), form(part));
      part.open = shown;
      part.hidden = !shown;
    }
  }

  const tended = new Set();

  function dress() {
    parts = [...document.querySelectorAll("details[data-when]")];
    for (const part of parts) part.classList.add("eform__when--live");
    for (const root of new Set(parts.map(form))) {
      if (tended.has(root)) continue;
      tended.add(root);
      root.addEventListener("input", look);
      root.addEventListener("change", look);
    }
    look();
  }

  // A row was added or removed in place: its parts follow their conditions, and a new row takes the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "eform" && !document.getElementById("eform")) return;
    dress();
    const pressed = event.detail.requestConfig?.elt;
    const repeat = pressed?.name === "_add" && document.getElementById(`id_${pressed.value}__count`);
    [...(repeat ? repeat.querySelectorAll(".eform__row") : [])].at(-1)?.querySelector("input, select, textarea")?.focus();
  });

  dress();
})();
