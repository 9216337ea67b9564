#!/usr/bin/env python3
"""Makes docs/incidents.md of tests/scenarios/incident-*.txt, or with --check says whether it is as they tell it.

usage: incidents.py [--check] SOURCE

In a story a comment "# 題: JA / EN" is its title, "# 事: JA / EN" what happened, "# 段: JA / EN" a step; the lines of logs
and what is expected after a step belong to it.
"""
import glob
import os
import re
import sys

STATUS = {'pass': ('○', '適合', 'pass'), 'warn': ('△', '注意', 'warn'), 'fail': ('×', '不適合', 'fail'),
          'unknown': ('？', '不明', 'unknown'), 'attested': ('◎', '確認済み', 'attested')}
LISTS = {'mhlw-hospital-r7': 'チェックリスト', 'kakunin-part1': '確認表 第1部', 'kakunin-part2': '確認表 第2部',
         'mhlw-vendor-r7': '事業者確認用'}
HEAD = '''# 起きた事件を再生する / Incidents, replayed

公表された報告書や報道にある出来事を、架空の病院のログと台帳として再生したものです。どの項目が、いつ、何を根拠に変わるかを示します。
名前・アドレス・日付は作りもので、実在の病院の記録ではありません。この文書は `tests/scenarios/incident-*.txt` から作られ、
試験がその物語を毎回、実際の読み取りと判定で演じています（`scripts/incidents.py`）。

What published reports and the press tell, replayed as logs and registers of an invented hospital: which item turns, when, and by which
evidence. Names, addresses and dates are made up. This page is made of `tests/scenarios/incident-*.txt`; a test plays those stories through
the real decoders and checks (`scripts/incidents.py`).

'''


def shorten(text):
    """A log line as a page can show it."""
    text = re.sub(r'"(SourceName|Channel|TargetDomainName|Status|SubjectDomainName)": "[^"]*", ', '', text)
    return text if len(text) <= 230 else text[:227] + '...'


def step_lines(words):
    """What a step's log lines and expectations look like on the page."""
    logs, said, registers = [], [], []
    for host, line in words:
        word, _, rest = line.partition(' ')
        if word in ('record', 'line', 'repeat', 'daily'):
            count, text = '', rest
            if word in ('repeat', 'daily'):
                count, _, text = rest.partition(' ')
            if word != 'line':
                program, _, text = text.partition(' ')
                text = f'{host}: {text}' if program == '-' else f'{host} {program}: {text}'
            logs.append(shorten(text) + (f'  ({count}×)' if count else ''))
        elif word == 'register':
            registers.append(rest.split()[0])
        elif word in ('expect', 'row'):
            check, status, *resource = rest.split(' ', 2)
            mark, ja, en = STATUS[status]
            said.append([f'- {mark} {ja} ({en}) `{check}`' + (f' {resource[0]}' if resource else ''), check])
        elif word == 'says':
            check, _, text = rest.split(' ', 2)
            for entry in said:
                if entry[1] == check and '「' not in entry[0]:
                    entry[0] += f' — 「{text}」'
                    break
        elif word == 'item':
            pack, item, status = rest.split()
            mark, ja, en = STATUS[status]
            said.append([f'- {mark} **{LISTS.get(pack, pack)} {item} が{ja}** ({item}: {en})', None])
    out = []
    if registers:
        out += ['台帳 / registers: ' + ', '.join(f'`{name}`' for name in registers), '']
    if logs:
        out += ['```', *logs, '```', '']
    return out + [entry[0] for entry in said] + ([''] if said else [])


def story(path):
    """The section of one story."""
    out, words, host, number, block = [], [], 'log01', 0, False

    def flush():
        out.extend(step_lines(words))
        words.clear()

    with open(path, encoding='utf-8') as file:
        lines = file.read().splitlines()
    for line in lines:
        if block:
            block = line != ''
            continue
        told = re.match(r'# (題|事|段): (.*?) / (.*)$', line)
        if told:
            flush()
            kind, ja, en = told.groups()
            if kind == '題':
                out += [f'## {ja} / {en}', '']
            elif kind == '事':
                out += [ja, '', en, '']
            else:
                number += 1
                out += [f'**{number}. {ja}** {en}', '']
        elif line.startswith('from '):
            host = line[5:]
        elif line and not line.startswith('#'):
            block = line.startswith('register ')
            words.append((host, line))
    flush()
    name = os.path.basename(path)
    return out + [f'([{name}](../tests/scenarios/{name}))', '']


def page(source):
    """The whole page."""
    paths = sorted(glob.glob(os.path.join(source, 'tests/scenarios/incident-*.txt')))
    return HEAD + '\n'.join('\n'.join(story(path)) for path in paths).rstrip('\n') + '\n'


def main():
    check = '--check' in sys.argv
    source = [arg for arg in sys.argv[1:] if arg != '--check'][0]
    path = os.path.join(source, 'docs/incidents.md')
    text = page(source)
    if not check:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return 0
    with open(path, encoding='utf-8') as file:
        if file.read() == text:
            return 0
    print('docs/incidents.md is not what the stories tell; run scripts/incidents.py .')
    return 1


if __name__ == '__main__':
    sys.exit(main())
