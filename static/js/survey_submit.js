// Who is proposed gets the township's opinion, who is not the reason; without this both fields stand there.
"use strict";

for (const box of document.querySelectorAll("input[type=checkbox][name=proposed]")) {
  const row = box.closest("tr");
  const opinion = row.querySelector("input[name^=opinion-]");
  const reason = row.querySelector("input[name^=reason-]");
  const show = () => {
    opinion.hidden = !box.checked;
    if (reason) reason.hidden = box.checked && !reason.value.trim();
  };
  box.addEventListener("change", show);
  show();
}
