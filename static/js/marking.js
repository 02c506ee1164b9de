// A place that is wrong is drawn on the page of a paper that the viewer shows, with the mouse or the keyboard, and goes
// with one thing that is asked for. Without this script a picture is chosen as a file. Boxes are kept per mille.
function tendMarks() {
  const words = document.querySelector("[data-marks-words]")?.dataset;
  const viewer = document.querySelector("[data-viewer]");
  if (!words || !viewer) return;
  const WHOLE = 1000;
  const STEP = 20;
  const LEAST = Math.max(STEP, Number(words.marksLeast)); // never less than the portal takes
  const MOST = Number(words.marksLimit);

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const button = (text, press) => {
    const made = element("button", "govuk-button govuk-button--secondary govuk-button--small", text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  };
  const within = (value, low, high) => Math.min(Math.max(value, low), high);

  // One drawing at a time: a layer over the page, with a rectangle that pointer and keys move.
  function draw(image, onDone, onEnd) {
    const frame = element("div", "marking");
    const page = element("div", "marking__page");
    image.replaceWith(frame);
    page.append(image);
    const layer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    layer.setAttribute("class", "marking__layer");
    layer.setAttribute("viewBox", `0 0 ${WHOLE} ${WHOLE}`);
    layer.setAttribute("preserveAspectRatio", "none");
    layer.setAttribute("tabindex", "0");
    layer.setAttribute("role", "application");
    layer.setAttribute("aria-label", words.marksHow);
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    shape.setAttribute("class", "marking__box");
    layer.append(shape);
    const tools = element("div", "marking__tools");
    tools.append(element("p", "soft small", words.marksHow));
    page.append(layer);
    frame.append(tools, page);
    let box = { x: 350, y: 400, width: 300, height: 150 };
    let from = null;

    const show = () => {
      for (const side of ["x", "y", "width", "height"]) shape.setAttribute(side, box[side]);
    };
    const at = (event) => {
      const area = layer.getBoundingClientRect();
      return {
        x: within(Math.round(((event.clientX - area.left) / area.width) * WHOLE), 0, WHOLE),
        y: within(Math.round(((event.clientY - area.top) / area.height) * WHOLE), 0, WHOLE),
      };
    };
    const stretch = (to) => {
      const x = within(Math.min(from.x, to.x), 0, WHOLE - LEAST);
      const y = within(Math.min(from.y, to.y), 0, WHOLE - LEAST);
      box = {
        x,
        y,
        width: within(Math.abs(from.x - to.x), LEAST, WHOLE - x),
        height: within(Math.abs(from.y - to.y), LEAST, WHOLE - y),
      };
      show();
    };
    const end = (isDone) => {
      frame.replaceWith(image);
      if (isDone) onDone([box.x, box.y, box.width, box.height].join(","));
      onEnd();
    };
    layer.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      layer.focus();
      layer.setPointerCapture(event.pointerId);
      from = at(event);
    });
    layer.addEventListener("pointermove", (event) => {
      if (from) stretch(at(event));
    });
    layer.addEventListener("pointerup", () => {
      from = null;
    });
    layer.addEventListener("keydown", (event) => {
      const [across, down] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] || [0, 0];
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        end(event.key === "Enter");
      } else if (across || down) {
        event.preventDefault();
        if (event.shiftKey) {
          box.width = within(box.width + across, LEAST, WHOLE - box.x);
          box.height = within(box.height + down, LEAST, WHOLE - box.y);
        } else {
          box.x = within(box.x + across, 0, WHOLE - box.width);
          box.y = within(box.y + down, 0, WHOLE - box.height);
        }
        show();
      }
    });
    tools.append(
      button(words.marksDone, () => end(true)),
      button(words.marksCancel, () => end(false)),
    );
    show();
    layer.focus();
  }

  // The page that the viewer shows: a photo as it is, or a page of a PDF fetched as a picture.
  function pageShown(done, refuse) {
    viewer.dispatchEvent(new Event("viewer:reset"));
    const image = viewer.querySelector(".viewer__image");
    const frame = viewer.querySelector(".viewer__frame");
    const file = /\/tep\/(\d+)\//.exec((image || frame)?.src || "")?.[1];
    if (!file) return refuse(words.marksNone);
    if (image) return done(image, file, 1);
    const turn = (page) => {
      const picture = element("img", "viewer__image");
      picture.alt = `${frame.title}, ${words.marksPage} ${page}`;
      picture.addEventListener("load", () => {
        const box = element("div", "marking__pdf");
        const turns = element("p", "marking__turns");
        if (page > 1) turns.append(button(words.marksBefore, () => turn(page - 1)));
        turns.append(element("span", "", `${words.marksPage} ${page}`), button(words.marksNext, () => turn(page + 1)));
        box.append(turns, picture);
        (viewer.querySelector(".marking__pdf") || frame).replaceWith(box);
        done(picture, file, page, () => viewer.querySelector(".marking__pdf")?.replaceWith(frame));
      });
      picture.addEventListener("error", () => refuse(words.marksScan));
      picture.src = words.marksPages.replace("/tep/0/trang/0/", `/tep/${file}/trang/${page}/`);
    };
    return turn(1);
  }

  for (const item of document.querySelectorAll("[data-marks]")) {
    const kept = item.querySelector("input[type=hidden]");
    const tools = item.querySelector("[data-marks-tools]");
    const said = element("p", "soft small");
    said.setAttribute("role", "status");
    const list = element("ul", "marking__list");
    const marks = () => kept.value.split(";").filter(Boolean);
    const write = (all) => {
      kept.value = all.join(";");
      list.replaceChildren(
        ...all.map((mark) => {
          const row = element("li", "", `${words.marksButton}: ${words.marksPage} ${mark.split(":")[1]} `);
          row.append(button(words.marksDrop, () => write(marks().filter((other) => other !== mark))));
          return row;
        }),
      );
    };
    const start = button(words.marksButton, () => {
      said.textContent = "";
      if (marks().length >= MOST) {
        said.textContent = words.marksMost;
        return;
      }
      pageShown(
        (image, file, page, back) =>
          draw(
            image,
            (box) => write([...marks(), `${file}:${page}:${box}`]),
            () => {
              if (back) back();
              start.focus();
            },
          ),
        (why) => {
          said.textContent = why;
        },
      );
    });
    tools.append(start, said, list);
    write(marks());
  }
}
tendMarks();
