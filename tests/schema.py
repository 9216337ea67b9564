#!/usr/bin/env python3
"""schema.py SCHEMA [FILE...]: do snapshots, as they are exported, fit the schema that is published?

Every part is read as the JSON that it is and held to its contentSchema, which validators leave alone by themselves.  Without
files only the schema itself is looked at.  --self breaks a snapshot FILE in many ways and demands that each is noticed.
"""
import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print('SKIP: python3-jsonschema is not installed')
    sys.exit(77)


def validator(schema, part):
    return jsonschema.Draft202012Validator({**schema, **part} if part else schema,
                                           format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def content_of(schema, name):
    """The schema of part @name's text; None where there is none."""
    parts = schema['properties']['parts']
    if name in parts['properties']:
        return parts['properties'][name]['contentSchema']
    for pattern, own in parts['patternProperties'].items():
        if name.startswith(pattern[1:-1]) and len(name) > len(pattern) - 2:
            return own['contentSchema']
    return None


def problems(schema, snapshot):
    for error in validator(schema, None).iter_errors(snapshot):
        yield '/'.join(map(str, error.absolute_path)), error.message[:200]
    texts = {'manifest': (snapshot.get('manifest'), schema['properties']['manifest']['contentSchema'])}
    for name, text in (snapshot.get('parts') or {}).items():
        texts[name] = (text, content_of(schema, name))
    for name, (text, own) in texts.items():
        if own is None:
            continue
        try:
            value = json.loads(text)
        except (TypeError, ValueError) as error:
            yield name, f'is no JSON: {error}'
            continue
        only = {'$schema': schema['$schema'], '$defs': schema['$defs'], **own}
        for error in jsonschema.Draft202012Validator(only).iter_errors(value):
            yield name + '/' + '/'.join(map(str, error.absolute_path)), error.message[:200]


def changed(snapshot, part, change):
    """A copy in which the text of @part says what @change makes of it."""
    other = copy.deepcopy(snapshot)
    value = json.loads(other['parts'][part])
    change(value)
    other['parts'][part] = json.dumps(value)
    return other


def self_test(schema, snapshot):
    def without(key):
        return {k: v for k, v in snapshot.items() if k != key}
    check = next(name for name in snapshot['parts'] if name.startswith('checks/'))
    rows = next(name for name, text in snapshot['parts'].items() if name.startswith('rows/') and json.loads(text))
    form = next(name for name in snapshot['parts'] if name.startswith('checklists/'))
    broken = {
        'another format': {**snapshot, 'format': 'tenken-snapshot-2'},
        'a member too many': {**snapshot, 'more': 1},
        'a part that nobody knows': {**snapshot, 'parts': {**snapshot['parts'], 'secrets': '[]'}},
        'a part of no name': {**snapshot, 'parts': {**snapshot['parts'], 'rows/': '[]'}},
        'a part that is no JSON': {**snapshot, 'parts': {**snapshot['parts'], 'answers': '['}},
        'a part that is no text': {**snapshot, 'parts': {**snapshot['parts'], 'answers': []}},
        'a head of another length': {**snapshot, 'links': [{**snapshot['links'][0], 'head': '00'}]},
        'a code in small letters': {**snapshot, 'links': [{**snapshot['links'][0], 'code': '1-aaaa-aaaa-aaaa-aaaa-aaaa'}]},
        'a severity that is none': changed(snapshot, check, lambda v: v.update(severity='urgent')),
        'a check without its question': changed(snapshot, check, lambda v: v.pop('sql')),
        'a status that is none': changed(snapshot, rows, lambda v: v[0].update(status='maybe')),
        'a time as a text': changed(snapshot, rows, lambda v: v[0].update(since='today')),
        'a row without its reason': changed(snapshot, rows, lambda v: v[0].pop('reason_ja')),
        'a column too many': changed(snapshot, rows, lambda v: v[0].update(note='x')),
        'an item in one language': changed(snapshot, form, lambda v: v['items'][0]['text'].pop('ja')),
        'a weight as a number': changed(snapshot, form, lambda v: v['items'][0].update(weight=1)),
    }
    for key in ('number', 'keys', 'links', 'manifest', 'parts'):
        broken['without ' + key] = without(key)
    missed = [name for name, other in broken.items() if not list(problems(schema, other))]
    for name in missed:
        print(f'not noticed: {name}')
    print(f'{len(broken)} broken snapshots, {len(broken) - len(missed)} noticed')
    return 1 if missed else 0


def main():
    args = [a for a in sys.argv[1:] if not a.startswith('--')]
    with open(args[0], encoding='utf-8') as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    bad = 0
    for path in args[1:]:
        with open(path, encoding='utf-8') as f:
            snapshot = json.load(f)
        found = list(problems(schema, snapshot))
        for where, what in found[:20]:
            print(f'{path}: {where}: {what}')
        bad += len(found)
        print(f'{path}: {len(snapshot["parts"])} parts, {len(found)} problems')
        if '--self' in sys.argv and self_test(schema, snapshot):
            bad += 1
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
