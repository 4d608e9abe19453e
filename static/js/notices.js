// A paper's form shows only what its kind asks for; without scripts every field stands there with its hint.
(() => {
  const kind = document.getElementById("id_kind");
  if (!kind) return;
  const only = {
    to_leader: ["hint"],
    light: ["urge"],
    held_on: ["talk"],
    due_on: ["rectify", "urge"],
  };
  const show = () => {
    for (const [name, kinds] of Object.entries(only)) {
      const input = document.getElementById(`id_${name}`);
      const field = input && input.closest(".field");
      if (field) field.hidden = !kinds.includes(kind.value);
    }
  };
  kind.addEventListener("change", show);
  show();
})();
