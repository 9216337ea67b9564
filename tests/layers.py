#!/usr/bin/env python3
"""layers.py [--format | --self] [ROOT]: keeps the rules of the tree that a compiler does not.  Says FILE:LINE: what is wrong.

Who may include whom and which library, which calls are never made, how long files and functions are, which markers and
names never appear.  With --format only the layout (clang-format) is looked at; 77 when clang-format is not there.  --self breaks every rule once and demands
that each is noticed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Folder -> folders it may include.  Data goes to the right only: collectors and rules never meet.
FOLDERS = {
    'core': {'core'},
    'collectors': {'core', 'collectors'},
    'rules': {'core', 'rules'},
    'daemon': {'core', 'collectors', 'rules', 'daemon'},
    'dashboard': {'core', 'collectors', 'rules', 'daemon', 'dashboard'},
    'cli': {'core', 'collectors', 'rules', 'daemon', 'dashboard', 'cli'},
    'tests': {'core', 'collectors', 'rules', 'daemon', 'dashboard', 'cli', 'tests', 'bench'},
    'bench': {'core', 'collectors', 'rules', 'daemon', 'bench'},
}
# The wiring: a file and the header above its folder that it may include.
WIRING = {('daemon/daemon.c', 'dashboard/http.h'), ('daemon/main.c', 'dashboard/http.h'), ('daemon/reload.c', 'dashboard/http.h')}

# Library header (start of its name) -> files or folders that may include it.  tests/ and bench/ may include all.
LIBRARIES = {
    'sqlite3.h': ['daemon/', 'dashboard/', 'cli/'],
    'event2/': ['daemon/loop.c', 'dashboard/'],
    'libfyaml.h': ['rules/yaml.c'],
    'expat.h': ['rules/', 'collectors/'],
    'zip.h': ['collectors/'],
    'systemd/sd-journal.h': ['collectors/journal', 'daemon/alerts/journal.c'],
    'systemd/sd-id128.h': ['collectors/journal'],
    'systemd/sd-daemon.h': ['daemon/'],
    'libmnl/': ['collectors/'],
    'jansson.h': ['daemon/', 'dashboard/', 'cli/'],
    'openssl/': ['cli/', 'collectors/', 'daemon/', 'dashboard/'],
    'curl/': ['cli/', 'daemon/alerts/'],
    'pthread.h': ['core/', 'daemon/'],
    'xlsxwriter.h': ['daemon/reports/'],
    'qrencode.h': ['daemon/reports/'],
    'zlib.h': ['daemon/snapshots/', 'dashboard/gzip.c'],
    'cmocka.h': [],
}

CALLS = 'strcpy strcat sprintf vsprintf gets system popen alloca strtok tmpnam mktemp atoi'.split()
WAITS = 'sleep usleep nanosleep'.split()  # in tests: poll with a deadline instead
FILE_LINES, TEST_LINES, FUNCTION_LINES = 400, 450, 90
# Files that may be longer, and why: one table, or one idea that reads worse in two files.
LONGER = {
    'core/when.c': 500,  # every notation of a date and a time, one small reader each
}
MARKERS = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
OUTSIDE = re.compile(r'/wo' r'rk/|/fa' r'rm/|Clau' r'de|ChatG' r'PT|AI assis' r'tant|before-st' r'op')
TEXT_FILES = ('.c', '.h', '.def', '.py', '.sh', '.sql', '.yaml', '.yml', '.js', '.html', '.css', '.md', '.scd', '.txt',
              '.csv', '.build', '.ini')


def code_of(text):
    """@text with comments and strings blanked, line breaks kept."""
    def blank(m):
        s = m.group(0)
        return re.sub(r'[^\n]', ' ', s) if s[0] == '/' else s[0] + re.sub(r'[^\n]', ' ', s[1:-1]) + s[-1]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def check_includes(path, text):
    folder = path.split('/')[0]
    for n, line in enumerate(text.split('\n'), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^">]+)[>"]', line)
        if not m:
            continue
        name, at = m.group(2), f'{path}:{n}'
        if m.group(1) == '"':
            target = name.split('/')[0]
            if '/' not in name or target not in FOLDERS:
                yield f'{at}: "{name}" is not written from the root of the tree'
            elif target not in FOLDERS[folder] and (path, name) not in WIRING:
                yield f'{at}: {folder}/ may not include {target}/ ({name}); it may include {", ".join(sorted(FOLDERS[folder]))}'
            continue
        for library, users in LIBRARIES.items():
            if name.startswith(library) and folder not in ('tests', 'bench') and not any(path.startswith(u) for u in users):
                yield f'{at}: <{name}> belongs to {" ".join(users) or "tests/"}'


def check_code(root, path, text):
    code = code_of(text)
    lines = code.split('\n')
    forbidden = CALLS + (WAITS if path.startswith('tests/') else [])
    call = re.compile(r'(?<![\w.>])(' + '|'.join(forbidden) + r')\s*\(')
    opened = 0
    for n, line in enumerate(lines, 1):
        m = call.search(line)
        if m:
            yield f'{path}:{n}: {m.group(1)}() is never called here (poll with a deadline, bounded functions, no shell)'
        if re.match(r'\s*goto\s', line):
            yield f'{path}:{n}: goto: let the cleanup attribute do it'
        if re.match(r'\s*typedef\s+(struct|union|enum)\b', line):
            yield f'{path}:{n}: no typedef for a struct, union or enum'
        if line.startswith('{'):
            opened = n
        elif line.startswith('}') and opened:
            if n - opened > FUNCTION_LINES:
                yield f'{path}:{opened}: a function of {n - opened} lines (at most {FUNCTION_LINES}; aim at 60)'
            opened = 0
    limit = LONGER.get(path, TEST_LINES if path.startswith(('tests/', 'bench/')) else FILE_LINES)
    if len(lines) - 1 > limit:
        yield f'{path}:{limit}: a file of {len(lines) - 1} lines (at most {limit}): it is more than one idea'
    beside = os.path.exists(os.path.join(root, path[:-1] + 'h'))
    if not text.lstrip().startswith('/*') and not path.startswith('tests/') and not (path.endswith('.c') and beside):
        yield f'{path}:1: no head comment: what it is and the one thing one would get wrong'
    if path.endswith('.h') and '#pragma once' not in text:
        yield f'{path}:1: no #pragma once'


def check_text(path, text):
    for n, line in enumerate(text.split('\n'), 1):
        if MARKERS.search(line):
            yield f'{path}:{n}: unfinished marker: {line.strip()[:60]}'
        if OUTSIDE.search(line):
            yield f'{path}:{n}: speaks of something outside the project: {line.strip()[:60]}'


def tracked(root):
    """Files of the tree: what git knows and what is new but not ignored; without git, all but build folders."""
    try:
        out = subprocess.run(['git', '-C', root, 'ls-files', '-co', '--exclude-standard'], capture_output=True, text=True,
                             check=True).stdout
        return sorted(f for f in set(out.split('\n')) if f and os.path.isfile(os.path.join(root, f)))
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, files in os.walk(root):
            folders[:] = [d for d in folders if not d.startswith(('.', 'build'))]
            found += [os.path.relpath(os.path.join(folder, f), root) for f in files]
        return sorted(found)


def problems(root):
    for path in tracked(root):
        if not path.endswith(TEXT_FILES):
            continue
        with open(os.path.join(root, path), encoding='utf-8', errors='replace') as f:
            text = f.read()
        yield from check_text(path, text)
        if path.endswith(('.c', '.h')) and path.split('/')[0] in FOLDERS:
            yield from check_includes(path, text)
            yield from check_code(root, path, text)


def check_format(root):
    tool = shutil.which('clang-format-14') or shutil.which('clang-format')
    if not tool:
        print('SKIP: clang-format is not installed')
        return 77
    files = [f for f in tracked(root) if f.endswith(('.c', '.h')) and f.split('/')[0] in FOLDERS]
    done = subprocess.run([tool, '--dry-run', '-Werror', '--ferror-limit=1', *files], cwd=root, capture_output=True, text=True)
    wrong = sorted(set(re.findall(r'^([^\s:]+\.[ch]):\d+', done.stderr, flags=re.M)))
    for f in wrong:
        print(f'{f}: not laid out as .clang-format says; run {os.path.basename(tool)} -i {f}')
    return 1 if done.returncode or wrong else 0


def self_test():
    head = '/* A file. */\n'
    broken = {
        'rules/a.c': (head + '#include "collectors/collector.h"\n', 2, 'rules/ may not include collectors/'),
        'core/b.c': (head + '\n#include <sqlite3.h>\n', 3, '<sqlite3.h> belongs to'),
        'daemon/c.c': (head + '#include "dashboard/http.h"\n', 2, 'daemon/ may not include dashboard/'),
        'daemon/d.c': (head + 'int f(void)\n{\n' + '\n' * 91 + '}\n', 3, 'a function of 92 lines'),
        'cli/e.c': (head + 'void f(char *a)\n{\n\tstr' + 'cpy(a, "x");\n}\n', 4, 'is never called here'),
        'core/f.c': (head * 401, 400, 'a file of 401 lines'),
        'core/g.c': ('int x;\n', 1, 'no head comment'),
        'core/h.h': (head, 1, 'no #pragma once'),
        'docs/i.md': ('\nTO' + 'DO later\n', 2, 'unfinished marker'),
        'tests/j.c': (head + 'void f(void)\n{\n\tsle' + 'ep(1);\n}\n', 4, 'is never called here'),
        'core/k.c': (head + '#include "k.h"\n', 2, 'is not written from the root'),
    }
    missed = 0
    with tempfile.TemporaryDirectory() as root:
        for path, (text, _, _) in broken.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8') as f:
                f.write(text)
        found = list(problems(root))
        for path, (_, line, what) in broken.items():
            if not any(f.startswith(f'{path}:{line}: ') and what in f for f in found):
                print(f'not noticed: {path}:{line}: {what}')
                missed += 1
        print('\n'.join(found) if missed else f'{len(broken)} broken rules, each noticed')
    return 1 if missed else 0


def main():
    args = [a for a in sys.argv[1:] if not a.startswith('--')]
    if '--self' in sys.argv:
        return self_test()
    root = args[0] if args else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if '--format' in sys.argv:
        return check_format(root)
    found = list(problems(root))
    print('\n'.join(found) if found else 'the layers hold')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
