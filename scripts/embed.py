#!/usr/bin/env python3
"""embed.py OUT.c SYMBOL NAME=FILE...: the files as one C table { name, text, size }, in the order given."""
import sys

out, symbol, *pairs = sys.argv[1:]
with open(out, 'w', encoding='ascii') as c:
    c.write('#include "core/embed.h"\n\n')
    for i, pair in enumerate(pairs):
        name, path = pair.split('=', 1)
        data = open(path, 'rb').read()
        c.write(f'static const unsigned char data_{i}[] = {{')
        c.write(','.join(str(b) for b in data + b'\0'))
        c.write('};\n')
    c.write(f'\nconst struct embed {symbol}[] = {{\n')
    for i, pair in enumerate(pairs):
        name, path = pair.split('=', 1)
        c.write(f'\t{{ "{name}", (const char *)data_{i}, sizeof(data_{i}) - 1 }},\n')
    c.write('\t{ 0, 0, 0 },\n};\n')
