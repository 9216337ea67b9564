#!/usr/bin/env python3
"""receiver.py LOG MODE: an HTTP receiver with faults.  Prints its port.  MODE is a file with one word that says how the next
request is answered: ok, half (every other one fails), 400, 404, 500, slow, trickle, huge, redirect, file, drop.  What came is one line of
JSON in LOG, with what it was answered."""
import http.server
import json
import socketserver
import sys
import threading
import time

log_path, mode_path = sys.argv[1:3]
lock = threading.Lock()
count = 0


def mode():
    try:
        with open(mode_path, encoding='ascii') as f:
            return f.read().strip() or 'ok'
    except OSError:
        return 'ok'


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def say(self, body, answered):
        line = {'path': self.path, 'type': self.headers.get('Content-Type'), 'headers': dict(self.headers), 'body': body,
                'answered': answered, 'at': time.time()}
        with lock, open(log_path, 'a', encoding='utf-8') as f:
            f.write(json.dumps(line, ensure_ascii=False) + '\n')

    def answer(self, code, headers=(), body=b'ok'):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.say(None, 'get')
        self.answer(200)

    def do_POST(self):
        global count
        raw = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        try:
            body = json.loads(raw)
        except ValueError:
            body = raw.decode('utf-8', 'replace')
        how = mode()
        if how == 'half':
            with lock:
                count += 1
                # Failing after the message was taken is the harder half: the sender cannot know.
                how = ('ok', '500', 'ok', 'drop')[count % 4]
        self.say(body, how)
        if how in ('400', '404', '500'):
            self.answer(int(how), body=b'no')
        elif how == 'slow':
            time.sleep(60)
        elif how == 'trickle':
            self.send_response(200)
            self.send_header('Content-Length', '60')
            self.end_headers()
            self.close_connection = True
            try:
                for _ in range(60):
                    self.wfile.write(b'x')
                    self.wfile.flush()
                    time.sleep(1)
            except OSError:
                pass
        elif how == 'huge':
            self.send_response(200)
            self.send_header('Content-Length', str(1 << 30))
            self.end_headers()
            try:
                for _ in range(1 << 10):
                    self.wfile.write(b'x' * (1 << 20))
            except OSError:
                pass
            self.close_connection = True
        elif how == 'redirect':
            self.answer(302, [('Location', f'http://169.254.169.254:{self.server.server_port}/elsewhere')])
        elif how == 'file':
            self.answer(307, [('Location', 'file:///etc/passwd')])
        elif how == 'drop':
            self.close_connection = True
        else:
            self.answer(200)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(('127.0.0.1', int(sys.argv[3]) if len(sys.argv) > 3 else 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
