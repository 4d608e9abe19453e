// form[data-draft="name"]: what is typed is kept on the server, offered again after a mishap, forgotten once sent.
"use strict";

(() => {
  const WAIT = 1500;
  const SKIP = new Set(["csrfmiddlewaretoken", "_key", "_version"]);

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
  });

  function watch(form) {
    const address = `${document.body.dataset.drafts}?key=${encodeURIComponent(form.dataset.draft)}`;
    const line = document.createElement("p");
    line.className = "draft-line";
    line.setAttribute("role", "status");
    (form.querySelector(".form-buttons") || form).append(line);
    const opened = JSON.stringify(read(form));
    let timer = 0;
    let dirty = false;

    const changed = () => {
      dirty = JSON.stringify(read(form)) !== opened;
      clearTimeout(timer);
      if (dirty) timer = setTimeout(save, WAIT);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);

    async function save() {
      try {
        const answer = await send("POST", JSON.stringify(read(form)));
        if (!answer.ok) throw new Error();
        const { saved_at: at } = await answer.json();
        line.textContent = `已保存草稿 ${at.slice(11, 16)}`;
      } catch {
        line.textContent = "草稿暂时没有保存（登录失效或网络不通），内容还在本页。";
      }
    }

    function send(method, body) {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const headers = { "X-Requested-With": "fetch", "X-CSRFToken": token, "Content-Type": "application/json" };
      return fetch(address, { method, body, headers, keepalive: method === "DELETE" });
    }

    window.addEventListener("beforeunload", (event) => {
      if (dirty && !form.dataset.sent) event.preventDefault();
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(timer);
      dirty = false;
      send("DELETE");
    });

    // A form that came back with errors shows what was typed already
    if (!form.querySelector("[data-focus]")) offer();

    async function offer() {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      if (answer.status !== 200) return;
      const { data, saved_at: at } = await answer.json();
      const differing = Object.keys(data).filter((name) => JSON.stringify(read(form)[name]) !== JSON.stringify(data[name]));
      if (!differing.length) return;
      const box = document.createElement("div");
      box.className = "notice notice-info";
      box.setAttribute("role", "status");
      const words = document.createElement("span");
      words.textContent = `有一份 ${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日 ${at.slice(11, 16)} 没有提交的草稿，${differing.length} 项与现在不同。`;
      box.append(words, button("恢复", () => { write(form, data); changed(); box.remove(); }),
        button("丢弃", () => { send("DELETE"); box.remove(); }));
      form.prepend(box);
    }
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  // Every field by its name, as a list of its values; passwords and files never leave the page
  function read(form) {
    const data = {};
    for (const field of form.elements) {
      if (!field.name || SKIP.has(field.name) || ["password", "file", "submit", "button"].includes(field.type)) continue;
      data[field.name] ??= [];
      if (["checkbox", "radio"].includes(field.type)) {
        if (field.checked) data[field.name].push(field.value);
      } else if (field.multiple) {
        data[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      } else {
        data[field.name].push(field.value);
      }
    }
    return data;
  }

  function write(form, data) {
    const taken = {};
    for (const field of form.elements) {
      const values = data[field.name];
      if (!values || field.type === "hidden") continue;
      if (["checkbox", "radio"].includes(field.type)) {
        field.checked = values.includes(field.value);
      } else if (field.multiple) {
        for (const option of field.options) option.selected = values.includes(option.value);
      } else {
        taken[field.name] = (taken[field.name] ?? -1) + 1;
        field.value = values[taken[field.name]] ?? "";
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
})();
