// input[data-shrink="1600"]: a photo is drawn smaller on the phone before it is sent. input[data-limit]: a file that is
// too large is said at once, while every word typed is still there. Without this script the server says the same.
"use strict";

(() => {
  const QUALITY = 0.85;

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("input[type=file][data-limit]")) return;
    const work = prepare(input).catch(() => check(input));
    input.form.preparing = work.finally(() => { if (input.form.preparing === work) delete input.form.preparing; });
  });

  async function prepare(input) {
    const [file] = input.files;
    if (file && input.dataset.shrink && /^image\/(jpeg|png)$/.test(file.type)) {
      const smaller = await shrink(file, Number(input.dataset.shrink));
      // Another photo may have been chosen meanwhile
      if (smaller && input.files[0] === file) replace(input, smaller);
    }
    check(input);
  }

  async function shrink(file, longest) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = longest / Math.max(picture.width, picture.height);
    if (scale >= 1) return null;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff"; // what was clear in a PNG
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!drawn || drawn.size >= file.size) return null;
    return new File([drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  }

  function replace(input, file) {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
  }

  function check(input) {
    const [file] = input.files;
    const limit = Number(input.dataset.limit);
    const megabytes = (size) => Math.round(size / 1024 / 1024 * 10) / 10;
    const said = file && file.size > limit
      ? `“${file.name}”有 ${megabytes(file.size)} MB，超过上限 ${megabytes(limit)} MB，请压缩后重选；已写的内容不会丢失` : "";
    input.setCustomValidity(said);
    let line = input.parentElement.querySelector("[data-too-large]");
    if (!line) {
      line = document.createElement("div");
      line.className = "field-error";
      line.dataset.tooLarge = "";
      line.setAttribute("role", "alert");
      input.after(line);
    }
    line.textContent = said;
  }

  // A form sent while a photo is still being drawn waits for it
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.preparing || form.dataset.outbox) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    form.preparing.then(() => form.requestSubmit(submitter));
  }, true);
})();
