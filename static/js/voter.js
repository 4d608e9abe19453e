// The slip's QR carries the code behind the #, which is never sent: it is taken from there into the form and removed
// from the address, so that neither a log nor the browser's history keeps it.
(() => {
  const form = document.querySelector("form[data-code]");
  const code = decodeURIComponent(location.hash.slice(1)).trim();
  if (!form || !code) return;
  history.replaceState(null, "", location.pathname);
  form.querySelector("input[name=code]").value = code.slice(0, 20);
  form.submit();
})();
