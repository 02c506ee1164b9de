// Large files go up in pieces (tus 1.0.0, datastore/views_uploading.py): a cut goes on from the last byte that arrived, after a pause,
// after the line is back, and when the same file is chosen again. Without this script the form brings the file itself.

(() => {
  const PIECE_BYTES = 512 * 1024;
  const TRIES = 8;
  const VERSION = { "Tus-Resumable": "1.0.0" };

  class Refused extends Error {}

  const memory = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

  function ask(method, url, headers, { body = null, signal, onProgress } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      request.open(method, url);
      for (const [name, value] of Object.entries({ ...VERSION, ...headers })) request.setRequestHeader(name, value);
      if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
      request.addEventListener("loadend", () => {
        signal?.removeEventListener("abort", stop);
        if (signal?.aborted) reject(signal.reason);
        else resolve(request); // status 0: the line is cut
      });
      signal?.addEventListener("abort", stop);
      request.send(body);
    });
  }

  // Whichever comes first: the pause is over, or the browser says that the line is back.
  function pause(turn) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(1000 * 2 ** turn, 15000));
      window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }

  const offsetOf = (request) => Number(request.getResponseHeader("Upload-Offset"));

  async function announce(file, { url, token, signal }) {
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name.slice(-200))));
    for (let turn = 0; turn < TRIES; turn += 1) {
      const answer = await ask("POST", url, { "X-CSRFToken": token, "Upload-Length": file.size, "Upload-Metadata": `filename ${name}` }, { signal });
      if (answer.status === 201) {
        const place = answer.getResponseHeader("Location");
        sessionStorage.setItem(memory(file), place);
        return place;
      }
      if (answer.status && answer.status < 500) throw new Refused(answer.responseText);
      await pause(turn);
    }
    throw new Error("offline");
  }

  async function send(file, how) {
    let place = sessionStorage.getItem(memory(file));
    let offset = place ? null : 0;
    place ??= await announce(file, how);
    for (let turn = 0; turn < TRIES;) {
      if (offset === null) {
        const answer = await ask("HEAD", place, {}, { signal: how.signal });
        if (answer.status === 404) { place = await announce(file, how); offset = 0; }
        else if (answer.status === 200) offset = offsetOf(answer);
        else { turn += 1; await pause(turn); continue; }
      }
      how.onProgress(offset);
      if (offset === file.size) return place.split("/").at(-2);
      const from = offset;
      const answer = await ask(
        "PATCH", place,
        { "X-CSRFToken": how.token, "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" },
        { body: file.slice(from, from + PIECE_BYTES), signal: how.signal, onProgress: (sent) => how.onProgress(Math.min(from + sent, file.size)) },
      );
      if (answer.status === 204) { offset = offsetOf(answer); turn = 0; }
      else if (answer.status === 409) { offset = offsetOf(answer); turn += 1; }
      else if (answer.status && answer.status < 500 && answer.status !== 404) throw new Refused(answer.responseText);
      else { offset = null; turn += 1; await pause(turn); }
    }
    throw new Error("offline");
  }

  // What a form would send, with its large files already there and named by their id. All files of a field go the same way, so that
  // photos stay in their order.
  async function formData(form, button, { signal, onProgress }) {
    const entries = [...new FormData(form)];
    if (button?.name) entries.push([button.name, button.value]);
    const isFile = (value) => value instanceof File && value.size > 0;
    const fieldOf = (name) => name.replace(/-camera$/, "");
    const large = new Set(entries.filter(([, value]) => isFile(value) && value.size > PIECE_BYTES).map(([name]) => fieldOf(name)));
    const goes = ([name, value]) => isFile(value) && form.dataset.pieces && large.has(fieldOf(name));
    const total = entries.filter(goes).reduce((sum, [, value]) => sum + value.size, 0);
    const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
    const data = new FormData();
    let before = 0;
    for (const entry of entries) {
      const [name, value] = entry;
      if (goes(entry)) {
        const id = await send(value, { url: form.dataset.pieces, token, signal, onProgress: (sent) => onProgress(before + sent, total) });
        before += value.size;
        data.append(`${fieldOf(name)}-uploaded`, id);
      } else data.append(name, value);
    }
    return data;
  }

  window.portalPieces = { formData, Refused };
})();
