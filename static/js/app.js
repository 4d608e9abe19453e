// What every page does: menus, the rail on a phone, one submission per click, questions before what cannot be undone.
"use strict";

document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-focus]")) box.focus();
  for (const input of document.querySelectorAll("input[data-date]")) addPicker(input);
  for (const head of document.querySelectorAll("table [data-select-all]")) showAllSelected(head.closest("table"));
  // A table wider than the screen must be reachable by the arrow keys
  for (const box of document.querySelectorAll(".table-scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const open = document.getElementById(toggle.dataset.toggle).classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  closeMenus(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement.closest("details.menu[open]");
  closeMenus(null);
  if (menu) menu.querySelector("summary").focus();
});

function closeMenus(inside) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!inside || !menu.contains(inside)) menu.open = false;
  }
}

// Select all on this page, and the number selected where the page wants to show it
function showAllSelected(table) {
  const head = table.querySelector("[data-select-all]");
  const rows = [...table.querySelectorAll("tbody .cell-select input")];
  if (head) head.checked = rows.length > 0 && rows.every((row) => row.checked);
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const table = box.closest("table");
  if (!table || box.type !== "checkbox") return;
  const rows = [...table.querySelectorAll("tbody .cell-select input")];
  if (box.matches("[data-select-all]")) for (const row of rows) row.checked = box.checked;
  const count = rows.filter((row) => row.checked).length;
  showAllSelected(table);
  for (const place of document.querySelectorAll("[data-selected]")) place.textContent = String(count);
});

// Before anything is sent: ask where it cannot be undone. The server's key decides what is sent twice;
// the dead button only spares the second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
  if (question && !form.dataset.going && !window.confirm(question)) event.preventDefault();
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // After the submit event, so that the pressed button's own name and value still travel
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
  }, 0);
});

// A page taken from the browser's store after "back" must be usable again
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button:disabled")) button.disabled = false;
}

// A date may be typed (2025-3-26, 2025年3月26日) or picked
function addPicker(input) {
  const line = document.createElement("span");
  line.className = "date-picker";
  input.replaceWith(line);
  const picker = document.createElement("input");
  picker.type = "date";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = "选日期";
  button.disabled = input.disabled || input.readOnly;
  line.append(input, button, picker);
  button.addEventListener("click", () => {
    const typed = input.value.match(/(\d{4})\D+(\d{1,2})\D+(\d{1,2})/);
    if (typed) picker.value = `${typed[1]}-${typed[2].padStart(2, "0")}-${typed[3].padStart(2, "0")}`;
    if (picker.showPicker) picker.showPicker(); else picker.focus();
  });
  picker.addEventListener("change", () => {
    const [year, month, day] = picker.value.split("-").map(Number);
    if (!year) return;
    input.value = `${year}年${month}月${day}日`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
