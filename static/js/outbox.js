// form[data-outbox="/prefix/"]: what is sent is kept on this phone first and goes out when there is a network, with the
// key it was given when written, so that it arrives once however often it is sent. Kept by user, gone at sign-out.
// form[data-empty="/address/of/a/case/"] is the same form as the service worker keeps it: whose it is and which cases
// there are comes from the phone's own store, which [data-place] on the person's own pages fills.
"use strict";

(() => {
  const page = document.body.dataset;
  const alone = page.offlinePage !== undefined; // the kept form: no page of anybody
  let user = page.username || "";
  if ((!user && !alone) || !window.indexedDB) return;
  const ASKED = { "X-Requested-With": "fetch" };
  const EVERY = 60_000;
  const form = document.querySelector("form[data-outbox]");
  let flushing = false;
  let typing = 0;

  // ---- the store on the phone -------------------------------------------------------------------------------

  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open("zhengdun", 2);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore("entries", { keyPath: "key" });
        request.result.createObjectStore("typing", { keyPath: "id" });
      }
      request.result.createObjectStore("places", { keyPath: "id" }); // a person's cases: address and village
      request.result.createObjectStore("who", { keyPath: "id" }); // who signed in last on this phone
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => {}); // a browser that keeps nothing sends forms as ever

  async function store(name, mode, act) {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const change = db.transaction(name, mode);
      const request = act(change.objectStore(name));
      change.oncomplete = () => resolve(request.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  }

  const put = (name, row) => store(name, "readwrite", (rows) => rows.put(row));
  const drop = (name, key) => store(name, "readwrite", (rows) => rows.delete(key));
  const get = (name, key) => store(name, "readonly", (rows) => rows.get(key));
  const all = async (name) => (await store(name, "readonly", (rows) => rows.getAll())).filter((row) => row.user === user);
  const waiting = async () => (await all("entries")).sort((one, other) => one.at - other.at);

  // ---- sending ------------------------------------------------------------------------------------------------

  // → { state: sent | refused | failed | offline | signin | other, url, said }
  async function send(entry) {
    let token;
    let answer;
    try {
      answer = await fetch(page.session, { headers: ASKED, redirect: "manual" });
      if (answer.status === 401) return { state: "signin" };
      const session = await answer.json();
      if (session.username !== user) return { state: "other" };
      token = session.token;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", token);
      for (const [name, value] of entry.fields) body.append(name, value);
      for (const { name, blob, fileName } of entry.files) body.append(name, blob, fileName);
      answer = await fetch(entry.action, { method: "POST", body, headers: ASKED });
    } catch {
      return { state: "offline" };
    }
    const path = new URL(answer.url).pathname;
    if (answer.redirected && answer.ok && path.startsWith(entry.arrives) && path.length > entry.arrives.length) {
      return { state: "sent", url: answer.url };
    }
    if (answer.status === 401) return { state: "signin" };
    if (answer.status === 422) return { state: "refused", said: await errorsOf(answer) };
    if (answer.status >= 500) return { state: "offline" };
    const why = { 403: "现在的岗位不能登记", 404: "现在的岗位看不到该对象，请切换岗位或联系乡镇", 413: "文件过大" };
    return { state: "failed", said: why[answer.status] || "没有收下，请打开修改后再送" };
  }

  async function errorsOf(answer) {
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    const lines = [...read.querySelectorAll("main .notice-error li")].map((line) => line.textContent.trim());
    return lines.join("；") || "没有收下，请打开修改后再送";
  }

  async function flush() {
    if (flushing) return;
    flushing = true;
    let sent = 0;
    let stopped = "";
    try {
      for (const entry of await waiting()) {
        const { state, said } = await send(entry);
        if (state === "sent") {
          await drop("entries", entry.key);
          sent += 1;
        } else if (state === "refused" || state === "failed") {
          await put("entries", { ...entry, said });
        } else {
          stopped = state;
          break;
        }
      }
    } finally {
      flushing = false;
    }
    await show({ sent, stopped });
    return stopped;
  }

  // A phone says it is online some seconds before anything gets through
  async function comeBack() {
    for (const seconds of [0, 2, 5, 15]) {
      await new Promise((done) => setTimeout(done, seconds * 1000));
      if ((await flush()) !== "offline") return;
    }
  }

  // ---- what the page says ---------------------------------------------------------------------------------------

  const WHY = {
    offline: "现在连不上服务器，联网后自动送出，不用重写。",
    signin: "登录已失效，内容还在本机，请重新登录，登录后自动送出。",
    other: "此浏览器已换成另一个账号登录，内容还在本机，请用原来的账号登录后送出。",
  };

  async function show({ sent = 0, stopped = "" } = {}) {
    const entries = await waiting();
    let box = document.getElementById("outbox");
    if (!entries.length && !sent) return box && box.remove();
    if (!box) {
      box = document.createElement("div");
      box.id = "outbox";
      box.setAttribute("role", "status");
      document.getElementById("messages").before(box);
    }
    box.className = `notice ${entries.length ? "notice-warning" : "notice-success"}`;
    const inside = document.createElement("div");
    if (sent) inside.append(made("p", `已送达 ${sent} 条工作纪实。`));
    if (entries.length) {
      inside.append(made("strong", `待发送 ${entries.length} 条`), made("p", WHY[stopped] || ""));
      const list = document.createElement("ul");
      list.append(...entries.map(line));
      inside.append(list, button("立即发送", flush));
      if (stopped === "signin") inside.append(link("去登录", `/sign-in/?next=${encodeURIComponent(location.pathname)}`));
    }
    box.replaceChildren(inside);
  }

  function line(entry) {
    const row = made("li", entry.words);
    if (entry.said) row.append(made("div", `没有收下：${entry.said}`));
    if (entry.said) row.append(link("修改", `${entry.action}#entry=${entry.key}`));
    row.append(button("丢弃", async () => {
      if (!window.confirm(`丢弃后不能恢复：${entry.words}`)) return;
      await drop("entries", entry.key);
      show();
    }));
    return row;
  }

  function made(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    return element;
  }

  function button(words, act) {
    const element = made("button", words);
    element.type = "button";
    element.className = "btn btn-sm";
    element.addEventListener("click", () => act());
    return element;
  }

  function link(words, address) {
    const element = made("a", words);
    element.className = "btn btn-sm";
    element.href = address;
    element.addEventListener("click", () => { if (element.pathname === location.pathname) setTimeout(() => location.reload()); });
    return element;
  }

  // ---- the form -------------------------------------------------------------------------------------------------

  const field = (name) => form.querySelector(`[name="${name}"]`);
  const empty = form && form.dataset.empty;
  const typingId = () => `${user} ${empty || form.action}`;

  function fieldsOf() {
    const rows = [...new FormData(form)];
    const ours = ["csrfmiddlewaretoken", "place"];
    return rows.filter(([name, value]) => !ours.includes(name) && typeof value === "string");
  }

  function entryOf() {
    const files = [...new FormData(form)].filter(([, value]) => value instanceof File && value.name);
    const chosen = form.querySelector("[name=kind]:checked");
    const kind = chosen ? chosen.closest("label").textContent.trim() : "";
    const place = empty && form.querySelector("[name=place]:checked");
    const label = place ? place.closest("label").textContent.trim() : form.dataset.label;
    return {
      key: field("_key").value,
      user,
      action: place ? caseAddress(place.value) : form.action,
      arrives: form.dataset.outbox,
      fields: fieldsOf(),
      files: files.map(([name, blob]) => ({ name, blob, fileName: blob.name })),
      words: [label, field("on").value, kind, field("what").value.slice(0, 30)].join(" "),
      at: Date.now(),
    };
  }

  window.addEventListener("submit", (event) => {
    if (event.target !== form || form.dataset.plain) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    clearTimeout(typing);
    keepAndSend().catch(plainly).finally(() => delete form.dataset.sending);
  }, true);

  // The case's uid stands in the address of its form
  const caseAddress = (uid) => new URL(empty.replace(/[0-9a-f-]{36}/, uid), location.origin).href;

  async function keepAndSend() {
    await form.preparing; // a photo that is still being made smaller
    const entry = entryOf();
    await put("entries", entry);
    await drop("typing", typingId());
    const { state, url, said } = await send(entry);
    if (state === "sent") {
      await drop("entries", entry.key);
      location.assign(url);
    } else if (state === "offline" || empty) {
      if (said) await put("entries", { ...entry, said });
      form.reset();
      form.querySelectorAll(".draft-line").forEach((line) => line.remove());
      if (empty) today();
      field("_key").value = freshKey();
      await show({ stopped: state });
      document.getElementById("outbox").scrollIntoView({ block: "center" });
    } else {
      // In front of the reader the page itself says what is wrong, or asks for the password
      if (state !== "signin") await drop("entries", entry.key);
      plainly();
    }
  }

  function plainly() {
    form.dataset.plain = "1";
    form.requestSubmit();
  }

  // crypto.randomUUID is missing where the site has no certificate
  function freshKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function fill(fields) {
    // Written without signal it says "I": the form knows by itself which of the people that is
    const mine = fields.some(([name]) => name === "me") && !field("me");
    for (const input of form.elements) {
      if (mine && input.name === "members") continue;
      if (!input.name || input.name === "place" || ["file", "hidden", "submit", "button"].includes(input.type)) continue;
      const values = fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
    }
  }

  function attach(files) {
    for (const { name, blob, fileName } of files) {
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], fileName, { type: blob.type }));
      field(name).files = chosen.files;
    }
  }

  // ---- without a page of one's own ------------------------------------------------------------------------------

  async function remember() {
    const worker = document.querySelector("[data-worker]");
    if (!worker) return;
    await put("who", { id: "user", name: user });
    if (worker.dataset.worker === "all") for (const place of await all("places")) await drop("places", place.id);
    for (const { dataset } of document.querySelectorAll("[data-place]")) {
      await put("places", { id: `${user} ${dataset.place}`, user, uid: dataset.place, label: dataset.label });
    }
    if (navigator.serviceWorker) await navigator.serviceWorker.register("/sw.js");
  }

  async function beginEmpty() {
    const places = await all("places");
    const [, opened] = location.pathname.match(/\/cases\/([0-9a-f-]{36})\/activities\/add\//) || [];
    if (opened && !places.some(({ uid }) => uid === opened)) places.push({ uid: opened, label: "刚才打开的整顿对象" });
    const nobody = document.querySelector("[data-nobody]");
    if (!user || !places.length) return void (nobody.hidden = false);
    const list = form.querySelector("[data-places]");
    for (const { uid, label } of places) {
      const choice = document.createElement("label");
      choice.className = "kind-button";
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "place", value: uid, required: true });
      radio.defaultChecked = places.length === 1 || uid === opened;
      choice.append(radio, made("span", label));
      list.append(choice);
    }
    const key = Object.assign(document.createElement("input"), { type: "hidden", name: "_key", value: freshKey() });
    form.append(key);
    today();
    form.hidden = false;
  }

  // The kept form may be days old
  function today() {
    const now = new Date();
    field("on").value = `${now.getFullYear()}年${now.getMonth() + 1}月${now.getDate()}日`;
  }

  async function begin() {
    if (empty) await beginEmpty();
    if (form.hidden) return;
    // What came back with errors stands in the form: it waits here no longer
    if (form.dataset.was) await drop("entries", form.dataset.was);
    const key = location.hash.startsWith("#entry=") ? location.hash.slice(7) : "";
    const entry = key ? await get("entries", key) : null;
    if (entry && entry.user === user) {
      fill(entry.fields);
      attach(entry.files);
      field("_key").value = entry.key;
    } else if (!form.dataset.was) {
      const typed = await get("typing", typingId());
      if (typed) restored(typed);
    }
    form.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(keepTyping, 400);
    });
  }

  // A tap alone is not worth keeping: words are
  function keepTyping() {
    const written = [...form.querySelectorAll("textarea")].some((area) => area.value.trim());
    return written ? put("typing", { id: typingId(), user, fields: fieldsOf() }) : drop("typing", typingId());
  }

  function restored(typed) {
    fill(typed.fields);
    const line = made("p", "已恢复上次没有写完的内容。");
    line.className = "draft-line";
    line.setAttribute("role", "status");
    line.append(button("清空重写", async () => {
      await drop("typing", typingId());
      form.reset();
      line.remove();
    }));
    form.prepend(line);
  }

  // ---- leaving ----------------------------------------------------------------------------------------------------

  window.addEventListener("submit", (event) => {
    const leaving = event.target;
    if (!leaving.matches("[data-sign-out]") || leaving.dataset.cleared) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    clear(leaving).catch(() => true).then((going) => {
      if (going === false) return;
      leaving.dataset.cleared = "1";
      leaving.requestSubmit();
    });
  }, true);

  async function clear() {
    const entries = await waiting();
    const question = `本机还有 ${entries.length} 条工作纪实没有送出，退出登录会删除。确定退出？`;
    if (entries.length && !window.confirm(question)) return false;
    for (const entry of entries) await drop("entries", entry.key);
    for (const name of ["typing", "places"]) for (const row of await all(name)) await drop(name, row.id);
    await drop("who", "user");
    return true;
  }

  const start = async () => {
    if (alone) user = ((await get("who", "user")) || {}).name || "";
    else remember().catch(() => {});
    if (form) await begin();
    if ((await waiting()).length) await flush();
  };
  start().catch(() => {});
  window.addEventListener("online", () => comeBack().catch(() => {}));
  setInterval(async () => { if ((await waiting()).some((entry) => !entry.said)) flush(); }, EVERY);
})();
