#!/usr/bin/env python3
"""mailserver.py real LOG PORT CERT KEY: Debian's aiosmtpd, STARTTLS and a login required (tenken / p@ss wört).
mailserver.py faults LOG PORT MODE: a mail server with faults; MODE is a file with one word: ok, 421, 450, 550, 554data, silent, slow,
huge, lines.  Each mail taken is one line of JSON in LOG."""
import email
import email.policy
import json
import socket
import socketserver
import ssl
import sys
import time

what, log_path, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


def keep(raw, **more):
    m = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {p.get_content_type(): p.get_content() for p in m.walk() if not p.is_multipart()}
    line = {'subject': m['Subject'], 'from': m['From'], 'to': m['To'], 'id': m['Message-ID'], 'auto': m['Auto-Submitted'],
            'importance': m['Importance'], 'headers': [k for k, _ in m.items()], 'defects': [str(d) for d in m.defects],
            'longest': max(len(x) for x in raw.split(b'\r\n')), 'ascii': all(b < 128 for b in raw), 'text': parts.get('text/plain'),
            'html': parts.get('text/html'), **more}
    with open(log_path, 'a', encoding='utf-8') as f:
        f.write(json.dumps(line, ensure_ascii=False) + '\n')


def real():
    import asyncio
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            keep(envelope.content, tls=session.ssl is not None, login=session.auth_data is not None, mail_from=envelope.mail_from,
                 rcpt=envelope.rcpt_tos)
            return '250 OK'

    def login(server, session, envelope, mechanism, data):
        good = data.login == b'tenken' and data.password == 'p@ss wört'.encode()
        return AuthResult(success=good, auth_data='tenken' if good else None)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    Controller(Handler(), hostname='127.0.0.1', port=port, tls_context=context, require_starttls=True, authenticator=login,
               auth_required=True, auth_require_tls=True).start()
    print('ready', flush=True)
    while True:
        time.sleep(60)


class Faults(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def line(self):
        return self.rfile.readline().decode('utf-8', 'replace').strip()

    def handle(self):
        try:
            self.talk(open(sys.argv[4], encoding='ascii').read().strip())
        except OSError:
            pass

    def talk(self, mode):
        with open(log_path + '.tries', 'a', encoding='ascii') as f:
            f.write(mode + '\n')
        if mode == 'silent':
            time.sleep(600)
        if mode == 'slow':
            for c in '220 slow mail server ' + 'x' * 600:
                self.wfile.write(c.encode())
                time.sleep(10)
        if mode == 'huge':
            for _ in range(160000):
                self.wfile.write(b'220-' + b'x' * 60 + b'\r\n')
        if mode == '421':
            return self.say('421 too busy')
        self.say('220 faults ESMTP')
        while True:
            words = self.line()
            word = words.upper()
            if word.startswith('EHLO'):
                self.wfile.write(b'250-faults\r\n250 8BITMIME\r\n')
            elif word.startswith('RCPT') and mode in ('450', '550'):
                self.say(f'{mode} 5.1.1 no such person\r\x1b[31m here' if mode == '550' else '450 greylisted, come back')
            elif word == 'DATA':
                self.say('354 go on')
                raw = b''
                while not raw.endswith(b'\r\n.\r\n'):
                    got = self.rfile.readline()
                    if not got:
                        return
                    raw += got
                if mode == '554data':
                    self.say('554 looks like spam')
                    continue
                keep(raw[:-3].replace(b'\r\n..', b'\r\n.'))
                self.wfile.write(b'250 taken\r\nX-Forged: yes\r\n' if mode == 'lines' else b'250 taken\r\n')
            elif word == 'QUIT' or not words:
                self.say('221 bye')
                return
            else:
                self.say('250 ok')


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if what == 'real':
    real()
else:
    with Server(('127.0.0.1', port), Faults) as server:
        print('ready', flush=True)
        server.serve_forever()
