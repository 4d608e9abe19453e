// Running sums and rates beside the grid of a tally, and what does not agree yet. The server checks everything again.
(() => {
  const form = document.querySelector("form[data-tally]");
  if (!form) return;
  const input = (name) => form.querySelector(`[name$="-${name}"]`);
  const number = (field) => {
    const text = field ? field.value.normalize("NFKC").trim() : "";
    return text === "" ? null : /^\d+$/.test(text) ? Number(text) : NaN;
  };
  const satisfied = new Set(JSON.parse(form.dataset.satisfied || "[]"));
  const check = form.querySelector("[data-check]");

  const row = (line, valid) => {
    const cells = [...line.querySelectorAll("input")];
    const votes = cells.map((cell) => number(cell) || 0);
    const sum = votes.reduce((a, b) => a + b, 0);
    const good = cells.reduce((a, cell, i) => a + (satisfied.has(cell.dataset.option) ? votes[i] : 0), 0);
    const wrong = valid !== null && sum !== valid;
    const total = line.querySelector("[data-sum]");
    total.textContent = wrong ? `${sum}（应为 ${valid}）` : sum;
    total.classList.toggle("tally-wrong", wrong);
    line.querySelector("[data-rate]").textContent = sum ? `${((good * 100) / sum).toFixed(2)}%` : "—";
  };

  const agree = () => {
    const of = (name) => number(input(name));
    const said = [];
    const most = (a, b, one, other) => {
      if (a !== null && b !== null && a > b) said.push(`${one} ${a} 大于${other} ${b}`);
    };
    most(of("present"), of("entitled"), "实到人数", "应到人数");
    const issued = of("issued");
    most(issued === null ? null : issued + (of("handed_out") || 0), of("present"), "发出票", "实到人数");
    most(of("returned"), issued, "收回票", "发出票");
    const [returned, valid, invalid] = ["returned", "valid", "invalid"].map(of);
    if (returned !== null && valid !== null && invalid !== null && valid + invalid !== returned)
      said.push(`有效票 ${valid} + 无效票 ${invalid} = ${valid + invalid}，不等于收回票 ${returned}`);
    check.textContent = said.join("；");
    check.classList.toggle("tally-wrong", said.length > 0);
    form.querySelectorAll("[data-item]").forEach((line) => row(line, valid));
  };

  // Enter goes to the next cell as in a sheet; the button saves
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    const fields = [...form.querySelectorAll("input:not([type=hidden])")];
    const next = fields[fields.indexOf(event.target) + 1];
    event.preventDefault();
    (next || form.querySelector("button[type=submit]")).focus();
    if (next) next.select();
  });
  form.addEventListener("input", agree);
  form.querySelectorAll(".tally-live").forEach((cell) => (cell.hidden = false));
  agree();
})();
