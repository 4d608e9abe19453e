// How many are ticked in each group, against the least that must be determined; the statistical type where it is open.
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

for (const select of document.querySelectorAll("select[data-primary]")) {
  const kinds = select.parentElement.querySelector("[data-kinds]");
  if (!kinds) continue;
  const show = () => { kinds.hidden = !kinds.dataset.kinds.split(" ").includes(select.value); };
  select.addEventListener("change", show);
}
