// A criterion's words are asked only where it is said to be met; without this they always stand there.
"use strict";

for (const card of document.querySelectorAll(".criterion-card")) {
  const words = card.querySelector(".criterion-words");
  const area = words.querySelector("textarea");
  const show = () => {
    const chosen = card.querySelector("input[type=radio]:checked");
    words.hidden = !(chosen && chosen.value === "yes") && !area.value.trim();
  };
  card.addEventListener("change", show);
  show();
}
