// Where to file: the list of communes follows the province at once. Without this script the button between the two does it.

for (const form of document.querySelectorAll("form[data-place]")) {
  const { province_code: province, commune_code: commune } = form.elements;
  const button = form.querySelector("[data-place-button]");
  const words = form.querySelector("[data-place-words]");
  const loading = () => { commune.length = 1; commune.disabled = true; };
  button.hidden = true;
  province.addEventListener("change", async () => {
    loading();
    words.textContent = "";
    const chosen = province.value;
    if (!chosen) { commune.disabled = false; return; }
    try {
      const answer = await fetch(form.dataset.place.replace(encodeURIComponent("{value}"), chosen));
      if (!answer.ok) throw new Error(String(answer.status));
      const { results } = await answer.json();
      if (province.value !== chosen) return; // another province was chosen meanwhile
      for (const { value, label } of results) commune.add(new Option(label, value));
      words.textContent = words.dataset.placeWords;
    } catch {
      button.hidden = false;
    }
    commune.disabled = false;
  });
}
