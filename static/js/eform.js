// Electronic forms: what is asked only under a condition shows and hides as one answers. The server decides again on every post;
// without this script the same parts stand under the words of their condition and open by hand.
// <details data-part="name" data-when='{"all": [{"field": "name of control", "equals": "x"}, {"field", "held", "bare"}]}'>
// (procedures/eforms/live.py). What is chosen or ticked is tested here. What is typed only the server reads: such a test carries
// its verdict, which is asked for anew when the control changes. Where it cannot be asked the part opens by hand again.

(() => {
  const AFTER_TYPING = 300;
  const form = (node) => node.closest("form");
  const controlsOf = (root, name) => [...root.elements].filter((control) => control.name === name);
  const isAt = (control, name) => control.name === name || Boolean(control.name?.startsWith(`${name}__`));

  // What a control says, as the server reads it: true or false, text, a list; null where nothing is said.
  function valueOf(root, { field, is }) {
    const controls = controlsOf(root, field);
    const [first] = controls;
    if (!first) return null;
    if (is === "file") return first.files.length || (root.querySelector(`[name="${field}__remove"]`)?.checked === false) ? "file" : null;
    if (is === "list") {
      const ticked = controls.filter((control) => control.checked).map((control) => control.value);
      return ticked.length ? ticked : null;
    }
    if (first.type === "radio") return controls.find((control) => control.checked)?.value ?? null;
    if (first.type === "checkbox") return first.checked;
    return first.value || null;
  }

  const same = (value, wanted) => typeof wanted === "boolean" ? (value === true) === wanted : value === wanted;
  // of several answers, whether it is among them
  const hasSaid = (value, wanted) => Array.isArray(value) ? value.includes(wanted) : same(value, wanted);

  // `gone` names what is not asked itself, and so has no answer.
  function holds(condition, root, gone) {
    if (condition.all) return condition.all.every((part) => holds(part, root, gone));
    if (condition.any) return condition.any.some((part) => holds(part, root, gone));
    if (condition.not) return !holds(condition.not, root, gone);
    const isGone = gone.has(condition.field);
    if ("held" in condition) return isGone ? condition.bare : condition.held;
    const value = isGone ? null : valueOf(root, condition);
    if ("filled" in condition) return (value !== null) === condition.filled;
    if ("equals" in condition) return hasSaid(value, condition.equals);
    if ("not_equals" in condition) return !hasSaid(value, condition.not_equals);
    if ("in" in condition) return [value].flat().some((each) => condition.in.some((wanted) => same(each, wanted)));
    if ("at_least" in condition) return value !== null && value.length >= condition.at_least;
    return value !== null && value.length <= condition.at_most;
  }

  function testsIn(condition) {
    const inner = condition.all ?? condition.any ?? (condition.not ? [condition.not] : null);
    return inner ? inner.flatMap(testsIn) : [condition];
  }

  const conditionOf = (part) => JSON.parse(part.dataset.when);
  const askedIn = (parts) => new Set(parts.flatMap((part) => testsIn(conditionOf(part))).filter((test) => "held" in test).map((test) => test.field));
  const partsOf = (root) => [...root.querySelectorAll("details[data-when]")];
  const lost = new Set();  // forms whose server does not answer

  // What a hidden part asks is not asked, and what hangs on it sees no answer there: one step more, as long as there is one.
  function goneIn(root, parts) {
    const gone = new Set();
    const around = new Map();
    for (const { field } of parts.flatMap((part) => testsIn(conditionOf(part)))) {
      const control = [...root.elements].find((each) => isAt(each, field));
      if (field && control) around.set(field, parts.filter((part) => part.contains(control)));
    }
    for (;;) {
      const closed = new Set(parts.filter((part) => !holds(conditionOf(part), root, gone)));
      const found = [...around].filter(([field, outer]) => !gone.has(field) && outer.some((part) => closed.has(part)));
      if (!found.length) return gone;
      for (const [field] of found) gone.add(field);
    }
  }

  function look(root) {
    const parts = partsOf(root);
    const gone = goneIn(root, parts);
    for (const part of parts) {
      const byHand = lost.has(root) && testsIn(conditionOf(part)).some((test) => "held" in test);
      part.classList.toggle("eform__when--live", !byHand);
      const shown = holds(conditionOf(part), root, gone);
      part.hidden = !byHand && !shown;
      if (!byHand) part.open = shown;
    }
  }

  const turns = new WeakMap();
  const timers = new WeakMap();

  // The page as it would be drawn with what stands in it: its verdicts are taken over, and nothing else.
  async function ask(root) {
    const turn = (turns.get(root) ?? 0) + 1;
    turns.set(root, turn);
    root.dataset.asking = "";
    const body = new URLSearchParams([...new FormData(root)].filter(([, value]) => typeof value === "string"));
    body.set("_refresh", "1");
    let drawn = null;
    try {
      const answer = await fetch(root.getAttribute("action") || location.href, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "X-Refresh": "1" },
      });
      if (answer.ok) drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("eform");
    } catch { drawn = null; }
    if (turn !== turns.get(root)) return;
    delete root.dataset.asking;
    if (drawn) lost.delete(root);
    else lost.add(root);
    for (const part of drawn ? partsOf(root) : []) {
      const same = drawn.querySelector(`details[data-part="${CSS.escape(part.dataset.part)}"]`);
      if (same) part.dataset.when = same.dataset.when;
    }
    look(root);
  }

  function later(root, delay) {
    clearTimeout(timers.get(root));
    turns.set(root, (turns.get(root) ?? 0) + 1);  // an answer that is on its way is about what stood there before
    root.dataset.asking = "";
    timers.set(root, setTimeout(() => ask(root), delay));
  }

  function hear({ currentTarget: root, target, type }) {
    look(root);
    const asked = askedIn(partsOf(root));
    const hangs = target === root ? asked.size : [...asked].some((field) => isAt(target, field));
    if (hangs) later(root, type === "change" ? 0 : AFTER_TYPING);
  }

  const tended = new Set();

  function dress() {
    for (const root of new Set([...document.querySelectorAll("details[data-when]")].map(form))) {
      look(root);
      // the browser may have put back what was typed before the page was left
      const asked = [...askedIn(partsOf(root))];
      if ([...root.elements].some((control) => typeof control.defaultValue === "string" && control.type !== "file" && control.value !== control.defaultValue && asked.some((field) => isAt(control, field)))) later(root, 0);
      if (tended.has(root)) continue;
      tended.add(root);
      root.addEventListener("input", hear);
      root.addEventListener("change", hear);
      window.addEventListener("online", () => { if (lost.has(root)) later(root, 0); });
    }
  }

  // Who was signed out meanwhile is shown the sign-in page, which has no form to put here: what she typed waits for her there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target?.id !== "eform" || !event.detail.shouldSwap || /\sid="eform"/.test(xhr.responseText)) return;
    event.detail.shouldSwap = false;
    location.reload();
  });

  // A row was added or removed in place: its parts follow their conditions, and a new row takes the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "eform" && !document.querySelector("#eform, details[data-when]")) return;
    dress();
    const pressed = event.detail.requestConfig?.elt;
    const repeat = pressed?.name === "_add" && document.getElementById(`id_${pressed.value}__count`);
    [...(repeat ? repeat.querySelectorAll(".eform__row") : [])].at(-1)?.querySelector("input, select, textarea")?.focus();
  });

  dress();
})();
