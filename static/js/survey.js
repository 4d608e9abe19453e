// The score sheet: moves like a spreadsheet, keeps the running score, saves each row as it is left, takes blocks from Excel.
// Without it the sheet is an ordinary form.
"use strict";

(() => {
  const form = document.querySelector("[data-score-grid]");
  if (!form) return;
  const full = Number(form.dataset.full);
  const bar = form.querySelector("[data-bar]");
  const barWords = form.querySelector("[data-bar-words]");
  const barSource = form.querySelector("[data-bar-source]");
  const barNote = form.querySelector("[data-bar-note]");
  const barKnown = form.querySelector("[data-bar-known]");
  const state = form.querySelector("[data-state]");
  const box = document.querySelector("[data-paste-box]");
  const rows = [...form.querySelectorAll("tr[data-row]")];
  const texts = new Map(
    [...document.getElementById("criteria-texts").content.children].map((one) => [one.dataset.order, one]),
  );
  const dirty = new Map(); // row uid → Set of criterion numbers not saved yet
  const wrong = new Set(); // row uids the server refused
  let current = null; // the cell the bar speaks of
  let timer = 0;
  let busy = false;
  let leaving = false;

  const rowOf = (input) => input.closest("tr[data-row]");
  const inputsOf = (row) => [...row.querySelectorAll("input[data-order]")];
  const wordsOf = (row, order) => document.getElementById(`w-${row.dataset.row}-${order}`);
  const sourceOf = (row, order) => document.getElementById(`s-${row.dataset.row}-${order}`);
  const cellOf = (row, order) => row.querySelector(`input[data-order="${order}"]`);
  const messageOf = (row) => form.querySelector(`tr[data-message="${row.dataset.row}"]`);

  function number(text) {
    const plain = text.normalize("NFKC").trim().replace(/分$/, "").trim();
    if (["", "-", "—", "——", "/", "无"].includes(plain)) return 0;
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
  }

  // --- what a row shows ---------------------------------------------------------------------------------------

  function refresh(row) {
    let sum = 0;
    for (const input of inputsOf(row)) {
      const words = wordsOf(row, input.dataset.order).value.trim();
      if (input.hasAttribute("data-met")) input.value = words ? "符合" : "";
      const points = input.hasAttribute("data-met") ? 0 : number(input.value);
      sum += points || 0;
      const cell = input.parentElement;
      cell.classList.toggle("has-words", Boolean(words));
      cell.classList.toggle("lacks-words", Boolean(points) && !words);
    }
    row.querySelector("[data-deducted]").textContent = String(Math.round(sum * 10) / 10);
    row.querySelector("[data-score]").textContent = String(Math.round((full - sum) * 10) / 10);
  }

  function check(row, input) {
    const order = input.dataset.order;
    const limit = Number(texts.get(order).dataset.points);
    const points = input.hasAttribute("data-met") ? 0 : number(input.value);
    let problem = "";
    if (Number.isNaN(points)) problem = `“${input.value.trim()}”不是数字`;
    else if (points < 0) problem = "扣分不能为负数";
    else if (points > limit) problem = `扣分 ${points} 超过标准分 ${limit}`;
    mark(input, problem && `${row.dataset.name}${texts.get(order).dataset.name}：${problem}`);
    return !problem;
  }

  function mark(input, problem) {
    input.parentElement.classList.toggle("is-wrong", Boolean(problem));
    input.toggleAttribute("aria-invalid", Boolean(problem));
    if (problem) input.setAttribute("aria-invalid", "true");
    input.title = problem || "";
  }

  function say(row, words, ...buttons) {
    const line = messageOf(row);
    line.classList.toggle("is-empty", !words);
    line.firstElementChild.replaceChildren(words || "", ...buttons);
  }

  function problems(row) {
    const found = inputsOf(row).map((input) => input.title).filter(Boolean);
    say(row, found.join("；"));
  }

  function tell() {
    const waiting = dirty.size;
    state.classList.toggle("is-wrong", wrong.size > 0);
    if (wrong.size) state.textContent = `有 ${wrong.size} 行未保存`;
    else if (busy) state.textContent = "正在保存…";
    else state.textContent = waiting ? "有改动，即将保存" : "已全部保存";
  }

  // --- the bar: which village, which criterion, its words -------------------------------------------------------

  function show(input) {
    current = input;
    const row = rowOf(input);
    const text = texts.get(input.dataset.order);
    bar.querySelector("[data-bar-name]").textContent = `${row.dataset.name} · ${text.dataset.name}`;
    const points = Number(text.dataset.points) ? `标准分 ${text.dataset.points}。` : "写明具体表现即为符合。";
    const rubric = text.querySelector(`[data-field="${row.dataset.field}"]`);
    const place = bar.querySelector("[data-bar-text]");
    place.textContent = points + (rubric ? rubric.textContent.trim() : "");
    place.title = place.textContent;
    barWords.value = wordsOf(row, input.dataset.order).value;
    const [source, ...note] = sourceOf(row, input.dataset.order).value.replace(":", "：").split("：");
    barSource.value = source.trim();
    barNote.value = note.join("：");
    bar.querySelector("[data-bar-open]").href = row.dataset.open;
    const known = form.querySelector(`[data-known="${row.dataset.row}"]`);
    barKnown.replaceChildren(known.children.length ? known.cloneNode(true) : "没有登记参考情况");
  }

  // One field for source and words, as it is typed without a script and in Excel: 其他：巡察反馈
  function pickSource() {
    if (!current) return;
    const row = rowOf(current);
    const note = barNote.value.trim();
    sourceOf(row, current.dataset.order).value = note ? `${barSource.value}：${note}` : barSource.value;
    const found = number(current.value) || wordsOf(row, current.dataset.order).value.trim();
    if (!found) return;
    if (barSource.value === "其他" && !note) {
      say(row, "来源为“其他”的，须写明来源");
      barNote.focus();
      return;
    }
    touch(row, current.dataset.order);
  }

  barSource.addEventListener("change", pickSource);
  barNote.addEventListener("change", pickSource);

  barWords.addEventListener("input", () => {
    if (!current) return;
    const row = rowOf(current);
    wordsOf(row, current.dataset.order).value = barWords.value;
    refresh(row);
    touch(row, current.dataset.order);
  });

  barWords.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && !(event.key === "Enter" && !event.shiftKey && !event.isComposing)) return;
    event.preventDefault();
    if (current) current.focus();
  });

  // --- moving ----------------------------------------------------------------------------------------------------

  function move(input, down, right) {
    const row = rowOf(input);
    if (right) {
      const line = inputsOf(row);
      const next = line[line.indexOf(input) + right];
      if (next) focus(next);
      return;
    }
    for (let i = rows.indexOf(row) + down; rows[i]; i += down) {
      const next = cellOf(rows[i], input.dataset.order);
      if (next) return focus(next);
    }
  }

  function focus(input) {
    input.focus();
    input.select();
  }

  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input[data-order]")) {
      show(event.target);
      event.target.select();
    }
  });

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("input[data-order]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const start = input.selectionStart === 0;
    const end = input.selectionEnd === input.value.length;
    const moves = {
      Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: start ? [0, -1] : null,
      ArrowRight: end ? [0, 1] : null,
    };
    if (event.key === "F2" || (event.key === "Enter" && input.readOnly)) {
      event.preventDefault();
      barWords.focus();
    } else if (moves[event.key]) {
      event.preventDefault();
      move(input, ...moves[event.key]);
    }
  });

  // --- saving ------------------------------------------------------------------------------------------------------

  function touch(row, order) {
    const uid = row.dataset.row;
    if (!dirty.has(uid)) dirty.set(uid, new Set());
    dirty.get(uid).add(order);
    wrong.delete(uid);
    tell();
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches("input[data-order]")) return;
    const row = rowOf(event.target);
    check(row, event.target);
    problems(row);
    refresh(row);
    touch(row, event.target.dataset.order);
  });

  form.addEventListener("focusout", (event) => {
    if (event.target.matches("input[data-order]") && dirty.size && !form.contains(event.relatedTarget)) save();
  });

  function load(row) {
    const order = [...dirty.get(row.dataset.row)];
    const points = {};
    const words = {};
    const sources = {};
    for (const one of order) {
      const input = cellOf(row, one);
      if (!input.hasAttribute("data-met")) points[one] = input.value;
      words[one] = wordsOf(row, one).value;
      sources[one] = sourceOf(row, one).value;
    }
    return { uid: row.dataset.row, version: Number(row.dataset.version), points, words, sources };
  }

  async function save() {
    clearTimeout(timer);
    const going = rows.filter((row) => dirty.has(row.dataset.row) && !wrong.has(row.dataset.row));
    if (busy || !going.length) return;
    busy = true;
    const sent = going.map(load);
    for (const row of going) dirty.delete(row.dataset.row);
    tell();
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST",
        keepalive: true, // goes out even when the page is left at once
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
          "X-Requested-With": "fetch",
        },
        body: JSON.stringify({ rows: sent }),
      });
      if (answer.status === 401) {
        back(sent);
        form.requestSubmit(); // the frame asks for the password, then the whole sheet goes as a form
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      for (const result of (await answer.json()).rows) settle(result, sent);
    } catch {
      back(sent);
      state.classList.add("is-wrong");
      state.textContent = "没有连上服务器，内容还在，稍后自动重试";
      timer = setTimeout(save, 8000);
      busy = false;
      return;
    } finally {
      busy = false;
    }
    tell();
    if ([...dirty.keys()].some((uid) => !wrong.has(uid))) timer = setTimeout(save, 400);
  }

  function back(sent) {
    for (const one of sent) {
      const orders = dirty.get(one.uid) || new Set();
      for (const order of Object.keys(one.words)) orders.add(order);
      dirty.set(one.uid, orders);
    }
  }

  function settle(result, sent) {
    const row = rows.find((one) => one.dataset.row === result.uid);
    row.dataset.version = result.version;
    row.querySelector("input[type=hidden]").value = result.version;
    if (result.saved) {
      if (!dirty.has(result.uid)) say(row, "");
      return;
    }
    back(sent.filter((one) => one.uid === result.uid));
    wrong.add(result.uid);
    for (const [order, problem] of Object.entries(result.errors || {})) mark(cellOf(row, order), problem);
    if (result.stale) disputed(row, result);
    else say(row, [result.error, ...Object.values(result.errors || {})].filter(Boolean).join("；"));
  }

  function disputed(row, result) {
    const mine = button("以我填的为准", () => {
      wrong.delete(result.uid);
      say(row, "");
      save();
    });
    const theirs = button("采用已保存的", () => {
      for (const [order, cell] of Object.entries(result.now)) {
        const input = cellOf(row, order);
        if (!input) continue;
        input.value = cell.points;
        wordsOf(row, order).value = cell.words;
        sourceOf(row, order).value = cell.source;
        mark(input, "");
      }
      dirty.delete(result.uid);
      wrong.delete(result.uid);
      refresh(row);
      say(row, "");
      tell();
      if (current && rowOf(current) === row) show(current);
    });
    say(row, `这一行已被他人修改为：${result.stale}。您填的还没有保存。`, mine, theirs);
  }

  function button(words, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = words;
    made.addEventListener("click", action);
    return made;
  }

  // --- a block from Excel --------------------------------------------------------------------------------------------

  form.addEventListener("paste", (event) => {
    if (!event.target.matches("input[data-order]")) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    lay(text, event.target);
  });

  async function lay(text, at) {
    const errors = box.querySelector("[data-block-errors]");
    const place = at ? { row: rowOf(at).dataset.row, column: at.dataset.order } : { row: "", column: "" };
    let block;
    try {
      const answer = await fetch(form.dataset.paste, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
          "X-Requested-With": "fetch",
        },
        body: JSON.stringify({ text, ...place }),
      });
      block = await answer.json();
      if (!answer.ok && !block.errors) block = { errors: [block.error || "没有粘贴成功，请稍后再试"] };
    } catch {
      block = { errors: ["没有连上服务器，请稍后再试；粘贴的内容保留在下面"] };
    }
    errors.replaceChildren(...block.errors.map((words) => Object.assign(document.createElement("div"), { textContent: words })));
    if (block.errors.length) {
      box.open = true;
      box.querySelector("textarea").value = text;
      box.querySelector("[data-block-at]").textContent = at ? `${rowOf(at).dataset.name}${texts.get(at.dataset.order).dataset.name.split(" ")[0]}` : "第一行第一列";
      box.scrollIntoView({ block: "nearest" });
      box.querySelector("textarea").focus();
      return;
    }
    box.open = false;
    box.querySelector("textarea").value = "";
    fill(block.cells);
  }

  function fill(cells) {
    for (const [uid, values] of Object.entries(cells)) {
      const row = rows.find((one) => one.dataset.row === uid);
      for (const [order, value] of Object.entries(values)) {
        const input = cellOf(row, order);
        if (!input || input.hasAttribute("data-met") || input.value === value) continue;
        input.value = value;
        check(row, input);
        touch(row, order);
      }
      problems(row);
      refresh(row);
    }
    save();
  }

  // The button, not the submit event: the frame takes every submit at the document and would send the form
  box.querySelector("[data-block-form] button").addEventListener("click", (event) => {
    event.preventDefault();
    lay(box.querySelector("textarea").value, current);
  });

  // --- leaving ---------------------------------------------------------------------------------------------------------

  form.querySelector("[data-save-all]").addEventListener("click", (event) => {
    event.preventDefault();
    wrong.clear();
    save();
    tell();
  });
  // The next page reads what is stored: what is still on its way arrives first.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-after-saving]");
    const unsaved = () => busy || [...dirty.keys()].some((uid) => !wrong.has(uid));
    if (!link || !unsaved() || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    for (let turn = 0; turn < 50 && unsaved(); turn += 1) {
      await save();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    location.assign(link.href);
  });
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size && !leaving) event.preventDefault();
  });

  bar.hidden = false;
  for (const row of rows) refresh(row);
  const first = form.querySelector(".is-wrong input") || form.querySelector("input[data-order]");
  if (first) show(first);
})();
