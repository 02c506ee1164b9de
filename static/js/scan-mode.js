// The officials' scan mode: the camera fills in the field and sends the form; without a script it is typed or pasted.

import * as scan from "./verify-scan.js";

const root = document.querySelector("[data-scan-mode]");
const [button, video, line] = ["scan-start", "scan-video", "scan-words"].map((name) => root.querySelector(`[data-${name}]`));
const text = root.querySelector("[data-scan-text]");

button.hidden = false;
button.addEventListener("click", async () => {
  video.hidden = false;
  button.hidden = true;
  try {
    await scan.start(root.dataset.scanner, video, (found) => {
      scan.stop();
      video.hidden = true;
      text.value = found;
      text.form.requestSubmit();
    });
  } catch {
    video.hidden = true;
    button.hidden = false;
    line.textContent = line.dataset.noCamera;
  }
});
