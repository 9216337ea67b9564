#!/usr/bin/env python3
"""Checks a snapshot that `tenken snapshot export` wrote, without Tenken: python3, and openssl for the signatures.

usage: tenken-verify.py FILE [CODE...]     CODE: what was printed or mailed, such as 12-ABCD-EFGH-IJKL-MNOP-QRST
Exit code 0: whole; 1: something was changed or is missing; 2: the file cannot be read.  docs/snapshots.md has the format.
"""
import base64
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def fields(*parts):
    """Each with its length in eight bytes in front, so that no two lists of parts look alike."""
    return b"".join(len(p).to_bytes(8, "big") + p for p in (x if isinstance(x, bytes) else x.encode() for x in parts))


def digest(*parts):
    return hashlib.sha256(fields(*parts)).digest()


def head_of(link):
    return digest("tenken-snapshot-1", str(link["number"]), str(link["taken_at_usec"]), link["reason"], link["who"],
                  link["site"], link["previous"], link["key"], link["manifest_sha256"], link["percent"], link["coverage"],
                  str(link["bytes"]), str(link["new_bytes"]))


def code_of(link):
    text = base64.b32encode(bytes.fromhex(link["head"])[:15]).decode()[:20]
    return "-".join([str(link["number"] % 1000000)] + [text[i:i + 4] for i in range(0, 20, 4)])


def seconds_of(text):
    return int(datetime.datetime.fromisoformat(text).timestamp())


def signed(pem, message, signature):
    """True, False, or None where there is no openssl that can tell."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, data in zip(paths, (pem.encode(), message, signature)):
            with open(path, "wb") as file:
                file.write(data)
        try:
            done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-rawin", "-in", paths[1],
                                   "-sigfile", paths[2]], capture_output=True, check=False)
        except FileNotFoundError:
            return None
        return done.returncode == 0


def check_keys(data, bad):
    keys = {}
    for key in data["keys"]:
        before = keys.get(key["introduced_by"])
        if key["introduced_by"] and (before is None or signed(before, fields("tenken-key-1", key["public"]),
                                                              bytes.fromhex(key["signature"])) is False):
            bad(f"key {key['id']} was not introduced by the key before it")
        keys[key["id"]] = key["public"]
    return keys


def check_links(data, keys, bad):
    before = None
    unsure = 0
    for link in data["links"]:
        n = link["number"]
        if any(type(link[name]) is not int for name in ("number", "taken_at_usec", "bytes", "new_bytes")):
            bad(f"the header of snapshot {n} was changed")
        if before is not None and n != before["number"] + 1:
            bad(f"snapshot {before['number'] + 1} is missing")
        if link["previous"] != (before["head"] if before else ""):
            bad(f"snapshot {n} does not follow the one before it")
        if head_of(link).hex() != link["head"]:
            bad(f"the header of snapshot {n} was changed")
        if code_of(link) != link["code"] or seconds_of(link["taken_at"]) != link["taken_at_usec"] // 1000000:
            bad(f"the code or the time that is shown of snapshot {n} is not its own")
        good = signed(keys[link["key"]], fields("tenken-head-1", bytes.fromhex(link["head"])),
                      bytes.fromhex(link["signature"])) if link["key"] in keys else False
        if good is False:
            bad(f"the signature of snapshot {n} is wrong")
        unsure += good is None
        before = link
    return unsure


def check_parts(data, bad):
    shown = next((link for link in data["links"] if link["number"] == data["number"]), None)
    if shown is None:
        bad(f"snapshot {data['number']} is missing")
    if digest("tenken-manifest-1", data["manifest"]).hex() != shown["manifest_sha256"]:
        bad(f"the manifest of snapshot {data['number']} was changed")
    rows = json.loads(data["manifest"])
    if {row["name"] for row in rows} != set(data["parts"]):
        bad("there are more parts, or fewer, than the manifest names")
    for row in rows:
        if digest("tenken-part-1", row["name"], data["parts"][row["name"]]).hex() != row["sha256"]:
            bad(f"part {row['name']} was changed")
    return len(rows)


def check_codes(data, codes, bad):
    known = {link["number"]: code_of(link) for link in data["links"]}
    for code in codes:
        number = int(code.split("-")[0])
        if number not in known:
            bad(f"snapshot {number}, whose code was kept outside, is not there: newer ones were deleted")
        if known[number].replace("-", "") != code.upper().replace("-", "").replace(" ", ""):
            bad(f"snapshot {number} is not the one whose code was kept outside: it was made anew")


def bad(text):
    print(f"NOT WHOLE: {text}")
    sys.exit(1)


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            data = json.load(file)
        assert data["format"] == "tenken-snapshot-1"
    except (IndexError, OSError, ValueError, KeyError, AssertionError) as error:
        print(f"cannot be read as a snapshot: {error}\n{__doc__}", file=sys.stderr)
        return 2
    try:
        unsure = check_links(data, check_keys(data, bad), bad)
        parts = check_parts(data, bad)
        check_codes(data, sys.argv[2:], bad)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        bad(f"it is not written as a snapshot is: {error!r}")
    print(f"whole: {len(data['links'])} snapshots, {parts} parts of number {data['number']}; newest {code_of(data['links'][-1])}")
    if unsure:
        print("the signatures were NOT checked: there is no openssl here")
    if not sys.argv[2:]:
        print("no code kept outside was compared: that the newest were deleted, or all made anew with the key, does not show")
    return 0


if __name__ == "__main__":
    sys.exit(main())
