"""page.py CHROMIUM URL TOKEN FOLDER: what a person does on the page, in a real browser, which is driven over a pipe.

Exits with 1 and says why when the page does not do it.  Every wait has a deadline.
"""
import fcntl
import json
import os
import select
import subprocess
import sys
import time

from wait import until

PATIENCE = 30
MARKUP = '<img src=x onerror="document.title=1">山田'


class Browser:
    def __init__(self, program, folder):
        out_r, out_w = os.pipe()
        in_r, in_w = os.pipe()
        out_r, in_w = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (out_r, in_w))

        def ends():  # it reads from 3 and writes to 4
            os.dup2(out_r, 3)
            os.dup2(in_w, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             f"--user-data-dir={folder}/chromium", "--window-size=900,900"],
            preexec_fn=ends, pass_fds=(3, 4), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(out_r)
        os.close(in_w)
        self.write, self.read, self.rest, self.number = out_w, in_r, b"", 0
        self.session, self.complaints = None, []

    def message(self, deadline):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.read], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self.read, 65536) if ready else b""
            if not data:
                sys.exit("FAIL: the browser says nothing more")
            self.rest += data
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            said = self.message(deadline)
            if said.get("id") == self.number:
                if "error" in said:
                    sys.exit(f"FAIL: {method}: {said['error']}")
                return said["result"]
            self.event(said)

    def event(self, said):
        params = said.get("params", {})
        if said.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"])[:300])
        elif said.get("method") == "Log.entryAdded" and params["entry"]["source"] != "network":
            self.complaints.append(params["entry"]["text"])

    def open(self, url):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page"):
            self.ask(f"{domain}.enable")
        self.ask("Page.navigate", url=url)

    def js(self, text):
        result = self.ask("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"FAIL: {text}: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def wait(self, what, text):
        if not until(lambda: self.js(f"!!({text})"), PATIENCE):
            sys.exit(f"{self.js('document.body.innerText.slice(0, 1000)')}\n{self.complaints}\nFAIL: {what}")

    def type(self, selector, text):
        self.js(f"document.querySelector({json.dumps(selector)}).focus()")
        self.ask("Input.insertText", text=text)

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Enter": 13, "Escape": 27}[key],
                     text="\r" if key == "Enter" and kind == "keyDown" else "")

    def end(self):
        self.process.terminate()
        self.process.wait(10)


def sign_in(b, token):
    b.wait("a page without a token asks for one", "!!document.querySelector('#token')")
    b.type("#token", "tenken_" + "0" * 40)
    b.key("Enter")
    b.wait("a wrong token is called wrong", "document.querySelector('#sign-in')?.textContent.includes('正しくない')")
    b.js("document.querySelector('#token').value = ''")
    b.type("#token", token)
    b.key("Enter")
    b.wait("the board is there", "document.querySelectorAll('.card').length > 10")
    b.wait("the role is shown", "document.querySelector('#person').textContent.includes('操作者')")
    b.wait("the page is live", "document.querySelector('#live').dataset.state === 'live'")


def answer(b):
    b.js("document.querySelector('[data-item=\"2-5\"]').focus()")
    b.key("Enter")
    b.wait("the sheet opens", "document.querySelector('#detail').open")
    b.wait("it is not answered", "document.querySelector('.facts').textContent.includes('未回答')")
    b.js("document.querySelector('#detail .action').focus()")
    b.key("Enter")
    b.wait("the form has the focus", "document.activeElement.matches('form.say input')")
    b.js("document.querySelector('form.say').requestSubmit()")
    b.wait("what is missing is said at its field", "document.querySelectorAll('form.say .error:not([hidden])').length === 2"
           " && document.querySelectorAll('form.say [aria-invalid=\"true\"]').length === 3")
    b.js("document.querySelector('form.say input[value=\"yes\"]').click()")
    who = "form.say input[type=text]"
    b.type(who, MARKUP)
    b.js("document.querySelector('form.say').requestSubmit()")
    b.wait("the answer stands in the sheet", "document.querySelector('#detail .facts').textContent.includes('はい')"
           " && !document.querySelector('form.say')")
    shown = b.js("document.querySelector('#detail .facts').textContent")
    if MARKUP not in shown or b.js("document.querySelectorAll('img').length") != 0:
        sys.exit(f"FAIL: markup is not shown as text: {shown}")
    # Said once more: what one thing that was said leaves on the page is not in the way of the next.
    b.js("document.querySelector('#detail .action').click()")
    b.js("document.querySelector('form.say input[value=\"no\"]').click()")
    target = b.js("new Date(Date.now() + 60 * 86400000).toISOString().slice(0, 10)")
    b.js(f"document.querySelectorAll('form.say input[type=date]')[1].value = '{target}'")
    b.js("document.querySelector('form.say').requestSubmit()")
    b.wait("the second answer stands in the sheet", f"document.querySelector('#detail .facts').textContent.includes('目標日 {target}')"
           " && !document.querySelector('form.say') && document.querySelector('#detail .toast')")
    b.js("document.querySelector('#detail .action').click()")
    b.js("document.querySelector('form.say input[value=\"yes\"]').click()")
    b.js("document.querySelectorAll('form.say input[type=date]')[1].value = ''")
    b.js("document.querySelector('form.say').requestSubmit()")
    b.wait("the third answer stands in the sheet", "document.querySelector('#detail .facts').textContent.includes('はい')")
    b.wait("the card says it", "document.querySelector('[data-item=\"2-5\"]').textContent.includes('はい')")
    b.wait("the overview counts it", "[...document.querySelectorAll('#overview .figure')].at(-1).querySelector('b').textContent === '1'")
    b.key("Escape")
    b.wait("Escape closes the sheet", "!document.querySelector('#detail').open")
    b.wait("the focus is back", "document.activeElement.dataset.item === '2-5'")


def unread(b):
    b.js("location.hash = 'sources'")
    b.wait("the shape of a line that nobody knows", "document.querySelector('#view .shapes code')?.textContent.includes('zork')")
    if b.js("document.querySelectorAll('img').length") != 0:
        sys.exit("FAIL: markup of a line became markup of the page")


def views(b):
    b.js("location.hash = 'snapshots'")
    b.wait("the snapshots", "document.querySelector('#view .primary')")
    b.js("document.querySelector('#view .primary').click()")
    b.wait("one is taken", "document.querySelectorAll('#view tbody tr').length >= 1")
    b.js("document.querySelector('#view .plain-button').click()")
    b.wait("the chain holds", "document.querySelector('#view .verdict.pass')")
    b.js("location.hash = 'settings'")
    b.wait("thresholds with where they come from", "document.querySelectorAll('#view tbody tr').length > 50"
           " && document.querySelector('#view tbody').textContent.includes('厚生労働省の定めではない')")
    b.js("location.hash = ''")
    b.js("[...document.querySelectorAll('#languages button')].at(-1).click()")
    b.wait("the page speaks English", "document.documentElement.lang === 'en' && document.querySelector('#overview h2').textContent === 'Where we stand'")


def narrow(b):
    for width in (320, 375, 900):  # 320: what a window of 640 is at 200 %
        b.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        if b.js("document.documentElement.scrollWidth > innerWidth"):
            sys.exit(f"FAIL: at {width} pixels the page is wider than the window")


def main():
    program, url, token, folder = sys.argv[1:]
    b = Browser(program, folder)
    try:
        b.open(url)
        sign_in(b, token)
        answer(b)
        unread(b)
        views(b)
        narrow(b)
        if b.complaints:
            sys.exit(f"FAIL: the browser complains: {b.complaints}")
    finally:
        b.end()


if __name__ == "__main__":
    main()
