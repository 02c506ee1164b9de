// The camera and pictures: gives the text of a QR to whoever asks. The scanner itself (qr-scanner) is fetched when needed.

let Scanner;
let running;

async function load(address) {
  if (!Scanner) Scanner = (await import(address)).default;
  return Scanner;
}

export async function start(address, video, found) {
  const Class = await load(address);
  running = new Class(video, (result) => found(result.data), { returnDetailedScanResult: true, maxScansPerSecond: 8 });
  await running.start();
}

export function stop() {
  running?.stop();
  running?.destroy();
  running = undefined;
}

export async function fromPicture(address, file) {
  const Class = await load(address);
  const result = await Class.scanImage(file, { returnDetailedScanResult: true });
  return result.data;
}
