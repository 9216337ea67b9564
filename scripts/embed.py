#!/usr/bin/env python3
"""embed.py [--gzip] OUT.c SYMBOL NAME=FILE...: the files as one C table { name, text, size }, in the order given."""
import sys
import zlib

coded = sys.argv[1] == '--gzip'
out, symbol, *pairs = sys.argv[1 + coded:]
with open(out, 'w', encoding='ascii') as c:
    c.write('#include "core/embed.h"\n\n')
    for i, pair in enumerate(pairs):
        name, path = pair.split('=', 1)
        data = open(path, 'rb').read()
        if coded:  # no name and no time in the head: the same file gives the same bytes
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            data = packer.compress(data) + packer.flush()
        c.write(f'static const unsigned char data_{i}[] = {{')
        c.write(','.join(str(b) for b in data + b'\0'))
        c.write('};\n')
    c.write(f'\nconst struct embed {symbol}[] = {{\n')
    for i, pair in enumerate(pairs):
        name, path = pair.split('=', 1)
        c.write(f'\t{{ "{name}", (const char *)data_{i}, sizeof(data_{i}) - 1 }},\n')
    c.write('\t{ 0, 0, 0 },\n};\n')
