#!/usr/bin/env python3
"""yaml_compare.py FILE OURS [differ]: compare devices with what PyYAML reads.

FILE is an inventory of netfan's own form, OURS what netfan makes of it with
--convert json. Tells each difference on a line; exit 1 when there is any. With
differ each value of data has to be another than PyYAML's: it is the list of what
differs on purpose.
"""
import json
import sys

import yaml

KEYS = {'name': 'name', 'host': 'host', 'port': 'port',
        'device_type': 'platform', 'username': 'username'}


def devices_of(document):
    """The devices by name, with all data of each in one place."""
    devices = document['devices'] if isinstance(document, dict) else document
    if isinstance(devices, list):
        devices = {device['name']: device for device in devices}
    for name, device in devices.items():
        data = {key: value for key, value in device.items()
                if key not in KEYS and key != 'data'}
        data.update(device.get('data') or {})
        # Of what is null, nothing is said.
        yield name, device, {key: value for key, value in data.items()
                             if value is not None}


def same(ours, theirs):
    """Are they alike, and of one type?"""
    theirs = json.loads(json.dumps(theirs, default=repr))
    return json.dumps(ours, sort_keys=True) == json.dumps(theirs,
                                                          sort_keys=True)


def compare(theirs, ours, differ):
    for name, device, data in devices_of(theirs):
        got = ours.pop(name, {'data': {}})
        for key, word in KEYS.items():
            if key in device and got.get(word) != device[key]:
                yield (f'{name}: {word} is {got.get(word)!r}, '
                       f'of PyYAML {device[key]!r}')
        for key in sorted(set(data) | set(got['data']), key=str):
            both = key in data and key in got['data']
            alike = both and same(got['data'][key], data[key])
            if alike == differ:
                yield (f'{name}: {key} is {got["data"].get(key)!r}, '
                       f'of PyYAML {data.get(key)!r}')
    for name in ours:
        yield f'{name}: too many'


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        theirs = yaml.safe_load(file)
    with open(sys.argv[2], encoding='utf-8') as file:
        ours = {device['name']: device for device in json.load(file)}
    found = list(compare(theirs, ours, 'differ' in sys.argv[3:]))
    print('\n'.join(found))
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
