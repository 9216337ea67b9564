"""openapi.py DESCRIPTION SOCKET DATABASE: asks a running Tenken for everything and validates the answers against the description.

Every write is sent twice under one key: it must be done once, be answered the same, and be a row of the audit trail with who, what,
before and after.  Says how many operations were looked at; ends with 1 at the first thing that is not so.
"""
import collections
import csv
import gzip
import http.client
import io
import json
import re
import socket
import sqlite3
import sys
import time

import jsonschema
import yaml

with open(sys.argv[1], encoding='utf-8') as file:
    DOC = yaml.safe_load(file)
ASKED, STATUSES = set(), set()
V = '/api/v1/'
# Names for addresses; parameters that one of an address's meanings alone looks at, or that are any text.
NAMES = {'{pack}': 'mhlw-hospital-r7', '{kind}': 'media', '{what}': 'accounts', '/api/v1/checks/{id}': 'account-leaver',
         '/api/v1/needs/{id}': 'account-leaver', '{mac}': '00:22:72:00:00:01'}
LOOSE = {'a', 'b', 'heads', 'time'}
TRAIL = collections.Counter()  # what of each must stand in the audit trail


class Local(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(sys.argv[2])


def resolve(thing):
    while isinstance(thing, dict) and '$ref' in thing:
        at = DOC
        for part in thing['$ref'][2:].split('/'):
            at = at[part]
        thing = at
    return thing


def route_of(path):
    """The description's path for an address: whole ones before those with names in them."""
    found = [p for p in DOC['paths'] if re.fullmatch(re.sub(r'\{[^}]*\}', '[^/]+', p), path)]
    return min(found, key=lambda p: p.count('{'))


def validate(schema, value, what):
    validator = jsonschema.Draft202012Validator({'components': DOC['components'], 'allOf': [schema]})
    errors = sorted(validator.iter_errors(value), key=lambda e: len(list(e.absolute_path)))
    if errors:
        best = jsonschema.exceptions.best_match(errors)
        raise SystemExit(f'{what}: {"/".join(map(str, best.absolute_path))}: {best.message[:600]}')


def parameters_known(method, route, target):
    """What is asked for stands in the description, too."""
    operation = DOC['paths'][route][method]
    known = {p['name'] for p in map(resolve, operation.get('parameters', [])) if p['in'] == 'query'}
    for pair in filter(None, target.partition('?')[2].split('&')):
        name = pair.partition('=')[0]
        if name not in known:
            raise SystemExit(f'{method} {target}: the description has no parameter {name}')


def send(method, target, body=None, headers=()):
    connection = Local('localhost')
    headers = dict(headers)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault('Content-Type', 'application/json')
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, gzip.decompress(data) if answer.headers.get('Content-Encoding') == 'gzip' else data


def in_both_languages(what, problem):
    """A sentence in each; names and ids that were sent may stand in either."""
    for text in [problem['text']] + [error['text'] for error in problem.get('errors', [])]:
        if not re.search('[\u3040-\u30ff\u4e00-\u9fff]', text['ja']) or re.search('[\u3040-\u30ff]', text['en']) or not text['en']:
            raise SystemExit(f'{what}: {text}')


def once_more(method, target, body, headers, data):
    """Under the same key: the same answer, and not done again.  A token is told once, and so not kept."""
    if target == V + 'tokens':
        return
    answer, again = send(method.upper(), target, body, headers)
    if again != data or answer.status not in (200, 201):
        raise SystemExit(f'{method} {target}: under the same key it is answered {answer.status} {again[:200]}')


def ask(method, target, body=None, want=200, headers=()):
    """Sends it, validates the answer, and gives it back."""
    what = f'{method} {target}'
    writes = method != 'get' and want < 300 and 'dry_run=1' not in target
    headers = dict(headers)
    if writes:
        headers.setdefault('Idempotency-Key', f'{time.time_ns()}')
    answer, data = send(method.upper(), target, body, headers)
    if answer.status != want:
        raise SystemExit(f'{what}: {answer.status}, and not {want}: {data[:400].decode(errors="replace")}')
    route = route_of(target.partition('?')[0])
    operation = DOC['paths'][route].get(method)
    if not operation:
        raise SystemExit(f'{what}: not described')
    parameters_known(method, route, target)
    told = operation['responses']
    response = resolve(told[str(want)] if str(want) in told else told['default'])
    if str(want) not in told and want not in (405, 421, 429, 500):
        raise SystemExit(f'{what}: the status {want} is not described')
    ASKED.add((method, route))
    STATUSES.add(want)
    if writes:
        TRAIL[f'{method.upper()} {target.partition("?")[0]}'] += len(body['items']) if isinstance(body, dict) and 'items' in body else 1
        once_more(method, target, body, headers, data)
    for name in response.get('headers', {}):
        if want == 200 and name not in answer.headers and 'Content-Disposition' not in answer.headers and name != 'Content-Disposition':
            raise SystemExit(f'{what}: no {name}')
    if 'content' not in response:
        return None
    kind = answer.headers['Content-Type'].partition(';')[0]
    if kind not in response['content']:
        raise SystemExit(f'{what}: {kind} is not described')
    schema = response['content'][kind]['schema']
    if not kind.endswith('json'):
        return data.decode(errors='replace')
    value = json.loads(data)
    validate(schema, value, what)
    if kind == 'application/problem+json':
        in_both_languages(what, value)
    return value


def described_well():
    """What the rules of OpenAPI 3.1 want of the file itself, where no package of Debian has its schema."""
    names = set()
    if not re.fullmatch(r'3\.1\.\d+', DOC['openapi']) or not {'title', 'version'} <= set(DOC['info']):
        raise SystemExit('no OpenAPI 3.1')
    for name, schema in DOC['components']['schemas'].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        if not re.fullmatch(r'[A-Za-z0-9._-]+', name):
            raise SystemExit(f'{name}: no name of a component')
    for path, methods in DOC['paths'].items():
        inside = set(re.findall(r'\{([^}]*)\}', path))
        for method, operation in methods.items():
            given = [resolve(p) for p in operation.get('parameters', [])]
            if {p['name'] for p in given if p['in'] == 'path'} != inside:
                raise SystemExit(f'{method} {path}: its path and its parameters differ')
            if any(p['in'] == 'path' and not p.get('required') for p in given):
                raise SystemExit(f'{method} {path}: what stands in a path is required')
            if len({(p['in'], p['name']) for p in given}) != len(given):
                raise SystemExit(f'{method} {path}: a parameter twice')
            if operation['operationId'] in names or not operation['summary']:
                raise SystemExit(f'{method} {path}: operationId or summary')
            names.add(operation['operationId'])
            if operation['tags'][0] not in {t['name'] for t in DOC['tags']}:
                raise SystemExit(f'{method} {path}: its tag')
            for status, response in operation['responses'].items():
                if not re.fullmatch(r'[1-5]\d\d|default', status) or 'description' not in resolve(response):
                    raise SystemExit(f'{method} {path}: {status}')


def get(target, **how):
    return ask('get', V + target, **how)


def reading():
    ask('get', '/healthz')
    ask('get', '/readyz')
    ask('get', '/metrics')
    for target in ('status checks sources?limit=2 accounts?limit=1000 accounts?system=emr&search=a devices?limit=1000 connects '
                   'registers history history?from=2026-01-01 setup next next?limit=1 answers answers?limit=1 attestations waivers '
                   'not-applicable alerts channels acks silences snapshots tokens me openapi.json events?limit=200 '
                   'events?type=auth_failure findings findings?state=closed findings?limit=1&sort=-since findings?acked=no&status=fail '
                   'findings?q=emr&owner=operator findings?severity=critical,high&system=emr').split():
        get(target)
    for group in 'check item severity status owner role system resource'.split():
        get(f'findings?group={group}&limit=1')
    get('findings?format=csv')
    for pack in get('status')['checklists']:
        get(f'checklists/{pack["id"]}')
    for check in get('checks')['items']:
        get(f'checks/{check["id"]}')
        get(f'needs/{check["id"]}')
    for register in get('registers')['items']:
        get(f'registers/{register["kind"]}')
        get(f'registers/{register["kind"]}/template')
    get('makers/00:22:72:00:00:01')
    get('makers/nothing', want=404)
    get('rules/diff', want=404)
    get('registers/people?search=a&limit=1')
    get('registers/people/file')
    for kind in 'accounts', 'devices', 'vendors':
        get(f'compare/{kind}?limit=1000')
        for state in 'registered', 'seen', 'both', 'contradiction':
            get(f'compare/{kind}?state={state}&search=a')


def past_and_future():
    """Days of the simulated hospital's last 120, whatever day it is."""
    days = [row['time'][:10] for row in get('history')['items']]
    for day in (days[0], days[-1], '2001-01-01'):
        get(f'at?time={day}')
    pack = get('status')['checklists'][0]['id']
    item = get(f'checklists/{pack}')['items'][1]
    get(f'status-history?pack={pack}&item={item["id"]}&from={days[0]}')
    get(f'status-history?check={item["checks"][0]["id"]}')
    get('forecast?days=90')
    get(f'changes?since={days[0]}&limit=500')
    get(f'changes?since={days[-1]}')


def stream():
    connection = Local('localhost')
    connection.request('GET', V + 'stream', headers={'Accept-Encoding': 'gzip'})
    answer = connection.getresponse()
    if answer.headers['Content-Type'].partition(';')[0] != 'text/event-stream' or 'Content-Encoding' in answer.headers:
        raise SystemExit('the stream')
    line = b'-'
    while line and line != b'event: status\n':
        line = answer.readline()
    validate({'$ref': '#/components/schemas/State'}, json.loads(answer.readline()[6:]), 'status on the stream')
    connection.close()
    ASKED.add(('get', V + 'stream'))


def said(kind, body):
    row = ask('post', V + kind, body, 201)
    get(kind)
    ask('delete', f'{V}{kind}/{row["id"]}', {'who': '山田', 'why': '誤り'})
    ask('delete', f'{V}{kind}/0', {'who': '山田', 'why': '誤り'}, 404)
    ask('post', V + kind, {}, 400)
    ask('post', V + kind, dict(body, who='x' * 300), 400)
    get(kind)


def sheets():
    """A vendor's sheet goes out blank and comes back with two rows filled in."""
    first = get('vendor-sheets')['items'][0]
    which = f'vendor_id={first["vendor_id"]}&system_id={first["system_id"]}'
    get(f'vendor-sheets/file?{which}&format=xlsx')
    blank = get(f'vendor-sheets/file?{which}&format=csv')
    today = time.strftime('%Y-%m-%d')
    lines = [[cell.lstrip("'") for cell in line] for line in csv.reader(io.StringIO(blank.lstrip('\ufeff')))]
    for line in lines:
        if line[0] in ('記入者', '記入日'):
            line[1] = today if line[0] == '記入日' else '業者 太郎'
        elif re.fullmatch('項目2-[23]', line[0]):
            line[2:4] = ['はい', today]
    filled = io.StringIO()
    csv.writer(filled).writerows(lines)
    body, kind = filled.getvalue().encode(), {'Content-Type': 'text/csv'}
    ask('post', f'{V}answers/import?dry_run=1&{which}', body, 200, kind)
    ask('post', f'{V}answers/import?{which}', body, 201, kind)
    ask('post', f'{V}answers/import?{which}', b'a,b\n', 422, kind)
    get('vendor-sheets')


def attestable():
    for check in get('checks')['items']:
        whole = get(f'checks/{check["id"]}') if check['status'] in ('unknown', 'attested') else {'attest_days': 0}
        for row in whole['rows'] if whole['attest_days'] else []:
            if row['status'] == 'unknown':
                return check['id'], row['resource']
    raise SystemExit('nothing can be attested')


def words():
    finding = get('findings?state=open&status=fail&limit=1')['items'][0]
    check, resource = finding['check'], finding['resource']
    year = time.localtime().tm_year + (time.localtime().tm_mon > 3)
    pack = get('status')['checklists'][0]['id']
    item = next(i['id'] for i in get(f'checklists/{pack}')['items'] if i['answer'] is None and i['id'] != '0')
    said('answers', {'pack': pack, 'item': item, 'answer': 'no', 'target_on': f'{year}-03-31', 'who': '山田', 'note': '手配中'})
    ask('post', V + 'answers', {'item': 'none', 'answer': 'yes', 'who': '山田'}, 422)
    unknown = attestable()
    said('attestations', {'check': unknown[0], 'resource': unknown[1], 'who': '山田', 'why': '確認した'})
    until = time.strftime('%Y-%m-%d', time.localtime(time.time() + 20 * 86400))
    said('waivers', {'check': check, 'resource': resource, 'who': '山田', 'approver': '院長', 'why': '更改待ち', 'measure': '監視',
                     'until': until})
    said('not-applicable', {'what': check, 'who': '山田', 'why': '使っていない', 'until': until})
    key = {'Idempotency-Key': f'many {time.time_ns()}'.replace(' ', '-')}
    many = {'items': [{'check': check, 'resource': resource}], 'who': '山田', 'until': '2h'}
    ask('post', V + 'acks', many, 201, key)
    ask('post', V + 'acks', dict(many, until='3h'), 422, key)
    ask('post', V + 'acks', {'check': check, 'resource': resource, 'who': '山田'}, 201)
    get('findings?acked=yes')
    get('alerts')


def machines():
    silence = ask('post', V + 'silences', {'matchers': [{'name': 'check', 'value': 'x.*', 'isRegex': True}], 'endsAt': '2h',
                                           'createdBy': '山田', 'comment': '入れ替え'}, 201)
    get('silences')
    ask('delete', f'{V}silences/{silence["id"]}', {})
    test = ask('post', V + 'channel-tests', {'channel': 'ops'}, 201)
    get(f'channel-tests/{test["id"]}')
    get('channels')
    ask('post', V + 'channel-tests', {'channel': 'none'}, 422)
    token = ask('post', V + 'tokens', {'name': 'story', 'role': 'viewer'}, 201)
    get('tokens')
    ask('delete', f'{V}tokens/{token["id"]}', {})


def snapshots():
    numbers = []
    for _ in range(2):
        after = ask('post', V + 'snapshots', {}, 201)['after']
        end = time.monotonic() + 60
        while not numbers or numbers[0] <= after:
            if time.monotonic() > end:
                raise SystemExit('no snapshot was taken')
            numbers = [row['number'] for row in get('snapshots')['items'] if row['kept']]
    ask('post', V + 'snapshot-keys', {}, 201)
    get('snapshots/verify')
    get(f'snapshots/diff?a={numbers[1]}&b={numbers[0]}')
    get(f'snapshots/{numbers[0]}')
    for form in 'json', 'oscal', 'csv', 'xlsx', 'html':
        get(f'snapshots/{numbers[0]}/export?format={form}')
    get('snapshots/latest/export?format=csv')
    get('snapshots/latest/export?format=csv&time=2001-01-01', want=404)
    get('snapshots/999999', want=404)
    get(f'snapshots/{numbers[0]}/export?format=doc', want=400)


def registers():
    kind = V + 'registers/media'
    ask('put', f'{kind}?dry_run=1', {'rows': [{'媒体番号': 'U1', '名称': 'A'}]})
    ask('put', f'{kind}?dry_run=1', '媒体番号,名称\nU1,A\n'.encode(), headers={'Content-Type': 'text/csv'})
    ask('put', f'{kind}?dry_run=1', {'rows': [{'名称': 'A'}]}, 422)
    ask('post', f'{kind}/rows?dry_run=1', {'row': {'media_id': 'U9', 'name': '九'}}, 200)
    version = get('registers/media')['version']
    ask('post', f'{kind}/rows', {'row': {'media_id': 'U9', 'name': '九'}}, 201, {'If-Match': f'"{version}"'})
    ask('post', f'{kind}/rows', {'row': {'media_id': 'U8', 'name': '八'}}, 412, {'If-Match': f'"{version}"'})
    end = time.monotonic() + 30
    rows = []
    while not rows and time.monotonic() < end:
        rows = get('registers/media?key=u9')['items']
    ask('delete', f'{kind}/rows?id={rows[0]["id"]}', {})
    ask('put', V + 'registers/none', {'rows': []}, 404)


def refusals():
    for target, status in (('findings?limit=0', 400), ('findings?sort=colour', 400), ('events?cursor=x%27', 400), ('checks/nobody', 404),
                           ('registers/none', 404), ('at', 400), ('changes', 400), ('forecast?days=0', 400), ('checklists/none', 404),
                           ('needs/nobody', 404), ('channel-tests/0', 404), ('snapshots/0/export', 404)):
        get(target, want=status)
    get('status', headers={'If-None-Match': '*'}, want=304)
    ask('post', V + 'acks', b'{', 400, {'Content-Type': 'application/json'})
    ask('post', V + 'acks', b'a=b', 415, {'Content-Type': 'text/plain'})
    ask('post', V + 'answers', {'note': 'x' * 70000}, 413)
    answer, data = send('PUT', V + 'answers', {})
    if answer.status != 405 or 'Allow' not in answer.headers:
        raise SystemExit('405')
    validate({'$ref': '#/components/schemas/Problem'}, json.loads(data), '405')


def wrong_values(schema):
    """What cannot stand for a parameter or member of this schema, as it is written in an address."""
    yield '%ff'
    yield 'a%00b'
    if schema.get('type') == 'integer':
        yield from ('x', '0', '-1', '1.5', 'null', '[1]', '9223372036854775808', '1e3', '%EF%BC%91')
    if 'enum' in schema:
        yield from ('nothing', '[1]', 'null')


def confusion():
    """Every parameter and every member with what it cannot be: refused, never taken and never a failure inside."""
    tried = 0
    for route, methods in DOC['paths'].items():
        operation = methods.get('get')
        for parameter in map(resolve, operation.get('parameters', []) if operation else []):
            if parameter['in'] != 'query':
                continue
            path = re.sub(r'\{[^}]*\}', lambda m: NAMES.get(route, NAMES.get(m[0], '1')), route)
            wrong = [f'{parameter["name"]}={value}' for value in wrong_values(resolve(parameter['schema']))]
            for query in wrong + [f'{parameter["name"]}=1&{parameter["name"]}=1', f'{parameter["name"]}=' + 'x' * 9000]:
                answer, data = send('GET', f'{path}?{query}')
                tried += 1
                allowed = (400, 404, 409, 414) + ((200,) if query.endswith(('=0', '=1')) or parameter['name'] in LOOSE else ())
                if answer.status not in allowed:
                    raise SystemExit(f'{path}?{query[:80]}: {answer.status}, and not refused')
        for method, operation in methods.items():
            schema = resolve(resolve(operation.get('requestBody', {}).get('content', {}).get('application/json', {}).get('schema', {})))
            for one in schema.get('oneOf', [schema]):
                for name in resolve(one).get('properties', {}):
                    path = re.sub(r'\{[^}]*\}', lambda m: NAMES.get(m[0], '1'), route)
                    for value in (True, 2 ** 63 - 1, 1.5, [], {}, [[[[]]]], 'x' * 60000, '\x1b[2J', '\x00'):
                        answer, data = send(method.upper(), path, {name: value})
                        tried += 1
                        if answer.status not in (400, 404, 409, 413, 422):
                            raise SystemExit(f'{method} {path} {name}={str(value)[:40]}: {answer.status} {data[:200]}')
    return tried


def trail():
    """Every write once, by whom, and what it made of what; nothing that was refused or only looked at."""
    db = sqlite3.connect(f'file:{sys.argv[3]}?mode=ro', uri=True)
    rows = db.execute("SELECT who, what, before, after FROM audit WHERE what GLOB '[A-Z]* /api/*'").fetchall()
    found = collections.Counter(what for _, what, _, _ in rows)
    if found != TRAIL:
        raise SystemExit(f'the trail: {dict(found - TRAIL)} too many, {dict(TRAIL - found)} missing')
    for who, what, before, after in rows:
        changes = what.startswith(('DELETE', 'PUT')) or what.endswith('/rows')
        if not re.fullmatch(r'uid \d+', who) or not after or (changes and not before):
            raise SystemExit(f'the trail: {who} {what}: {before} -> {after}')
    return len(rows)


def main():
    described_well()
    words()
    sheets()
    machines()
    registers()
    snapshots()
    reading()
    past_and_future()
    stream()
    refusals()
    missed = [f'{m} {p}' for p, methods in DOC['paths'].items() for m in methods if (m, p) not in ASKED]
    if missed:
        raise SystemExit('nobody asked: ' + ', '.join(missed))
    print(f'{confusion()} wrong values were refused')
    print(f'{trail()} writes stand in the trail, each once')
    print(f'{len(ASKED)} operations answered as described, with the statuses {sorted(STATUSES)}')


main()
