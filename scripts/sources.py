#!/usr/bin/env python3
"""sources.py [--check] ROOT: the table of decoders in docs/sources.md, made of the files themselves; --check: is it what they say?

A decoder's head comment says whose lines it reads and where their shape is from; a file without one is an error."""
import glob
import os
import re
import sys

BEGIN, END = '<!-- the table is made by scripts/sources.py -->', '<!-- end of the table -->'


def head(text):
    """The comment in front of the decoder, as one line."""
    lines = []
    for line in text.split('\n'):
        if not line.startswith('#'):
            break
        lines.append(line.lstrip('# ').strip())
    return ' '.join(lines)


def row(path):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    said = head(text)
    if len(said) < 40:
        raise SystemExit(f'{path}:1: the head must say whose lines these are and where their shape is from')
    first = re.split(r'(?<=[a-z0-9)\]"`])[.;] (?=[A-Z"])', said, maxsplit=1)[0].rstrip('.')
    types = sorted(set(re.findall(r'^  - \{?(?:type|also): ([a-z_]+)', text, re.M) + re.findall(r'^    also: ([a-z_]+)', text, re.M)))
    seen = 'documents' if re.search(r'never seen|not verified|made to the documentation', said, re.I) else 'source or tests'
    return f'| `{os.path.basename(path)[:-5]}` | {first.replace("|", "/")} | {", ".join(types)} | {seen} |'


def table(root):
    rows = [row(p) for p in sorted(glob.glob(os.path.join(root, 'rules/decoders/*.yaml')))]
    return '\n'.join([BEGIN, '', '| file | whose lines | events | shape from |', '|---|---|---|---|'] + rows + ['', END])


def main(args):
    root = [a for a in args if not a.startswith('-')][0]
    path = os.path.join(root, 'docs/sources.md')
    with open(path, encoding='utf-8') as f:
        text = f.read()
    made = text[:text.index(BEGIN)] + table(root) + text[text.index(END) + len(END):]
    if '--check' in args:
        if made != text:
            print(f'{path}: the table is not what the decoders say; run scripts/sources.py {root}')
        return made != text
    with open(path, 'w', encoding='utf-8') as f:
        f.write(made)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
