// The choice of a commune on a sheet: the list of communes follows the province at once. Without this script the button does it.

for (const form of document.querySelectorAll("form[data-commune-choice]")) {
  const province = form.querySelector("select[name=tinh]");
  const field = form.querySelector("[data-commune-field]");
  const commune = field?.querySelector("select");
  if (!commune) continue;
  province.addEventListener("change", async () => {
    commune.length = 1;
    commune.disabled = true;
    if (!province.value) { field.hidden = true; return; }
    try {
      const answer = await fetch(form.dataset.communeChoice.replace("{value}", province.value));
      if (!answer.ok) return;
      for (const { value, label } of (await answer.json()).results) commune.add(new Option(label, value));
      commune.disabled = false;
      field.hidden = false;
      form.querySelector("button").textContent = form.querySelector("button").dataset.words;
    } catch { /* the button still works */ }
  });
}
