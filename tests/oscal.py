#!/usr/bin/env python3
"""oscal.py FILE...: does an export hold to NIST's model of assessment results (OSCAL 1.1)?

Of the model this knows the objects that Tenken writes: which members there must and may be, what kind each is, and that what is
referred to is there.  Where NIST's own JSON schema lies on the machine (OSCAL_SCHEMA=FILE), it is asked, too.  --self breaks FILE in
many ways and demands that each is noticed.
"""
import copy
import datetime
import json
import os
import re
import sys

UUID = re.compile(r'[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}')
TOKEN = re.compile(r'[^\W\d][\w.-]*')
STRING = re.compile(r'\S(.*\S)?')
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)')


def is_time(text):
    if not TIME.fullmatch(text):
        return False
    try:
        datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
    except ValueError:
        return False
    return True


def one_of(*words):
    return lambda text: text in words


KINDS = {
    'uuid': lambda text: bool(UUID.fullmatch(text)),
    'token': lambda text: bool(TOKEN.fullmatch(text)),
    'string': lambda text: bool(STRING.fullmatch(text)),
    'text': lambda text: bool(text.strip()),
    'time': is_time,
    'uri': lambda text: bool(re.fullmatch(r'[a-z][a-z0-9+.-]*:\S+', text)),
    'href': lambda text: bool(re.fullmatch(r'\S+', text)),
    'method': one_of('EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'),
    'state': one_of('satisfied', 'not-satisfied'),
    'reason': one_of('pass', 'fail', 'other'),
    'target': one_of('statement-id', 'objective-id'),
    'risk': one_of('open', 'investigating', 'remediating', 'deviation-requested', 'deviation-approved', 'closed'),
}
# Object -> its members: what kind or object each is, "[...]" for a list that is never empty, "!" for one that must be there.
MODEL = {
    'document': {'assessment-results': '!results-document'},
    'results-document': {'uuid': '!uuid', 'metadata': '!metadata', 'import-ap': '!import-ap', 'results': '![result]',
                         'back-matter': 'back-matter'},
    'metadata': {'title': '!text', 'published': 'time', 'last-modified': '!time', 'version': '!string', 'oscal-version': '!string',
                 'props': '[prop]', 'links': '[link]', 'parties': '[party]', 'remarks': 'text'},
    'party': {'uuid': '!uuid', 'type': '!token', 'name': 'string'},
    'import-ap': {'href': '!href', 'remarks': 'text'},
    'back-matter': {'resources': '[resource]'},
    'resource': {'uuid': '!uuid', 'title': 'text', 'description': 'text', 'props': '[prop]', 'remarks': 'text'},
    'prop': {'name': '!token', 'uuid': 'uuid', 'ns': 'uri', 'value': '!string', 'class': 'token', 'remarks': 'text'},
    'link': {'href': '!href', 'rel': 'token', 'text': 'text'},
    'result': {'uuid': '!uuid', 'title': '!text', 'description': '!text', 'start': '!time', 'end': 'time', 'props': '[prop]',
               'reviewed-controls': '!reviewed', 'observations': '[observation]', 'risks': '[risk]', 'findings': '[finding]',
               'remarks': 'text'},
    'reviewed': {'description': 'text', 'props': '[prop]', 'control-selections': '![selection]', 'remarks': 'text'},
    'selection': {'description': 'text', 'include-controls': '[control]', 'exclude-controls': '[control]', 'remarks': 'text'},
    'control': {'control-id': '!token', 'statement-ids': '[token]'},
    'observation': {'uuid': '!uuid', 'title': 'text', 'description': '!text', 'props': '[prop]', 'links': '[link]',
                    'methods': '![method]', 'types': '[token]', 'relevant-evidence': '[evidence]', 'collected': '!time',
                    'expires': 'time', 'remarks': 'text'},
    'evidence': {'href': 'href', 'description': '!text', 'props': '[prop]', 'remarks': 'text'},
    'finding': {'uuid': '!uuid', 'title': '!text', 'description': '!text', 'props': '[prop]', 'links': '[link]', 'target': '!target-of',
                'related-observations': '[related-observation]', 'related-risks': '[related-risk]', 'remarks': 'text'},
    'target-of': {'type': '!target', 'target-id': '!token', 'title': 'text', 'description': 'text', 'props': '[prop]',
                  'status': '!status', 'remarks': 'text'},
    'status': {'state': '!state', 'reason': 'reason', 'remarks': 'text'},
    'related-observation': {'observation-uuid': '!uuid'},
    'related-risk': {'risk-uuid': '!uuid'},
    'risk': {'uuid': '!uuid', 'title': '!text', 'description': '!text', 'statement': '!text', 'props': '[prop]', 'links': '[link]',
             'status': '!risk-status', 'deadline': 'time', 'remarks': 'text'},
}
KINDS['risk-status'] = KINDS.pop('risk')


def walk(value, kind, where):
    if kind in KINDS:
        if not isinstance(value, str) or not KINDS[kind](value):
            yield f'{where}: {json.dumps(value, ensure_ascii=False)[:80]} is no {kind}'
        return
    if not isinstance(value, dict):
        yield f'{where}: an object is expected'
        return
    members = MODEL[kind]
    for name, own in members.items():
        if own.startswith('!') and name not in value:
            yield f'{where}: {name} is missing'
    for name, item in value.items():
        own = members.get(name, '').lstrip('!')
        if not own:
            yield f'{where}: {name} is not known here'
        elif own.startswith('['):
            if not isinstance(item, list) or not item:
                yield f'{where}/{name}: a list that is not empty is expected'
                continue
            for i, one in enumerate(item):
                yield from walk(one, own[1:-1], f'{where}/{name}/{i}')
        else:
            yield from walk(item, own, f'{where}/{name}')


def references(document):
    """No UUID twice, and whatever is referred to is there."""
    own = document.get('assessment-results') or {}
    seen, found = set(), []

    def collect(value):
        if isinstance(value, dict):
            if isinstance(value.get('uuid'), str):
                found.append(value['uuid'])
            for item in value.values():
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)
    collect(own)
    for uuid in found:
        if uuid in seen:
            yield f'{uuid} stands twice'
        seen.add(uuid)
    href = (own.get('import-ap') or {}).get('href', '')
    if not href.startswith('#') or href[1:] not in {r.get('uuid') for r in (own.get('back-matter') or {}).get('resources', [])}:
        yield f'import-ap: {href} is nothing that is in the document'
    for result in own.get('results') or []:
        observations = {o.get('uuid') for o in result.get('observations', [])}
        risks = {r.get('uuid') for r in result.get('risks', [])}
        controls = {c.get('control-id') for s in (result.get('reviewed-controls') or {}).get('control-selections', [])
                    for c in s.get('include-controls', [])}
        for finding in result.get('findings', []):
            for related in finding.get('related-observations', []):
                if related.get('observation-uuid') not in observations:
                    yield f'{finding.get("title")}: an observation that is not there'
            for related in finding.get('related-risks', []):
                if related.get('risk-uuid') not in risks:
                    yield f'{finding.get("title")}: a risk that is not there'
            if (finding.get('target') or {}).get('target-id') not in controls:
                yield f'{finding.get("title")}: a control that was not looked at'
        if result.get('end', '') < result.get('start', ''):
            yield 'it ends before it starts'


def problems(document):
    yield from walk(document, 'document', '')
    yield from references(document)
    path = os.environ.get('OSCAL_SCHEMA')
    if path:
        import jsonschema
        with open(path, encoding='utf-8') as f:
            schema = json.load(f)
        for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(document):
            yield '/'.join(map(str, error.absolute_path)) + ': ' + error.message[:200]


def broken(document):
    """Copies of @document, each with one thing wrong."""
    def copy_of(change):
        other = copy.deepcopy(document)
        own = other['assessment-results']
        change(own, own['results'][0])
        return other
    yield 'no start', copy_of(lambda own, result: result.pop('start'))
    yield 'a time without a zone', copy_of(lambda own, result: result.update(start='2026-11-25T08:11:01'))
    yield 'a day that is none', copy_of(lambda own, result: result.update(start='2026-02-30T00:00:00Z'))
    yield 'a uuid that is none', copy_of(lambda own, result: own.update(uuid='1'))
    yield 'a uuid twice', copy_of(lambda own, result: result.update(uuid=own['uuid']))
    yield 'no plan', copy_of(lambda own, result: own.pop('import-ap'))
    yield 'a plan that is nowhere', copy_of(lambda own, result: own['import-ap'].update(href='#' + own['uuid']))
    yield 'no version', copy_of(lambda own, result: own['metadata'].pop('oscal-version'))
    yield 'an empty list', copy_of(lambda own, result: result.update(risks=[]))
    yield 'no results', copy_of(lambda own, result: own.update(results=[]))
    yield 'a member too many', copy_of(lambda own, result: result.update(more=1))
    yield 'no methods', copy_of(lambda own, result: result['observations'][0].pop('methods'))
    yield 'a method that is none', copy_of(lambda own, result: result['observations'][0].update(methods=['LOOK']))
    yield 'an empty description', copy_of(lambda own, result: result['observations'][0].update(description=' '))
    yield 'a value with a blank behind it', copy_of(lambda own, result: result['props'][0].update(value='a '))
    yield 'a value of two lines', copy_of(lambda own, result: result['props'][0].update(value='a\nb'))
    yield 'a name that is no token', copy_of(lambda own, result: result['props'][0].update(name='1 a'))
    yield 'a state that is none', copy_of(lambda own, result: result['findings'][0]['target']['status'].update(state='unknown'))
    yield 'an observation of nobody', copy_of(
        lambda own, result: result['findings'][0]['related-observations'][0].update({'observation-uuid': own['uuid']}))
    yield 'a risk of nobody', copy_of(lambda own, result: result['findings'][0].update({'related-risks': [{'risk-uuid': own['uuid']}]}))
    yield 'a control that nobody looked at', copy_of(lambda own, result: result['findings'][0]['target'].update({'target-id': 'x'}))
    yield 'a control that begins with a digit', copy_of(
        lambda own, result: result['reviewed-controls']['control-selections'][0]['include-controls'][0].update({'control-id': '2-5'}))


def main():
    bad = 0
    for path in [a for a in sys.argv[1:] if not a.startswith('--')]:
        with open(path, encoding='utf-8') as f:
            document = json.load(f)
        found = list(problems(document))
        for what in found[:20]:
            print(f'{path}: {what}')
        bad += len(found)
        print(f'{path}: {len(found)} problems')
        if '--self' in sys.argv:
            cases = list(broken(document))
            missed = [name for name, other in cases if not list(problems(other))]
            for name in missed:
                print(f'not noticed: {name}')
            print(f'{len(cases)} broken documents, {len(cases) - len(missed)} noticed')
            bad += len(missed)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
