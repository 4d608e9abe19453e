// How many are ticked in each group, against the least that must be determined.
"use strict";

for (const board of document.querySelectorAll("[data-board]")) {
  const place = board.querySelector("[data-chosen]");
  const quota = Number(board.dataset.quota || 0);
  const count = () => {
    const chosen = board.querySelectorAll("input[name=chosen]:checked").length;
    place.textContent = quota ? `${chosen}／${quota}` : String(chosen);
    place.parentElement.classList.toggle("is-short", chosen < quota);
  };
  if (place) {
    board.addEventListener("change", count);
    count();
  }
}
