"""page_findings.py CHROMIUM URL FOLDER SYSLOG_PORT AXE: the findings, an item, a past day, an inspector, with a simulated hospital.

FOLDER has the tokens (token.operator, token.admin).  AXE: axe.min.js, or "" where it cannot be had.
"""
import json
import hashlib
import socket
import sys
import time

from browser import Browser

MARKUP = '<img src=x onerror="document.title=1">'
WIDTHS = (1440, 1024, 390)
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Story:
    def __init__(self, program, url, folder, port, axe):
        self.b, self.url, self.folder, self.port = Browser(program, folder), url, folder, int(port)
        self.axe = open(axe, encoding="utf-8").read() if axe else None

    def token(self, name):
        return open(f"{self.folder}/token.{name}", encoding="utf-8").read().strip()

    # Fills nothing in by hand: the page finds the token where it keeps it.
    def go(self, address, token, language="ja"):
        b = self.b
        # Another path first: an address that differs behind its # alone loads nothing.
        b.ask("Page.navigate", url=f"{self.url}icon.svg")
        b.wait("the icon", "location.pathname === '/icon.svg'")
        b.js(f"sessionStorage.setItem('tenken-token', {json.dumps(token)}); localStorage.setItem('language', {json.dumps(language)})")
        b.ask("Page.navigate", url=f"{self.url}{address}")
        b.wait("the page", "document.querySelectorAll('.card').length > 10 && document.querySelector('#live').dataset.state")

    def line(self, text):
        stamp = time.strftime("%b %e %H:%M:%S")
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            s.sendall(f"<13>{stamp} dhcp01 dhcpd: {text}\n".encode())

    def refuse(self, what, text):
        if self.b.js(f"!!({text})"):
            sys.exit(f"{self.b.js('document.body.innerText.slice(0, 1000)')}\nFAIL: {what}")

    # No violation in either language at three widths, nothing wider than the window; also at 320 pixels (a window of 640 at 200 %).
    def look(self, what):
        b = self.b
        for language in ("en", "ja"):
            b.js(f"document.querySelector('#languages [lang={language}]').click()")
            b.wait("the language", f"document.documentElement.lang === '{language}' && !document.querySelector('[aria-busy=true]')")
            for width in (*WIDTHS, 320):
                b.size(width)
                if b.js("document.documentElement.scrollWidth > innerWidth"):
                    sys.exit(f"FAIL: {what} is wider than {width} pixels ({language})")
                if self.axe and width != 320:
                    b.js(self.axe)
                    found = b.js(f"axe.run({{runOnly: {json.dumps(AXE_RULES)}}}).then((r) => r.violations.map((v) => v.id + ' ' + v.nodes.map((n) => n.target + ' ' + n.html.slice(0, 150))).join('\\n'))")
                    if found:
                        sys.exit(f"FAIL: {what} at {width} pixels ({language}): {found}")
        b.size(1440)


def home(s):
    s.go("", s.token("operator"))
    s.b.wait("what is behind it", "document.querySelectorAll('#outlook .plain-list li').length > 3 && document.querySelector('.trend')")
    s.look("the overview")


def findings(s):
    b = s.b
    s.go("#findings", s.token("operator"))
    b.wait("there are findings", "document.querySelectorAll('.finding').length > 20")
    s.look("the list of findings")
    # Narrowed down, and the address says so.
    b.js("{ const s = document.querySelector('#findings-status'); s.value = 'fail'; s.dispatchEvent(new Event('change')) }")
    b.wait("only what fails", "document.querySelectorAll('.finding').length > 2 && !document.querySelector('.finding.warn')")
    b.wait("the address says so", "location.hash === '#findings?status=fail'")
    b.ask("Page.reload")
    b.wait("it is so again after a reload", "document.querySelectorAll('.finding').length > 2 && !document.querySelector('.finding.warn')"
           " && document.querySelector('#findings-status').value === 'fail'")
    b.js("{ const s = document.querySelector('#findings-sort'); s.value = 'owner'; s.dispatchEvent(new Event('change')) }")
    b.wait("groups by who is in charge", "document.querySelectorAll('.group-head h3').length >= 1")
    b.js("{ const s = document.querySelector('#findings-sort'); s.value = ''; s.dispatchEvent(new Event('change')) }")
    b.wait("no groups", "!document.querySelector('.group-head') && document.querySelectorAll('.finding').length > 2")


def keys(s):
    b = s.b
    b.js("document.querySelector('#view-title').focus()")
    b.key("j")
    b.wait("j goes to the first row", "document.activeElement.closest('.finding')?.dataset.at === '0'")
    b.key("x")
    b.key("ArrowDown")
    b.wait("down goes to the second", "document.activeElement.closest('.finding')?.dataset.at === '1'")
    b.key("x")
    b.wait("two are ticked", "document.querySelectorAll('.finding.ticked').length === 2 && document.querySelector('.bulk b').textContent.includes('2')")
    b.key("a")
    b.wait("a opens the form", "document.activeElement.matches('.bulk form input')")
    b.js("document.querySelector('.bulk form input[name=who], .bulk form input').value = ''")
    b.type(".bulk form input", MARKUP)
    b.key("Enter")
    b.wait("both are in hand, by name", f"[...document.querySelectorAll('.finding .chip')].filter((c) => c.textContent.includes({json.dumps(MARKUP)})).length === 2")
    s.refuse("markup of a name became markup of the page", "document.querySelector('#view img')")
    b.wait("nothing is ticked any more", "document.querySelector('.bulk').hidden")
    b.js("document.querySelector('#view-title').focus()")
    b.key("/")
    b.wait("/ goes to the search", "document.activeElement.id === 'findings-q'")
    b.type("#findings-q", MARKUP)
    b.wait("nothing is called so", "document.querySelectorAll('.finding').length === 0 && document.querySelector('.list-end').textContent !== ''")
    b.js("[...document.querySelectorAll('.heading .plain-button')].find((n) => n.textContent.includes('条件')).click()")
    b.wait("all again", "document.querySelectorAll('.finding').length > 20 && location.hash === '#findings'")
    b.js("document.querySelector('#view-title').focus()")
    b.key("?")
    b.wait("? tells the keys", "document.querySelector('dialog.small')?.open")
    b.js("document.querySelector('dialog.small input').click()")
    b.key("Escape")
    b.wait("it is closed", "!document.querySelector('dialog.small')")
    b.key("j")
    s.refuse("a letter did something although letters are switched off", "document.activeElement.closest('.finding')")
    b.js("localStorage.removeItem('tenken-keys')")


def live(s):
    b = s.b
    s.go("#findings?status=fail", s.token("operator"))
    b.wait("rows", "document.querySelectorAll('.finding').length > 5 && document.querySelector('#live').dataset.state === 'live'")
    said = time.monotonic()
    s.line(f"DHCPACK on 10.0.9.9 to b8:27:eb:77:66:55 ({MARKUP}) via eth0")
    b.wait("a new device stands in the list", "document.querySelector('#view').textContent.includes('b8:27:eb:77:66:55')")
    print(f"a line was in the list after {1000 * (time.monotonic() - said):.0f} ms")
    s.refuse("markup of a line became markup of the page", "document.querySelector('#view img')")


def sheet(s):
    b = s.b
    s.go("#findings?q=sato", s.token("operator"))
    b.wait("the account of a leaver", "document.querySelector('.finding')?.textContent.includes('emr/sato')")
    b.js("document.querySelector('.finding a').focus()")
    b.key("Enter")
    b.wait("the sheet opens at the row", "document.querySelector('#detail .row.wanted')?.textContent.includes('emr/sato')")
    b.wait("its course is drawn, and said", "document.querySelector('#detail .strip[role=img]')?.getAttribute('aria-label').includes('不明')")
    b.js("[...document.querySelectorAll('#detail .row.wanted button')].find((n) => n.textContent === 'もとの記録を見る').click()")
    b.wait("the lines behind it", "document.querySelector('#detail .record pre')?.textContent.length > 10")
    s.look("the sheet of an item")
    # A waiver: who asks and who approves, and back.
    button = "[...document.querySelectorAll('#detail .row.wanted .action')].find((n) => n.textContent === '%s')"
    b.js(button % "期限つきで認める" + ".click()")
    b.js(f"""{{ const f = document.querySelector('#detail form.say'); f.querySelectorAll('textarea').forEach((n) => {{ n.value = {json.dumps(MARKUP)}; }});
         f.querySelectorAll('input[type=text]').forEach((n, i) => {{ n.value = i ? '院長' : {json.dumps(MARKUP)}; }}); f.requestSubmit() }}""")
    b.wait("the waiver stands at the row", "document.querySelector('#detail .row.wanted')?.textContent.includes('免除中') && !document.querySelector('form.say')")
    s.refuse("markup of a waiver became markup of the page", "document.querySelector('#detail img')")
    b.js(button % "取り消す" + ".click()")
    b.js("{ const f = document.querySelector('#detail form.say'); f.querySelectorAll('textarea, input[type=text]').forEach((n) => { n.value = '誤り'; }); f.requestSubmit() }")
    b.wait("it is taken back", "document.querySelector('#detail .row.wanted') && !document.querySelector('#detail').textContent.includes('免除中')")
    b.key("Escape")
    b.wait("the focus is back in the list", "!document.querySelector('#detail').open && document.activeElement.closest('.finding')")
    s.refuse("the address forgot the search", "location.hash !== '#findings?q=sato'")


def evidence(s):
    b, path = s.b, f"{s.folder}/規程.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write("written down")
    # Of a row that nobody has vouched for yet.
    item = b.js("fetch('/api/v1/checks', {headers: {Authorization: 'Bearer ' + sessionStorage.getItem('tenken-token')}}).then((r) => r.json())"
                ".then((j) => j.items.filter((c) => c.counts.unknown > 0).map((c) => c.id))")
    names = [n for n in item if n in ("service-unapproved", "mfa-status", "usb-restricted", "software-unapproved")] + item
    for name in names:
        b.js(f"location.hash = '#check={name}'")
        b.wait("a check by itself", f"document.querySelector('#detail').open && document.querySelector('#detail .check .check-body:not([aria-busy])') && location.hash === '#check={name}'")
        if b.js("[...document.querySelectorAll('#detail .action')].some((n) => n.textContent === '申告する')"):
            break
        b.key("Escape")
        b.wait("closed", "!document.querySelector('#detail').open")
    else:
        sys.exit("FAIL: nothing can be attested")
    b.js("[...document.querySelectorAll('#detail .action')].find((n) => n.textContent === '申告する').click()")
    b.file("#detail form.say input[type=file]", path)
    b.wait("the browser computes its SHA-256", "document.querySelector('#detail form.say code')?.textContent.length === 64")
    b.js("{ const f = document.querySelector('#detail form.say'); f.querySelector('textarea').value = '規程を読んだ'; f.querySelector('input[type=text]').value = '山田'; f.requestSubmit() }")
    b.wait("who attested, and by which file", "document.querySelector('#detail .row.attested .evidence')?.textContent.includes('規程.txt')")
    sum_shown = b.js("document.querySelector('#detail .row.attested .evidence code').textContent")
    if sum_shown != hashlib.sha256(b"written down").hexdigest():
        sys.exit(f"FAIL: another SHA-256: {sum_shown}")
    b.file("#detail .evidence input[type=file]", path)
    b.wait("the file is the same one", "document.querySelector('#detail .evidence .same')")
    b.js("[...document.querySelectorAll('#detail .row.attested .action')].find((n) => n.textContent === '取り消す').click()")
    b.js("{ const f = document.querySelector('#detail form.say'); f.querySelectorAll('textarea, input[type=text]').forEach((n) => { n.value = '期限前'; }); f.requestSubmit() }")
    b.wait("it is taken back", "!document.querySelector('#detail .evidence')")
    b.key("Escape")


# From a page that did not come by HTTPS a browser computes nothing: the SHA-256 is typed.
def typed(s):
    b = s.b
    script = b.ask("Page.addScriptToEvaluateOnNewDocument", source="Object.defineProperty(crypto, 'subtle', { value: undefined })")["identifier"]
    s.go("#item=mhlw-hospital-r7%2F2-8", s.token("operator"))
    again = "[...document.querySelectorAll('#detail .row.attested .action')].find((n) => n.textContent === '申告し直す')"
    b.wait("it can be attested again", again)
    b.js(again + ".click()")
    b.wait("it says why nothing is computed", "document.querySelector('form.say').textContent.includes('HTTPS') && !document.querySelector('form.say input[type=file]')")
    fields = "{ const f = document.querySelector('form.say'); f.querySelector('textarea').value = 'x'; f.querySelector('input').value ||= '山田';"
    b.js(fields + " f.querySelector('[id$=-name]').value = 'a.pdf'; f.querySelector('[id$=-hash]').value = 'zz'; f.requestSubmit() }")
    b.wait("what is no SHA-256 is refused at its field", "[...document.querySelectorAll('form.say .error:not([hidden])')].length === 1"
           " && document.querySelector('form.say [id$=-hash]').getAttribute('aria-invalid') === 'true'")
    b.js(fields + " f.querySelector('[id$=-hash]').value = 'a'.repeat(64); f.requestSubmit() }")
    b.wait("it is recorded", "document.querySelector('#detail .evidence')?.textContent.includes('a.pdf') && !document.querySelector('form.say')")
    b.ask("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def recorded(s):
    b = s.b
    s.go("#said?kind=waivers&all=1", s.token("operator"))
    b.wait("what was taken back stays on record", "document.querySelector('.said .over')?.textContent.includes('誤り')")
    s.refuse("markup became markup of the page", "document.querySelector('#view img')")
    s.look("what was recorded")
    b.js("fetch('/api/v1/silences', {method: 'POST', headers: {Authorization: 'Bearer ' + sessionStorage.getItem('tenken-token'), 'Content-Type': 'application/json'},"
         f" body: JSON.stringify({{matchers: [{{name: 'resource', value: 'emr/.*', isRegex: true}}], endsAt: '8h', createdBy: {json.dumps(MARKUP)}, comment: '定期保守'}})}}).then((r) => r.status)")
    s.go("#said?kind=silences", s.token("operator"))
    b.wait("a silence, and who asked for it", f"document.querySelector('.said li')?.textContent.includes({json.dumps(MARKUP)})")
    s.refuse("markup became markup of the page", "document.querySelector('#view img')")
    b.js("document.querySelector('.said .action').click()")
    b.wait("it has ended", "!document.querySelector('.said') && document.querySelector('#view .empty')")


def past(s):
    b = s.b
    s.go("", s.token("operator"))
    day = b.js("fetch('/api/v1/status', {headers: {Authorization: 'Bearer ' + sessionStorage.getItem('tenken-token')}}).then((r) => r.json())"
               ".then((j) => new Date(Date.parse(j.time.slice(0, 10)) - 12 * 86400000).toISOString().slice(0, 10))")
    s.go(f"?at={day}#item=mhlw-hospital-r7%2F2-5", s.token("operator"))
    b.wait("the banner says which day", "document.querySelector('#banners .past') && document.querySelector('#live').dataset.state === 'stands'")
    b.wait("the sheet of that day", "document.querySelectorAll('#detail .check .row').length > 1")
    s.refuse("something can be written on a past day", "document.querySelector('#detail .action, #detail form.say')")
    b.key("Escape")
    s.look("a past day")
    b.js("location.hash = '#findings'")
    b.wait("the findings of that day", "document.querySelectorAll('.finding').length > 5")
    s.refuse("something can be ticked on a past day", "document.querySelector('.finding input')")
    b.js("[...document.querySelectorAll('#banners .past button')].at(-1).click()")
    b.wait("and back to now", "!document.querySelector('#banners .past') && location.search === '' && document.querySelector('.finding input')")
    s.go("?at=2001-01-01", s.token("operator"))
    b.wait("before the first day nothing was known", "document.querySelector('#banners .past').textContent.includes('最初に')")


def inspector(s):
    b = s.b
    s.go("#settings", s.token("admin"))
    b.wait("the administrator's tokens", "document.querySelector('.tokens')")
    s.look("the settings")
    b.js("[...document.querySelectorAll('#view .primary')].find((n) => n.textContent.includes('閲覧専用')).click()")
    b.type("form.say input[type=text]", "立入検査<img src=x>")
    b.js("document.querySelector('form.say').requestSubmit()")
    b.wait("it is shown once", "document.querySelector('.token-text')?.textContent.startsWith('tenken_')")
    made = b.js("document.querySelector('.token-text').textContent")
    s.look("a new token")
    s.go("", made)
    b.wait("who looks, and until when", "document.querySelector('#banners .reader')?.textContent.includes('立入検査')")
    for view in ("#item=mhlw-hospital-r7%2F2-5", "#findings", "#said", "#ledgers", "#contacts", "#sources", "#snapshots", "#settings"):
        s.go(view, made)
        b.wait(f"{view} is there", "document.querySelector('#detail').open ? document.querySelectorAll('#detail .row').length > 1 : document.querySelectorAll('#view > *').length > 2")
        s.refuse(f"an inspector is offered to write in {view}",
                 "document.querySelector('#detail .action, .said .action, .finding input, .bulk:not([hidden]), .tokens, .ledger-head .primary')"
                 " || (location.hash === '#snapshots' && document.querySelector('#view .primary'))")
        s.refuse("markup became markup of the page", "document.querySelector('main img, header img')")
    status = b.js("fetch('/api/v1/acks', {method: 'POST', headers: {Authorization: 'Bearer ' + sessionStorage.getItem('tenken-token'), 'Content-Type': 'application/json'},"
                  " body: JSON.stringify({check: 'account-leaver', resource: 'emr/sato', who: 'x'})}).then((r) => r.status)")
    if status != 403:
        sys.exit(f"FAIL: an inspector's write is answered with {status}")
    s.go("#settings", s.token("admin"))
    b.wait("it is listed", "document.querySelector('.tokens')?.textContent.includes('立入検査')")
    b.js("[...document.querySelectorAll('.tokens li')].find((n) => n.textContent.includes('立入検査')).querySelector('.link').click()")
    b.js("document.querySelector('.tokens .danger').click()")
    b.wait("it is revoked", "[...document.querySelectorAll('.tokens')].at(-1).textContent.includes('無効にした')")
    b.ask("Page.navigate", url=f"{s.url}icon.svg")
    b.wait("the icon", "location.pathname === '/icon.svg'")
    b.js(f"sessionStorage.setItem('tenken-token', {json.dumps(made)})")
    b.ask("Page.navigate", url=s.url)
    b.wait("it opens nothing any more", "document.querySelector('#sign-in')?.textContent.includes('正しくない')")


def printed(s):
    s.go("#findings", s.token("operator"))
    s.b.wait("rows", "document.querySelectorAll('.finding').length > 20")
    if len(s.b.pdf()) < 20000:
        sys.exit("FAIL: the list prints as nothing")
    s.go("#item=mhlw-hospital-r7%2F2-5", s.token("operator"))
    s.b.wait("the sheet", "document.querySelectorAll('#detail .row').length > 1")
    with open(f"{s.folder}/sheet.pdf", "wb") as file:
        file.write(s.b.pdf())


def main():
    s = Story(*sys.argv[1:])
    try:
        s.b.open(s.url)
        for part in (home, findings, keys, live, sheet, evidence, typed, recorded, past, inspector, printed):
            print(part.__name__, flush=True)
            part(s)
        if s.b.complaints:
            sys.exit(f"FAIL: the browser complains: {s.b.complaints}")
    finally:
        s.b.end()


main()
