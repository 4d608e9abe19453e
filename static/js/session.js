// A form goes out only over a living session: if it has ended, sign in on this very page and the form goes again.
"use strict";

(() => {
  const page = document.body ? document.body.dataset : {};
  let waiting = null; // { form, submitter } that goes out after signing in

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.matches("[data-sign-in], [data-sign-out]") || form.dataset.going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    check(form, event.submitter);
  }, true);

  async function check(form, submitter) {
    let answer;
    try {
      answer = await fetch(page.session, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    } catch {
      say("现在连不上服务器。您填写的内容还在，请稍后再提交。");
      return;
    }
    if (answer.status === 401) return ask(form, submitter);
    if (answer.ok) {
      const { username, token } = await answer.json();
      if (username !== page.username) {
        say("此浏览器已换成另一个账号登录，为避免记错人，没有提交。请刷新页面。");
        return;
      }
      renew(token);
    }
    go(form, submitter);
  }

  function go(form, submitter) {
    form.dataset.going = "1";
    form.requestSubmit(submitter && submitter.form === form ? submitter : undefined);
    delete form.dataset.going;
  }

  function ask(form, submitter) {
    waiting = { form, submitter };
    const dialog = document.getElementById("sign-in-dialog");
    dialog.querySelector("[data-error]").textContent = "";
    askPassword(dialog.querySelector("form"));
    dialog.showModal();
    dialog.querySelector("[name=password]").focus();
  }

  // Signing in has two halves for who has a second factor; `to` is where the code goes
  function askCode(form, to) {
    form.dataset.to = to;
    form.querySelector("[data-code]").hidden = false;
    form.querySelector("[name=password]").disabled = true;
    form.querySelector("[name=code]").focus();
  }

  function askPassword(form) {
    delete form.dataset.to;
    form.querySelector("[data-code]").hidden = true;
    form.querySelector("[name=code]").value = "";
    form.querySelector("[name=password]").disabled = false;
  }

  function renew(token) {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  }

  function say(words) {
    const line = document.createElement("div");
    line.className = "notice notice-error";
    line.setAttribute("role", "alert");
    line.textContent = words;
    const place = document.getElementById("messages");
    place.replaceChildren(line);
    place.scrollIntoView({ block: "center" });
  }

  async function signIn(form) {
    const error = form.querySelector("[data-error]");
    const button = form.querySelector("button:not([type=button])");
    error.textContent = "";
    button.disabled = true;
    try {
      const answer = await fetch(form.dataset.to || form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
      });
      const data = await answer.json();
      if (data.again) askPassword(form);
      if (!answer.ok) throw new Error(data.error || "登录没有成功，请再试一次。");
      if (data.code) return askCode(form, data.code);
      renew(data.token);
      form.querySelector("[name=password]").value = "";
      document.getElementById("sign-in-dialog").close();
      if (waiting) go(waiting.form, waiting.submitter);
    } catch (problem) {
      error.textContent = problem instanceof TypeError ? "现在连不上服务器，请稍后再试。" : problem.message;
    } finally {
      button.disabled = false;
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sign-in]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    signIn(event.target);
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest("#sign-in-dialog [data-close]")) document.getElementById("sign-in-dialog").close();
  });

  // A script's own request (htmx) that met the end of the session
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) ask(event.detail.elt.closest("form"), null);
  });
})();
