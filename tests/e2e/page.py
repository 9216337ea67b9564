"""page.py CHROMIUM URL TOKEN FOLDER SYSLOG_PORT: what a person does on the page, in a real browser.

FOLDER takes commands to the daemon (the file "daemon": stop, start).  Exits with 1 and says why when the page does not do it.
"""
import os
import socket
import sys
import time

from browser import PATIENCE, Browser
from wait import until

MARKUP = '<img src=x onerror="document.title=1">山田'


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


def daemon(folder, word):
    with open(f"{folder}/daemon", "w", encoding="utf-8") as file:
        file.write(word)
    if not until(lambda: not os.path.exists(f"{folder}/daemon"), PATIENCE):
        sys.exit(f"FAIL: the daemon does not {word}")


def line(port, text):
    with socket.create_connection(("127.0.0.1", int(port))) as s:
        s.sendall(f"<13>{time.strftime('%b %e %H:%M:%S')} dhcp01 dhcpd: {text}\n".encode())


def offline(b, folder, port):
    b.js("location.hash = '#findings?q=b8:27'")
    b.wait("no such device yet", "document.querySelector('#view .list-end')?.textContent && document.querySelector('#live').dataset.state === 'live'")
    said = time.monotonic()
    line(port, f"DHCPACK on 10.0.9.9 to b8:27:eb:77:66:55 ({MARKUP}) via eth0")
    b.wait("a new device stands in the list", "document.querySelector('#view .finding')?.textContent.includes('b8:27:eb:77:66:55')")
    print(f"a line was in the list after {1000 * (time.monotonic() - said):.0f} ms", flush=True)
    if b.js("document.querySelectorAll('#view img').length") != 0:
        sys.exit("FAIL: markup of a line became markup of the page")
    daemon(folder, "stop")
    b.wait("a lost connection shows", "document.querySelector('#live').dataset.state === 'offline' && document.querySelector('#banners .bad')")
    daemon(folder, "start")
    line(port, "DHCPACK on 10.0.9.10 to b8:27:eb:77:66:56 (late) via eth0")
    b.wait("it heals", "document.querySelector('#live').dataset.state === 'live' && !document.querySelector('#banners .bad')")
    b.wait("what was said meanwhile is there", "document.querySelector('#view').textContent.includes('b8:27:eb:77:66:56')")
    b.js("location.hash = ''")


def narrow(b):
    for width in (320, 375, 900):  # 320: what a window of 640 is at 200 %
        b.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        if b.js("document.documentElement.scrollWidth > innerWidth"):
            sys.exit(f"FAIL: at {width} pixels the page is wider than the window")


def main():
    program, url, token, folder, port = sys.argv[1:]
    b = Browser(program, folder)
    try:
        b.open(url)
        sign_in(b, token)
        answer(b)
        unread(b)
        offline(b, folder, port)
        views(b)
        narrow(b)
        if b.complaints:
            sys.exit(f"FAIL: the browser complains: {b.complaints}")
    finally:
        b.end()


if __name__ == "__main__":
    main()
