"""A real browser, driven over a pipe: chromium's own protocol, without a library.  Every wait has a deadline.

What a page complains of (an exception, what its policy forbids) is kept in .complaints.
"""
import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import time

from wait import until

PATIENCE = 30
KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38}


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

    def size(self, width, height=900):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

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
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS.get(key, ord(key[0].upper())),
                     text=text if kind == "keyDown" else "")

    def file(self, selector, path):
        node = self.ask("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]["objectId"]
        self.ask("DOM.setFileInputFiles", files=[path], objectId=node)

    def pdf(self):
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    def end(self):
        self.process.terminate()
        self.process.wait(10)
