// The verification page: what stands behind # is checked here, on the reader's device, and never sent anywhere.

import { check, Refused } from "./verify-cose.js";
import { notOlder, openKeySet, openWithdrawn } from "./verify-keys.js";
import * as scan from "./verify-scan.js";

const root = document.querySelector("[data-verify]");
const words = JSON.parse(document.getElementById("verify-words").textContent);
const part = (name) => root.querySelector(`[data-${name}]`);
const PATH = /\/xm\/([A-Z2-7]{16})(?:$|[#?])/i;
const ID = /^[A-Z2-7]{16}$/;

async function ask(address) {
  const answer = await fetch(address, { credentials: "omit", cache: "no-cache" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

// The newest dates of signed lists seen on this device, by name; a browser that keeps nothing remembers for this page only.
const NEWEST = "verify-newest";
const newest = {};
const memory = {
  get(name) {
    try {
      Object.assign(newest, JSON.parse(localStorage.getItem(NEWEST)));
    } catch { /* kept nothing */ }
    return newest[name] || 0;
  },
  set(name, seconds) {
    newest[name] = seconds;
    try {
      localStorage.setItem(NEWEST, JSON.stringify(newest));
    } catch { /* for this page only */ }
  },
};

// The keys count only as the root key signed them, and no older set than was seen before.
async function fetchKeys() {
  const [rootKey, set] = await Promise.all([ask(root.dataset.root), ask(root.dataset.keys)]);
  const jwk = await rootKey.json();
  const keys = await openKeySet(await set.text(), jwk);
  notOlder(memory, `keys ${jwk.kid}`, keys.iat, "old_keys");
  return keys;
}

// As everywhere on the portal: 10:43, 28/11/2026.
function day(seconds) {
  const [moment, timeZone] = [new Date(seconds * 1000), "Asia/Ho_Chi_Minh"];
  const time = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  return `${time}, ${moment.toLocaleDateString("en-GB", { day: "2-digit", month: "2-digit", year: "numeric", timeZone })}`;
}

function say(tone, title, note) {
  const box = part("signature");
  box.hidden = false;
  box.className = `verdict verdict--${tone}`;
  part("signature-good").hidden = tone !== "jade";
  part("signature-bad").hidden = tone === "jade";
  part("signature-title").textContent = title;
  part("signature-note").textContent = note || "";
}

// The status belongs to the number printed on the paper. Where the signature does not hold, it belongs to some other paper: a green
// tick above the warning would be read as "genuine", so the warning stands first and the status loses colour and tick.
function doubtStatus() {
  const status = part("status");
  if (!status) return;
  status.className = "verdict";
  status.before(part("signature"));
  const title = status.querySelector(".verdict__title");
  title.querySelector(".icon")?.remove();
  title.querySelector("span").textContent = words.other_paper;
}

// What was taken back or replaced holds until no day, whatever its signed fields promised.
function showFields(said, isVoid = false) {
  const list = part("fields");
  list.hidden = !said;
  for (const cell of list.querySelectorAll("[data-field]")) {
    const value = isVoid && cell.dataset.field === "expires_at" ? "" : said?.[cell.dataset.field];
    const isTime = cell.dataset.field.endsWith("_at");
    const shown = value === "VN" ? cell.dataset.wholeCountry || value : value;
    cell.textContent = value ? (isTime ? day(value) : shown) : "";
    cell.parentElement.hidden = !value;
  }
}

// The server's word, in the page. The list is asked for all the same: the worker keeps it for when there is no network.
function liveStatus() {
  ask(root.dataset.withdrawn).catch(() => {});
  return { state: root.dataset.state, note: "" };
}

// Status without a server's word: from the list of withdrawn results that this device keeps, which knows of none issued later.
async function offlineStatus(said, keys) {
  try {
    const answer = await ask(root.dataset.withdrawn);
    const list = await openWithdrawn(new Uint8Array(await answer.arrayBuffer()), keys);
    notOlder(memory, "withdrawn", list.asOf, "old_list");
    const state = list.stateOf(said.public_id);
    const isUnsure = !state && said.issued_at > list.asOf;
    const standing = state ? words[`listed_${state}`] : isUnsure ? words.newer : words.not_listed;
    return { state, isUnsure, note: `${words.offline} ${day(list.asOf)}. ${standing}` };
  } catch (error) {
    return { state: "", note: error.code === "old_list" ? words.old_list : words.no_list };
  }
}

async function judge(token, publicId) {
  if (!token) { // an id alone has nothing signed in it, and no server is there to ask: neither genuine nor forged
    say("amber", words.bare, "");
    showFields(null);
    return;
  }
  try {
    const keys = await fetchKeys().catch((error) => { throw error instanceof Refused ? error : new Refused("unknown_key"); });
    const said = await check(token, keys);
    if (publicId && said.public_id !== publicId) throw new Refused("other_document");
    // The page in hand tells the live status only if the server made it for this very result.
    const isLive = root.dataset.id === said.public_id;
    const { state, note, isUnsure } = isLive ? liveStatus() : await offlineStatus(said, keys);
    const isOver = said.expires_at && said.expires_at * 1000 < Date.now();
    const outcome = { revoked: "revoked", replaced: "replaced" }[state] || (isOver ? "expired" : "authentic");
    const tone = isUnsure ? "amber" : { authentic: "jade", revoked: "crimson" }[outcome] || "amber";
    const isTrial = words.trial && !isLive && outcome === "authentic"; // the status above says it where it is this paper's
    say(tone, isTrial ? `${words.authentic} ${words.trial}` : words[outcome], [words.compare, note].filter(Boolean).join(" "));
    showFields(said, outcome === "revoked" || outcome === "replaced");
  } catch (error) {
    const code = error instanceof Refused ? error.code : "unreadable";
    const isForged = !["unsupported", "unknown_key", "bad_keys", "old_keys"].includes(code);
    say(isForged ? "error" : "amber", words[code], "");
    if (isForged) doubtStatus();
    showFields(null);
  }
}

// A scanned or typed text: an address of ours with or without a credential, a bare credential, or a bare id, which may be typed in
// groups as it is read from the paper.
function open(text, wrong = words.unreadable) {
  const [address, token = ""] = text.trim().split("#");
  const bare = address.replace(/[\s-]/g, "").toUpperCase();
  const id = (address.match(PATH)?.[1] || (ID.test(bare) ? bare : "")).toUpperCase();
  if (!id) {
    say("error", wrong, words.typed);
    showFields(null);
    return false;
  }
  const target = `${root.dataset.page}${id}${token ? `#${token}` : ""}`;
  if (navigator.onLine || navigator.serviceWorker?.controller) {
    const isSamePage = new URL(target, location.href).pathname === location.pathname;
    location.assign(target);
    if (isSamePage) location.reload();
  } else {
    judge(token, id);
  }
  return true;
}

function here() {
  const token = location.hash.slice(1);
  const id = location.pathname.match(PATH)?.[1].toUpperCase() || "";
  if (token) judge(decodeURIComponent(token), id);
  else if (id && root.dataset.id !== id && !part("status")) judge("", id);
}

function tendScanner() {
  const [startButton, stopButton, video, line] = ["scan-start", "scan-stop", "scan-video", "scan-words"].map(part);
  const stop = () => {
    scan.stop();
    video.hidden = stopButton.hidden = true;
    startButton.hidden = false;
    line.textContent = "";
  };
  part("scan-tools").hidden = part("scan-picture").hidden = false;
  startButton.addEventListener("click", async () => {
    video.hidden = stopButton.hidden = false;
    startButton.hidden = true;
    line.textContent = words.scanning;
    try {
      await scan.start(root.dataset.scanner, video, (text) => { stop(); open(text); });
    } catch {
      stop();
      line.textContent = words.no_camera;
    }
  });
  stopButton.addEventListener("click", stop);
  root.querySelector("#picture").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      open(await scan.fromPicture(root.dataset.scanner, file));
    } catch {
      line.textContent = words.no_code;
    }
  });
}

function tendTyping() {
  const form = part("typed");
  const input = form.elements.ma;
  input.removeAttribute("maxlength"); // a whole address may be pasted: with a script it stays on this device
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(input.value, words.wrong_code);
  });
}

// Two scopes for one worker: addresses in the QR are in capitals.
async function keepForOffline() {
  if (!navigator.serviceWorker) return;
  for (const scope of ["/xm/", "/XM/"]) {
    await navigator.serviceWorker.register(root.dataset.worker, { scope }).catch(() => {});
  }
}

tendScanner();
tendTyping();
here();
addEventListener("hashchange", here);
keepForOffline();
