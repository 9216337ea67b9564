#!/usr/bin/env python3
"""tampered.py TENKEN VERIFIER FILE: an exported snapshot is changed in every way one can think of, and both verifiers must notice.

FILE has at least four snapshots, signed with two keys of which the first introduced the second.  What no verifier can find without
a code that was kept outside is tried without and with one.  Says which manipulation got through; 0 when none did.
"""
import base64
import copy
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unicodedata


def fields(*parts):
    return b''.join(len(p).to_bytes(8, 'big') + p for p in (x if isinstance(x, bytes) else x.encode() for x in parts))


def digest(*parts):
    return hashlib.sha256(fields(*parts)).digest()


def head_of(link):
    return digest('tenken-snapshot-1', str(link['number']), str(link['taken_at_usec']), link['reason'], link['who'], link['site'],
                  link['previous'], link['key'], link['manifest_sha256'], link['percent'], link['coverage'], str(link['bytes']),
                  str(link['new_bytes'])).hex()


def code_of(link):
    text = base64.b32encode(bytes.fromhex(link['head'])[:15]).decode()[:20]
    return '-'.join([str(link['number'])] + [text[i:i + 4] for i in range(0, 20, 4)])


def flipped(value):
    """One bit, or as little as can be, of a value."""
    if isinstance(value, int):
        return value + 1
    if not value:
        return 'x'
    last = chr(ord(value[-1]) ^ 1)
    return value[:-1] + (last if last.isprintable() else 'x')


class Key:
    """A key of somebody's own, by openssl."""

    def __init__(self, folder):
        self.folder, self.path = folder, os.path.join(folder, 'forged.pem')
        subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-out', self.path], check=True, capture_output=True)
        self.public = subprocess.run(['openssl', 'pkey', '-in', self.path, '-pubout'], check=True, capture_output=True,
                                     text=True).stdout
        raw = base64.b64decode(''.join(self.public.split('\n')[1:-2]))
        self.id = hashlib.sha256(raw[-32:]).hexdigest()[:16]

    def sign(self, message):
        path = os.path.join(self.folder, 'message')
        with open(path, 'wb') as f:
            f.write(message)
        return subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', self.path, '-in', path], check=True,
                              capture_output=True).stdout.hex()


def resealed(data, key, key_id, first=0):
    """All links from @first on made anew and signed with @key: what somebody with a key can do."""
    for i, link in enumerate(data['links']):
        if i >= first:
            link['previous'] = data['links'][i - 1]['head'] if i else ''
            link['key'] = key_id
            link['head'] = head_of(link)
            link['signature'] = key.sign(fields('tenken-head-1', bytes.fromhex(link['head'])))
            link['code'] = code_of(link)
    return data


def part_changed(data, name, text, deep=0):
    """A part's text; with @deep 1 its line of the manifest, too, with 2 also the manifest's hash in the link."""
    data['parts'][name] = text
    if deep > 0:
        rows = json.loads(data['manifest'])
        for row in rows:
            if row['name'] == name:
                row['sha256'] = digest('tenken-part-1', name, text).hex()
                row['bytes'] = len(text.encode())
        data['manifest'] = json.dumps(rows, separators=(',', ':'), sort_keys=True, ensure_ascii=False)
    if deep > 1:
        for link in data['links']:
            if link['number'] == data['number']:
                link['manifest_sha256'] = digest('tenken-manifest-1', data['manifest']).hex()


def moved(link):
    """("ab", "c") as ("a", "bc"): the last letter of one field becomes the first of the next."""
    link['reason'], link['who'] = link['reason'][:-1], link['reason'][-1] + link['who']


def decomposed(data):
    for name, text in data['parts'].items():
        other = unicodedata.normalize('NFD', text)
        if other != text:
            data['parts'][name] = other
            return
    raise SystemExit('no part has a letter that can be written in two ways')


def manipulations(data):
    middle = len(data['links']) // 2
    for name in ('number', 'taken_at_usec', 'reason', 'who', 'site', 'previous', 'manifest_sha256', 'head', 'key', 'signature', 'percent',
                 'coverage', 'bytes', 'new_bytes', 'code'):
        for i in (0, middle, len(data['links']) - 1):
            yield f'{name} of link {i + 1}', lambda d, i=i, n=name: d['links'][i].update({n: flipped(d['links'][i][n])})
    yield 'the time that is shown', lambda d: d['links'][middle].update(taken_at='2020' + d['links'][middle]['taken_at'][4:])
    yield 'a nought behind a decimal', lambda d: d['links'][middle].update(percent=d['links'][middle]['percent'] + '0')
    yield 'a number as a text', lambda d: d['links'][middle].update(bytes=str(d['links'][middle]['bytes']))
    yield 'a member is gone', lambda d: d['links'][middle].pop('who')
    yield 'a middle link is gone', lambda d: d['links'].pop(middle)
    yield 'two links are swapped', lambda d: d['links'].insert(0, d['links'].pop(1))
    yield 'a link twice', lambda d: d['links'].insert(1, copy.deepcopy(d['links'][1]))
    yield 'the link that is shown is gone', lambda d: d['links'].pop()
    yield 'no links', lambda d: d['links'].clear()
    yield 'an answer is changed', lambda d: part_changed(d, 'answers', d['parts']['answers'].replace('"no"', '"yes"'))
    yield 'and the manifest with it', lambda d: part_changed(d, 'answers', d['parts']['answers'].replace('"no"', '"yes"'), 1)
    yield 'and its hash with that', lambda d: part_changed(d, 'answers', d['parts']['answers'].replace('"no"', '"yes"'), 2)
    yield 'past events of another hash', lambda d: part_changed(d, 'events', d['parts']['events'].replace('"sha256":"', '"sha256":"0'), 1)
    yield 'a part is gone', lambda d: d['parts'].pop('answers')
    yield 'a part too many', lambda d: d['parts'].update(more='[]')
    yield 'two parts are swapped', lambda d: d['parts'].update(answers=d['parts']['waivers'], waivers=d['parts']['answers'])
    yield 'a blank behind a part', lambda d: d['parts'].update(site=d['parts']['site'] + ' ')
    yield 'the same letters in another form (NFD)', decomposed
    yield 'a letter from one field to the next', lambda d: moved(d['links'][middle])
    yield 'nothing instead of an empty text', lambda d: d['links'][0].update(previous=None)
    yield 'a number instead of a text', lambda d: d['links'][middle].update(previous=0)
    yield 'another manifest', lambda d: d.update(manifest=d['manifest'] + ' ')
    yield 'the number of another', lambda d: d.update(number=1)
    yield 'a key is gone', lambda d: d['keys'].pop(0)
    yield 'no keys', lambda d: d['keys'].clear()
    yield 'the text of a key', lambda d: d['keys'][0].update(public=d['keys'][1]['public'])
    yield 'who introduced a key', lambda d: d['keys'][1].update(introduced_by=d['keys'][1]['id'])
    yield 'the signature of a key', lambda d: d['keys'][1].update(signature=flipped(d['keys'][1]['signature'][:-1]) + '0')


def forged(data, key):
    """What is found only by a code from outside."""
    def anew(d):
        d['keys'] = [{'id': key.id, 'public': key.public, 'since_usec': d['keys'][0]['since_usec'], 'introduced_by': '', 'signature': ''}]
        part_changed(d, 'answers', d['parts']['answers'].replace('"no"', '"yes"'), 2)
        resealed(d, key, key.id)
    yield 'all made anew with a key of their own', anew


class Both:
    def __init__(self, tenken, verifier, folder):
        self.tenken, self.verifier, self.path = tenken, verifier, os.path.join(folder, 'changed.json')

    def whole(self, data, codes=()):
        """What each says: True, False; anything else (a crash) ends the test."""
        with open(self.path, 'w', encoding='utf-8') as f:
            json.dump(data, f, ensure_ascii=False)
        heads = [word for code in codes for word in ('--head', code)]
        answers = []
        for command in ([self.tenken, 'snapshot', 'verify', self.path, *heads], ['/usr/bin/python3', self.verifier, self.path, *codes]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode not in (0, 1, 65) or 'Traceback' in done.stderr:
                raise SystemExit(f'{os.path.basename(command[0])}: code {done.returncode}: {done.stderr[-400:]}{done.stdout[-200:]}')
            answers.append(done.returncode == 0)
        return answers


def main():
    with open(sys.argv[3], encoding='utf-8') as f:
        data = json.load(f)
    assert len(data['links']) >= 4 and len(data['keys']) == 2 and data['links'][-1]['number'] == data['number']
    assert '"no"' in data['parts']['answers']
    through = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        both = Both(sys.argv[1], sys.argv[2], folder)
        codes = [code_of(link) for link in data['links']]
        assert codes == [link['code'] for link in data['links']]
        if both.whole(data) != [True, True] or both.whole(data, codes) != [True, True]:
            raise SystemExit('what nobody touched is not whole')

        def demand(what, other, wanted, heads=()):
            nonlocal through, tried
            tried += 1
            said = both.whole(other, heads)
            if said != [wanted, wanted]:
                through += 1
                print(f'{what}: tenken says {"whole" if said[0] else "changed"}, the small verifier {"whole" if said[1] else "changed"}')

        for what, change in manipulations(data):
            other = copy.deepcopy(data)
            change(other)
            demand(what, other, False)
        for what, change in forged(data, Key(folder)):
            other = copy.deepcopy(data)
            change(other)
            demand(what + ', without a code', other, True)
            demand(what + ', with one', other, False, codes[:1])
        ahead = f'{data["number"] + 1}-AAAA-BBBB-CCCC-DDDD-EEEE'
        demand('a newer one was deleted, with its code', data, False, [ahead])
        demand('the code of another', data, False, [codes[0][:-1] + ('A' if codes[0][-1] != 'A' else 'B')])
    print(f'{tried} manipulations, {tried - through} as they should be')
    return 1 if through else 0


if __name__ == '__main__':
    sys.exit(main())
