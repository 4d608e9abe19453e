// Rows of a scheme's part: one more row at a click. Without scripts the page offers two empty rows instead.
"use strict";

// A duty rule shows only the fields its rhythm uses; without scripts all stand there with a word on who needs them.
function fit(row) {
  const rhythm = row.querySelector("[data-rhythm]");
  if (!rhythm) return;
  for (const cell of row.querySelectorAll("[data-rhythms]")) {
    const wrong = cell.querySelector(".field-wrong");
    cell.hidden = !cell.dataset.rhythms.split(" ").includes(rhythm.value) && !wrong;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-rhythm]")) fit(event.target.closest("[data-row]"));
});

function begin(row) {
  fit(row);
  if (row.tagName === "DETAILS") row.open = true;
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
}

for (const form of document.querySelectorAll("form[data-rows]")) {
  const list = form.querySelector("[data-row-list]");
  const template = form.querySelector("[data-row-template]");
  const total = form.querySelector("[name=rows-TOTAL_FORMS]");
  const button = form.querySelector("[data-add-row]");
  const empty = [...list.querySelectorAll("[data-empty]")];
  for (const row of empty) row.hidden = true;
  for (const row of list.querySelectorAll("[data-row]")) fit(row);
  button.hidden = false;
  button.addEventListener("click", () => {
    const waiting = empty.shift();
    if (waiting) {
      waiting.hidden = false;
      begin(waiting);
      return;
    }
    const number = total.value;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", number);
    const row = holder.content.firstElementChild;
    list.append(row);
    total.value = String(Number(number) + 1);
    begin(row);
  });
}
