"""page_ledgers.py CHROMIUM URL VIEWER OPERATOR FOLDER: what people do with the ledgers on the page, in a real browser.

Exits with 1 and says why when the page does not do it.  Every wait has a deadline.  With TENKEN_AXE (axe.min.js of axe-core) every view
is looked at for what keeps people out, at three widths and in both languages.
"""
import base64
import json
import os
import socket
import sys
import time
import zipfile

from browser import Browser

MARKUP = '<img src=x onerror="document.title=1">'
TURNED = "\u202egnp.exe\u202c\u200f"
AXE = os.environ.get("TENKEN_AXE")
VIEWS = ["ledgers?kind=devices", "ledgers?kind=accounts", "ledgers?kind=vendors", "ledgers?kind=contacts", "ledgers?kind=drills", "contacts", "sources", "snapshots", "settings"]


def sign(b, token, may):
    b.wait("the page is there", "document.querySelector('#views a')")
    b.js(f"import('/api.js').then((m) => m.tokenSet('{token}'))")
    b.js("location.hash = 'ledgers?kind=devices'")
    b.wait("the devices", f"document.querySelectorAll('.ledger-row[data-at]').length === 3 && {'' if may else '!'}document.querySelector('.ledger-head .primary')")


def view(b, name, what):
    b.js(f"location.hash = ''; location.hash = {json.dumps(name)}")
    b.wait(name, what)


def viewer(b):
    """Whoever only looks sees everything and may change nothing, also not behind the page's back."""
    if b.js("[...document.querySelectorAll('#view button')].some((x) => /追加|取り込む/.test(x.textContent))"):
        sys.exit("FAIL: a viewer is offered to change a ledger")
    b.js("document.querySelector('.ledger-row.contradiction button').click()")
    b.wait("a sheet to read", "document.querySelector('dialog.ledger-sheet[open] .facts') && !document.querySelector('dialog form')")
    b.key("Escape")
    b.wait("it closes", "!document.querySelector('dialog.ledger-sheet[open]')")
    for method, path, body in (("POST", "registers/devices/rows", '{"row":{"device_id":"X","mac":"02aa00000001"}}'), ("DELETE", "registers/devices/rows?id=1", ""),
                               ("PUT", "registers/devices?dry_run=1", "{}")):
        status = b.js(f"fetch('/api/v1/{path}', {{method: '{method}', body: {json.dumps(body)} || undefined, headers: {{'Content-Type': 'application/json',"
                      " Authorization: 'Bearer ' + sessionStorage.getItem('tenken-token')}}).then((a) => a.status)")
        if status != 403:
            sys.exit(f"FAIL: a viewer's {method} {path} is answered with {status}")


def field(b, label, value):
    """Puts @value into the field of that name, as if it were typed."""
    b.js(f"""(() => {{ const l = [...document.querySelectorAll('dialog form label')].find((x) => x.firstChild.textContent === {json.dumps(label)});
        const i = document.getElementById(l.htmlFor); i.closest('details')?.setAttribute('open', ''); i.value = {json.dumps(value)}; }})()""")


def state(b, name):
    b.js(f"document.querySelector('[data-state=\"{name}\"]').click()")
    b.wait(f"only {name}", f"document.querySelector('[data-state=\"{name}\"]')?.getAttribute('aria-pressed') === 'true'")


def proposal(b):
    state(b, "seen")
    b.wait("what is in no ledger", "document.querySelectorAll('.ledger-row[data-at]').length === 2")
    if b.js("document.querySelectorAll('img').length"):
        sys.exit("FAIL: a host name became markup")
    b.js("[...document.querySelectorAll('.ledger-row.seen')].find((r) => r.textContent.includes('printer9')).querySelector('button').focus()")
    b.key("Enter")
    b.wait("a form filled with what was seen", "[...document.querySelectorAll('dialog form input')].some((i) => i.value === '34:23:ba:99:99:01')"
           " && [...document.querySelectorAll('dialog form input')].some((i) => i.value === 'printer9')")
    b.wait("the first empty field has the focus", "document.activeElement.closest('.field')?.textContent.includes('機器番号')")
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("what is missing is said at its field", "document.querySelector('dialog [aria-invalid=\"true\"]')?.closest('.field').textContent.includes('機器番号')")
    field(b, "機器番号", "=cmd|'/c calc'!A0")
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("a formula is refused", "document.querySelector('dialog .field .error:not([hidden])')?.textContent.includes('式')")
    field(b, "機器番号", "PRN-9")
    field(b, "設置場所", MARKUP)
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("it is accepted", "!document.querySelector('dialog.ledger-sheet[open]')")
    b.wait("it is no proposal any more", "document.querySelector('[data-state=\"seen\"] b')?.textContent === '1'")
    state(b, "both")
    b.wait("it agrees", "document.querySelector('.ledger-row.both')?.textContent.includes('PRN-9')")
    if MARKUP not in b.js("document.querySelector('.ledger-row.both').textContent") or b.js("document.querySelectorAll('img').length"):
        sys.exit("FAIL: markup in a cell is not shown as text")


def contradiction(b):
    state(b, "contradiction")
    b.wait("what differs is said in words", "document.querySelector('.ledger-row.contradiction .why')?.textContent.includes('IPアドレス')")
    b.js("document.querySelector('.ledger-row.contradiction button').click()")
    b.wait("both sides", "document.querySelector('dialog .sides tr.differs')?.textContent.includes('10.66.0.11')")
    b.js("document.querySelector('dialog .sides tr.differs .link').click()")
    # Things that hurt elsewhere: letters that turn the line around, and a cell of ten thousand bytes.
    field(b, "利用者", TURNED)
    field(b, "機器名", "x" * 10240)
    field(b, "設置場所", MARKUP)
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("it agrees now", "document.querySelector('[data-state=\"contradiction\"] b')?.textContent === '0'")
    state(b, "all")
    b.wait("all of them", "document.querySelectorAll('.ledger-row[data-at]').length === 3")
    if b.js("document.documentElement.scrollWidth > innerWidth") or b.js("document.querySelectorAll('img').length"):
        sys.exit("FAIL: a long cell or markup breaks the page")
    if b.js("document.title") != "点検 Tenken":
        sys.exit("FAIL: markup was run")


def live(b):
    """What appears meanwhile is said, and shown when it is asked for."""
    line = time.strftime("<30>%b %e %H:%M:%S dhcp01 dhcpd[311]: DHCPACK on 10.66.0.52 to 34:23:ba:99:99:03 (latecomer) via eth0\n")
    with socket.create_connection(("127.0.0.1", int(os.environ["TENKEN_SYSLOG"]))) as s:
        s.sendall(line.encode())
    b.wait("it is said that something changed", "document.querySelector('.ledger > .note button')")
    b.js("document.querySelector('.ledger > .note button').click()")
    b.wait("the latecomer", "document.querySelectorAll('.ledger-row[data-at]').length === 4 && document.querySelector('.ledger-list').textContent.includes('latecomer')")


def removal(b):
    b.js("[...document.querySelectorAll('.ledger-row')].find((r) => r.textContent.includes('PRN-9')).querySelector('button').click()")
    b.wait("the sheet", "document.querySelector('dialog form')")
    b.js("[...document.querySelectorAll('dialog form button')].find((x) => x.textContent === '台帳から外す').click()")
    b.wait("it is asked twice", "document.activeElement.closest('.remove')")
    b.js("document.activeElement.click()")
    b.wait("it is gone", "document.querySelector('[data-state=\"seen\"] b')?.textContent === '3'")


def cut_off(b):
    """What could not be sent is said, is not lost, and is done once when it is sent again."""
    def network(off):
        b.ask("Network.emulateNetworkConditions", offline=off, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    b.ask("Network.enable")
    b.js("document.querySelector('.ledger-head .primary').click()")
    b.wait("an empty form", "document.querySelector('dialog form')")
    field(b, "機器番号", "PC-9")
    field(b, "ホスト名", "pc0009")
    network(True)
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("it is said that it was not sent", "document.querySelector('dialog form [role=alert]:not([hidden])')?.textContent.includes('送れません')")
    network(False)
    b.js("document.querySelector('dialog form').requestSubmit()")
    b.wait("it is there", "!document.querySelector('dialog[open]') && document.querySelector('.ledger-list').textContent.includes('PC-9')")


def workbook(path, rows):
    """A small workbook: texts in the cells, numbers as they are, and dates as a spreadsheet has them."""
    def cell(at, value):
        return f"<c r='{at}'><v>{value}</v></c>" if isinstance(value, int) else f"<c r='{at}' t='inlineStr'><is><t>{value}</t></is></c>"

    sheet = "".join(f"<row r='{i}'>" + "".join(cell(f"{chr(65 + c)}{i}", v) for c, v in enumerate(row)) + "</row>" for i, row in enumerate(rows, 1))
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("xl/workbook.xml", "<workbook xmlns:r='urn:r'><workbookPr/><sheets><sheet name='台帳' sheetId='1' r:id='rId1'/></sheets></workbook>")
        z.writestr("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>")
        z.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")


def drop(b, name, text):
    """As if a file was let go over the page."""
    b.js(f"""(() => {{ const t = new DataTransfer(); t.items.add(new File([{json.dumps(text)}], {json.dumps(name)}));
        document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {{ dataTransfer: t, bubbles: true, cancelable: true }})); }})()""")


def choose(b, path):
    b.ask("DOM.enable")
    node = b.ask("DOM.getDocument")["root"]["nodeId"]
    found = b.ask("DOM.querySelector", nodeId=node, selector="#upload-file")["nodeId"]
    b.js("document.querySelector('.upload .preview').replaceChildren()")
    b.ask("DOM.setFileInputFiles", files=[path], nodeId=found)


def open_upload(b):
    b.js("document.querySelector('#ledger-upload').getAttribute('aria-expanded') === 'true' || document.querySelector('#ledger-upload').click()")
    b.wait("a place for a file", "document.querySelector('#upload-file')")


def upload(b, folder):
    b.js("document.querySelector('#ledger-upload').click()")
    b.wait("a place for a file", "document.querySelector('#upload-file')")
    choose(b, f"{folder}/bad-mac.csv")
    b.wait("line and column of what is wrong", "document.querySelector('.refused')?.textContent.includes('3 行目「mac」')")
    view(b, "ledgers?kind=vendors", "document.querySelector('#ledger-title')?.textContent === '事業者台帳'")
    b.wait("the vendor", "document.querySelector('.ledger-row[data-at]')")
    b.js("document.querySelector('#ledger-upload').click()")
    b.wait("a place for a file of vendors", "document.querySelector('#upload-file')")
    for name, said in (("quote.csv", "2 行目"), ("noise.xlsx", "Excel"), ("empty.csv", "空")):
        choose(b, f"{folder}/{name}")
        b.wait(f"{name} is refused with a reason", f"document.querySelector('.refused')?.textContent.includes('{said}')")
    choose(b, f"{folder}/chart.pdf.txt.png")
    b.wait("what is no table is not even sent", "document.querySelector('.upload .preview .error')")
    drop(b, "vendors.csv", "vendor_id,name\nV1,dropped here\n")
    b.wait("a file that is dropped is looked at", "document.querySelector('.change ins')?.textContent === 'dropped here'")
    workbook(f"{folder}/vendors.xlsx", [["当院の事業者"], ["事業者番号", "事業者名", "評価日"], ["V1", "表の会社", 46113]])
    choose(b, f"{folder}/vendors.xlsx")
    b.wait("a workbook is read, its days are days", "document.querySelector('.upload .changes')?.textContent.includes('2026-04-01')")
    b.js("document.querySelector('.upload .preview .primary').click()")
    b.wait("the workbook is in force", "document.querySelector('.ledger-row[data-at]')?.textContent.includes('表の会社')")
    b.wait("it is a CSV file here", "document.querySelector('.ledger-head .heading').textContent.includes('vendors.csv')")
    open_upload(b)
    choose(b, f"{folder}/cp932.csv")
    b.wait("Shift_JIS is read", "document.querySelector('.upload .changes')?.textContent.includes('髙﨑①㈱')")
    b.js("document.querySelector('.upload .preview .primary').click()")
    b.wait("it is in force", "[...document.querySelectorAll('.ledger-row[data-at]')].some((r) => r.textContent.includes('髙﨑①㈱'))")
    open_upload(b)
    choose(b, f"{folder}/bom.csv")
    b.wait("old and new beside one another", "document.querySelector('.change')?.textContent.includes('電子カルテ商会') && document.querySelector('.change ins')?.textContent === '新しい名前'")
    b.wait("unknown headings are named", "document.querySelector('.upload .preview').textContent.includes('社内メモ')")
    counts = b.js("[...document.querySelectorAll('.upload .counts b')].map((x) => x.textContent).join(' ')")
    if counts != "1 1 0":
        sys.exit(f"FAIL: added, changed, removed are {counts}")
    b.js("document.querySelector('.upload .preview .primary').click()")
    b.wait("three vendors", "document.querySelectorAll('.ledger-row[data-at]').length === 3")
    open_upload(b)
    choose(b, f"{folder}/lost.csv")
    b.wait("losing half wants a word", "document.querySelector('.loss') && document.querySelector('.upload .preview .primary').disabled")
    b.js("document.querySelector('#upload-sure').click()")
    b.js("document.querySelector('.upload .preview .primary').click()")
    b.wait("one vendor is left, and who is named elsewhere is proposed", "document.querySelectorAll('.ledger-row[data-at]').length === 2"
           " && document.querySelector('.ledger-row.seen').textContent.includes('V1') && document.querySelector('.ledger-row.registered').textContent.includes('V9')")


def chart(b, folder):
    view(b, "contacts", "document.querySelector('svg.chart')")
    said = b.js("[...document.querySelectorAll('svg.chart .box.missing')].map((x) => x.textContent).join()")
    if "警察" not in said or "連絡先がありません" not in said:
        sys.exit(f"FAIL: the gap is not drawn: {said}")
    if b.js("document.querySelectorAll('svg.chart .phone').length") < 10:
        sys.exit("FAIL: telephone numbers are missing")
    over = b.js("""[...document.querySelectorAll('svg.chart .box')].filter((g) => { const r = g.querySelector('rect').getBBox();
        return [...g.querySelectorAll('text')].some((x) => { const o = x.getBBox(); return o.x + o.width > r.x + r.width + 1 || o.y + o.height > r.y + r.height + 2; }); }).map((g) => g.textContent).join()""")
    if over:
        sys.exit(f"FAIL: a text runs out of its box: {over}")
    pdf = b.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
    with open(f"{folder}/chart.pdf", "wb") as f:
        f.write(base64.b64decode(pdf))


def sources(b):
    view(b, "sources", "document.querySelector('.feed')")
    b.wait("how much in a day", "[...document.querySelectorAll('.spark')].length >= 1 && document.querySelectorAll('.spark')[0].children.length === 24")
    b.wait("the shape of a line that nobody knows", "document.querySelector('.feed .shapes code')?.textContent.includes('zork')")
    if os.environ["TENKEN_SYSLOG"] not in b.js("[...document.querySelectorAll('.connects pre')].map((x) => x.textContent).join()"):
        sys.exit("FAIL: the port to send to is not filled in")
    for name in ("rsyslog", "FortiGate", "YAMAHA", "NXLog"):
        if name not in b.js("document.querySelector('.connects').textContent"):
            sys.exit(f"FAIL: how to connect {name} is missing")


def barriers(b):
    if not AXE:
        print("SKIP: no TENKEN_AXE, views are not looked at with axe")
        return
    with open(AXE, encoding="utf-8") as f:
        axe = f.read()
    for language in (0, -1):
        b.js(f"[...document.querySelectorAll('#languages button')].at({language}).click()")
        for width in (1440, 1024, 390):
            b.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            for name in VIEWS:
                view(b, name, "document.querySelector('#view h2')")
                b.wait("it stands", "!document.querySelector('#view .notice')")
                b.js(axe + ";0")
                found = b.js("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
                             ".then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].target.join(' ')).join('; '))")
                if found:
                    sys.exit(f"FAIL: {name} at {width}: {found}")


def narrow(b):
    for width in (320, 390, 720):  # 320: what a window of 640 is at 200 %; 720: one of 1440
        b.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        for name in VIEWS:
            view(b, name, "document.querySelector('#view h2')")
            if b.js("document.documentElement.scrollWidth > innerWidth"):
                sys.exit(f"FAIL: {name} at {width} pixels is wider than the window: " + b.js("[...document.querySelectorAll('#main *')].filter((x) =>"
                         " x.getBoundingClientRect().right > innerWidth && !x.closest('.scroll')).slice(-3).map((x) => x.outerHTML.slice(0, 90)).join()"))
    b.ask("Emulation.clearDeviceMetricsOverride")


def main():
    program, url, look, change, folder = sys.argv[1:]
    b = Browser(program, folder)
    with open(f"{folder}/chart.pdf.txt.png", "wb") as f:
        f.write(b"\x89PNG")
    try:
        b.open(url)
        sign(b, look, False)
        viewer(b)
        sign(b, change, True)
        proposal(b)
        contradiction(b)
        live(b)
        removal(b)
        cut_off(b)
        upload(b, folder)
        chart(b, folder)
        sources(b)
        narrow(b)
        barriers(b)
        if b.complaints:
            sys.exit(f"FAIL: the browser complains: {b.complaints}")
    finally:
        b.end()


main()
