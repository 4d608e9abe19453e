// 标注: a row's fields open where the row stands; without this the same buttons bring the page back with them.
"use strict";

const pattern = document.getElementById("mark-pattern");
const decideForm = document.getElementById("decide-form");

function countMarks() {
  const number = document.querySelectorAll(".mark-line").length;
  const place = document.querySelector("[data-marks]");
  if (place) place.textContent = number ? `已标注 ${number} 行。` : "";
}

document.addEventListener("click", (event) => {
  const open = event.target.closest(".mark-open");
  if (open && pattern) {
    event.preventDefault();
    const made = document.createElement("template");
    const place = open.value;
    made.innerHTML = pattern.innerHTML.replaceAll("__ROW__", place).replaceAll("__NUMBER__", String(Number(place) + 1));
    const line = made.content.firstElementChild;
    open.hidden = true;
    open.after(line);
    line.querySelector("textarea").focus();
    countMarks();
  }
  const close = event.target.closest(".mark-close");
  if (close && pattern) {
    const line = close.closest(".mark-line");
    const button = line.parentElement.querySelector(".mark-open");
    if (!button) return; // drawn by the server: it draws the row anew
    event.preventDefault();
    line.remove();
    button.hidden = false;
    button.focus();
    countMarks();
  }
});

if (decideForm) countMarks();
