#!/usr/bin/env python3
"""Does what docs/HACKING.md says about a site's own rules: the files as they stand there, the commands, what they answer.

usage: hacking.py SOURCE TENKEN
"""
import os
import re
import subprocess
import sys
import tempfile

FOLDER = '/etc/tenken/rules'


def blocks(text):
    """(the file named before it or None, language, text) of each fenced block of the section, in order."""
    section = text[text.index("/ A site's own rules"):]
    section = section[:section.index('\n## ')]
    name, language, lines = None, None, []
    for line in section.splitlines():
        if language is None and line.startswith('```'):
            language, lines = line[3:], []
        elif line == '```':
            yield name, language, ''.join(line + '\n' for line in lines)
            name, language = None, None
        elif language is not None:
            lines.append(line)
        elif line:
            name = (re.findall(r'`([^`]+)`$', line) or [None])[0]


def main():
    source, tenken = (os.path.abspath(path) for path in sys.argv[1:3])
    with open(os.path.join(source, 'docs/HACKING.md'), encoding='utf-8') as file:
        parts = list(blocks(file.read()))
    commands, said, answers = [], [], []
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        rules = os.path.join(folder, 'rules')
        config = os.path.join(folder, 'tenken.yaml')
        packs = [text for name, language, text in parts if language == 'yaml' and text.startswith('rules:')]
        assert len(packs) == 1, 'the document names rules.packs once'
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'state_dir: {folder}/state\n')
            file.write(packs[0].replace('{packs:', f'{{dirs: [{source}/rules, {rules}], packs:'))
        for name, language, text in parts:
            if language == 'sh':
                commands += text.splitlines()
            elif name and (name.startswith(FOLDER) or name == 'sample.log'):
                path = os.path.join(folder, name.replace(FOLDER, 'rules'))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(text)
            elif not language:
                answers += text.splitlines()
        assert len(commands) == 3 and len(answers) >= 2, 'the document has its commands and what they answer'
        for command in commands:
            words = command.replace(FOLDER, rules).split()
            assert words[0] == 'tenken'
            run = subprocess.run([tenken, '--config', config, *words[1:]], cwd=folder, capture_output=True, text=True,
                                 check=False)
            said.append(run.stdout)
            if run.returncode != 0:
                print(f'FAILED: {command}: exit {run.returncode}: {run.stdout}{run.stderr}')
                failed = 1
        for answer in answers:
            words = answer.split()
            if not any(all(word in line for word in words) for line in said[-1].splitlines()):
                print(f'FAILED: the document says it answers "{answer}":\n{said[-1]}')
                failed = 1
        if not any(line.split()[:1] == ['H-2'] for line in said[-1].splitlines()):
            print(f'FAILED: the row like another is not there:\n{said[-1]}')
            failed = 1
    return failed


if __name__ == '__main__':
    sys.exit(main())
