"""Words that become a script where a page forgets to escape them, and what a page must then show none of."""

from playwright.sync_api import Error, Page

PAYLOADS = [
    "<script data-x>__x=1</script>",
    "<img data-x src=x onerror=__x=1>",
    '"><svg data-x onload=__x=1>',
    "'><svg data-x onload=__x=1>",
    "</title><b data-x>",
    "</textarea><b data-x>",
    "</script><script data-x>__x=1",
    '" onfocus=__x=1 autofocus data-x="',
    "' onfocus=__x=1 autofocus data-x='",
    " onfocus=__x=1 autofocus data-x ",
    "javascript:__x=1//",
    "<a data-x href=javascript:__x=1>",
    "<b data-x hx-get=/ hx-trigger=load>",
    "<b data-x hx-on:load=__x=1>",
    "<style data-x>*{color:red}</style>",
    "<base data-x href=//127.0.0.1/>",
    "<meta data-x http-equiv=refresh>",
    "<form data-x action=//127.0.0.1>",
    "<iframe data-x srcdoc=x>",
    "--><b data-x>",
    "]]><b data-x>",
    "&lt;b data-x&gt;<b data-x>",
    "&quot;&gt;<b data-x>",
    "{{constructor.constructor('__x=1')()}}",
    "${__x=1}`${__x=1}",
    "\\u003cb data-x\\u003e",
    "＜b data-x＞<b/data-x>",
    "<b\tdata-x\n>",
    "<<b data-x>//<</b>",
    "\u2028__x=1//",
]
# Before anything of the page runs
LISTEN = """
window.__refused = [];
document.addEventListener('securitypolicyviolation', event =>
  window.__refused.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.__x = 1; };
"""
LOOK = """() => {
  const found = [...window.__refused];
  if (window.__x) found.push('ran');
  for (const node of document.querySelectorAll('[data-x]')) found.push(node.outerHTML.slice(0, 90));
  for (const node of document.querySelectorAll('*')) {
    for (const { name, value } of node.attributes) {
      if (name.startsWith('on') || name.startsWith('hx-on')) found.push(name + '=' + value.slice(0, 60));
      if (/^(href|src|action|formaction)$/.test(name) && /^\\s*(javascript|data:text|vbscript):/i.test(value))
        found.push(name + '=' + value.slice(0, 60));
    }
  }
  return found;
}"""


class Walker:
    """Opens pages and tells what of somebody's words became part of them."""

    def __init__(self, page: Page) -> None:
        self.page, self.heard, self.opened = page, [], 0
        page.add_init_script(LISTEN)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
        page.on("console", self._console)

    def _dialog(self, dialog) -> None:
        self.heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, line) -> None:
        if "Content Security Policy" in line.text or "__x" in line.text:
            self.heard.append(line.text[:200])

    def open(self, address: str) -> list[str]:
        """What is wrong with a page; [] for nothing, and for an address that is a file or nobody's page."""
        self.heard.clear()
        try:
            answer = self.page.goto(address, wait_until="load")
        except Error as stopped:
            return (
                []
                if "ownload" in stopped.message or "ERR_ABORTED" in stopped.message
                else [stopped.message[:200]]
            )
        if answer is not None and answer.status >= 500:
            return [f"status {answer.status}"]
        if answer is not None and answer.status == 200 and "html" in answer.headers.get("content-type", ""):
            self.opened += 1
            self.heard += self.page.evaluate(LOOK)
        return list(self.heard)
