#!/usr/bin/env python3
"""ansible_compare.py OURS THEIRS: compare an inventory, host by host.

OURS is what test_ansible_list prints of it, THEIRS what ansible-inventory --list
does. Tells each difference on a line; exit 1 when there is any.

Differences on purpose, which are not told: a host without ansible_network_os, or
with a connection that is no command line's, is not there; a password is as it was
written, where Ansible reads a number; a variable of YAML that is yes or no stays
that text.
"""
import json
import sys

# Key, and the variables it comes from: the first that is there counts.
KEYS = {
    'device_type': ['ansible_network_os'],
    'host': ['ansible_host', 'ansible_ssh_host'],
    'port': ['ansible_port', 'ansible_ssh_port'],
    'username': ['ansible_user', 'ansible_ssh_user'],
    'password': ['ansible_ssh_password', 'ansible_ssh_pass',
                 'ansible_password'],
    'enable': ['ansible_become'],
    'secret': ['ansible_enable_pass', 'ansible_become_pass',
               'ansible_become_password'],
    'key_file': ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
    'read_timeout_override': ['ansible_command_timeout'],
    'conn_timeout': ['ansible_connect_timeout'],
}
OTHERS = ['ansible_connection', 'ansible_become_method',
          'ansible_ssh_common_args']
KNOWN = set(sum(KEYS.values(), OTHERS))
CLI = ('network_cli', 'ssh', 'paramiko', 'paramiko_ssh', 'libssh', 'smart')
TEXTS = {True: ('true', 'yes'), False: ('false', 'no')}
WORDS = {'yes': True, 'no': False}


def is_ours(hostvars):
    connection = str(hostvars.get('ansible_connection', 'ssh')).split('.')[-1]
    return bool(hostvars.get('ansible_network_os')) and connection in CLI


def groups_of(theirs):
    """The groups of each host, with those that they are in."""
    parents, found = {}, {}
    for name, group in theirs.items():
        for child in group.get('children', []):
            parents.setdefault(child, set()).add(name)

    def above(name):
        names = {name}
        for parent in parents.get(name, ()):
            names |= above(parent)
        return names

    for name, group in theirs.items():
        for host in group.get('hosts', []):
            found.setdefault(host, set()).update(above(name))
    return {host: names - {'all', 'ungrouped'}
            for host, names in found.items()}


def same(ours, theirs):
    if isinstance(theirs, bool):
        return ours is theirs or ours in TEXTS[theirs]
    if isinstance(theirs, dict) and '__ansible_vault' in theirs:
        return ours == '***'
    if isinstance(theirs, dict) and '__ansible_unsafe' in theirs:
        return ours == theirs['__ansible_unsafe']
    return ours == theirs or str(ours) == str(theirs)


def compare_keys(name, ours, hostvars):
    enables = str(hostvars.get('ansible_become_method', 'enable'))
    for key, variables in KEYS.items():
        given = [hostvars[v] for v in variables
                 if hostvars.get(v) is not None]
        want = given[0] if given else None
        got = ours['keys'].get(key)
        if key == 'host' and want is None:
            want = name
        if key == 'enable':
            want = WORDS.get(want, want)
        if key in ('enable', 'secret') and enables != 'enable':
            want = None
        if key == 'secret' and hostvars.get('ansible_become') in ('no', False):
            want = None
        if key == 'password' and isinstance(want, (int, float)):
            continue
        if not (want is None and got is None) and not same(got, want):
            yield f'{name}: {key} is {got!r}, of Ansible {want!r}'


def compare_data(name, ours, hostvars):
    theirs = {k: v for k, v in hostvars.items() if k not in KNOWN}
    for key in sorted(set(theirs) | set(ours['data'])):
        got, want = ours['data'].get(key), theirs.get(key)
        if (key in ours['data']) != (key in theirs) or not same(got, want):
            yield f'{name}: data {key} is {got!r}, of Ansible {want!r}'


def compare(ours, theirs):
    hostvars = theirs.pop('_meta')['hostvars']
    groups = groups_of(theirs)
    wanted = {h for h in groups if is_ours(hostvars.get(h, {}))}
    for name in sorted(wanted ^ set(ours)):
        yield f'{name}: ' + ('missing' if name in wanted else 'too many')
    for name in sorted(wanted & set(ours)):
        if set(ours[name]['groups']) != groups[name]:
            yield (f'{name}: groups are {sorted(ours[name]["groups"])}, '
                   f'of Ansible {sorted(groups[name])}')
        yield from compare_keys(name, ours[name], hostvars.get(name, {}))
        yield from compare_data(name, ours[name], hostvars.get(name, {}))


def main():
    with open(sys.argv[1]) as ours, open(sys.argv[2]) as theirs:
        found = list(compare(json.load(ours), json.load(theirs)))
    print('\n'.join(found))
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
