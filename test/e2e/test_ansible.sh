#!/usr/bin/env bash
# What Ansible's inventories mean: as ansible-inventory(1) says, host by host.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

# Make FILE of inventory NAME; it is the one to be read where it is the first.
file() { # NAME FILE
	mkdir -p "$(dirname "$TEST_TMP/inv/$1/$2")"
	cat >"$TEST_TMP/inv/$1/$2"
	[ -e "$TEST_TMP/inv/$1.path" ] || echo "$1/$2" >"$TEST_TMP/inv/$1.path"
}

# The whole directory of inventory NAME is read.
whole() { # NAME
	echo "$1" >"$TEST_TMP/inv/$1.path"
}

# Ansible's opinion of all that were made, a few at a time.
ask_ansible() {
	(cd "$TEST_TMP/inv" && printf '%s\n' *.path | xargs -P 4 -I {} sh -c '
		name=$(basename "$1" .path)
		LC_ALL=C.UTF-8 HOME=$PWD ANSIBLE_LOCALHOST_WARNING=false \
			ansible-inventory -i "$(cat "$1")" --list \
			>"$name.theirs" 2>"$name.err"' sh {})
}

# Compare each with what we make of it.
compare_all() { # COUNT
	local path name n=0 wrong=''

	command -v ansible-inventory >/dev/null || skip "no ansible-inventory"
	ask_ansible
	for path in "$TEST_TMP"/inv/*.path; do
		name=$(basename "$path" .path)
		(cd "$TEST_TMP/inv" && "${NETFAN%/*}/test_ansible_list" --print ansible \
			"$(cat "$path")") >"$TEST_TMP/inv/$name.ours" ||
			fail "$name: refused"
		/usr/bin/python3 "$here/ansible_compare.py" \
			"$TEST_TMP/inv/$name.ours" "$TEST_TMP/inv/$name.theirs" \
			>"$TEST_TMP/inv/$name.diff" ||
			wrong+="$name: $(cat "$TEST_TMP/inv/$name.diff")"$'\n'
		n=$((n + 1))
	done
	expect_eq 'what differs' "$wrong" ''
	expect_eq 'inventories' "$n" "$1"
}

# What all of them are: network devices, so that none is left out.
NET='ansible_network_os=ios
ansible_connection=network_cli'

case_an_ini_file_is_as_ansible_reads_it() {
	file ranges hosts <<-E
		r[1:3] n=1
		s[01:04]
		t[41:44:2].lab
		u[a:c]x[1:2]
		v[:2]
		[2001:db8::5]:2230
		2001:db8::6
		[all:vars]
		$NET
	E
	file ports hosts <<-E
		a:2201
		b.example.net:0022
		10.0.0.7:830 ansible_port=831
		c_:22
		-d:5
		[x]
		a:2999
		e[1:2]:77
		[all:vars]
		$NET
	E
	file quoting hosts <<-'E'
		r1 a="two words" b='x"y' c=a\ b d=a#b e=c
		"r2" a=''  b=""  # none
		r3 a='"1"' b="'x'" c="it's"
		r4;note a=1
		r5 x=1	;note=2
		r6,r7 k=v=w
		# r8
		; r9
		[all:vars]
		ansible_network_os = ios
		p = a#b
		q = abc # n
		s = "x" # n
		t='1'
		u="a b"
		v=a=b
	E
	file types hosts <<-E
		r1 a=12345 b=1e5 c=12_34 d=007 e=0b1 f='1' g=True h=None i=true
		r2 a=[1,2] b="{'x': [1, None]}" c=1,2 d=-3 e=+4 f=1.50 g=1e22 h=(1)
		r3 a=10.0.0.1 b=0x1F c=0o17 d=1__2 e="'a' 'b'" f=[ g=.5 h=1e-7
		[all:vars]
		$NET
		l=5 # n
		m='1'
		n=[1, "a"]
		o={"a": {"b": 1}}
		p=()
	E
	file children hosts <<-E
		lone
		[edge]
		r1
		[core]
		r2
		[north:children]
		edge
		core
		[world:children]
		north
		south
		[south]
		r3
		[all:vars]
		$NET
		v=all
		w=all
		[world:vars]
		v=world
		[north:vars]
		v=north
		[edge:vars]
		v=edge
		[ungrouped:vars]
		v=ungrouped
	E
	file depth hosts <<-E
		[b_deep]
		h1
		[a]
		h1
		[c]
		h1
		[top:children]
		mid
		[mid:children]
		b_deep
		[a:vars]
		x=a
		y=a
		[c:vars]
		x=c
		[b_deep:vars]
		x=b
		[mid:vars]
		y=mid
		[all:vars]
		$NET
	E
	file priority hosts <<-E
		[a]
		h1 z=1
		[b]
		h1
		[c]
		h1
		[a:vars]
		ansible_group_priority=10
		x=a
		[b:vars]
		x=b
		[c:vars]
		ansible_group_priority=2
		x=c
		y=c
		[all:vars]
		$NET
	E
	file twice hosts <<-E
		[a]
		h1 x=1 y=1
		h2
		[b]
		h1 x=2
		[b:vars]
		q=1
		[b]
		h3
		[b:vars]
		q=2
		[all:vars]
		$NET
	E
	file same_name hosts <<-E
		[r1]
		r1 x=host
		r2
		[r1:vars]
		y=group
		[all:vars]
		$NET
	E
	file login hosts <<-E
		r1 ansible_user=u ansible_ssh_user=v ansible_password=p
		r2 ansible_ssh_user=v ansible_ssh_pass=q ansible_ssh_port=23
		r3 ansible_ssh_user=v ansible_password=007 ansible_ssh_host=10.0.0.1
		r4 ansible_become=yes ansible_become_method=enable ansible_become_pass=e
		r5 ansible_become=True ansible_become_method=sudo ansible_become_pass=e
		r6 ansible_become=no ansible_become_password=e
		r7 ansible_private_key_file=/k ansible_command_timeout=7
		[g]
		r2
		[g:vars]
		ansible_user=group
		ansible_connect_timeout=9
		[all:vars]
		$NET
	E
	file others hosts <<-E
		web1
		fw1 ansible_network_os=fortios ansible_connection=httpapi
		j1 ansible_network_os=junos ansible_connection=ansible.netcommon.netconf
		l1 ansible_network_os=ios ansible_connection=local
		r1 ansible_network_os=cisco.ios.ios ansible_connection=ssh
		r2 ansible_network_os=eos
	E
	file spaces hosts <<-E
		  r1   x=1  
			[a]	# comment
		  r2
		[b:children]  # c
		  a  # d
		[all:vars]
		  ansible_network_os   =   ios
	E
	compare_all 12
}

case_a_yaml_file_is_as_ansible_reads_it() {
	file all hosts.yml <<-'E'
		all:
		  hosts:
		    lone:
		    n1: {ansible_host: 10.0.0.1, list: [1, a], map: {k: v}}
		  vars: {ansible_network_os: ios, v: all, nothing: null}
		  children:
		    edge:
		      hosts:
		        r1: {v: host, ansible_port: 2022}
		        r2:
		      vars: {v: edge, w: 7}
		      children:
		        inner:
		          hosts: {r3: {}, r1: null}
		          vars: {v: inner}
	E
	file roots hosts.yaml <<-'E'
		net:
		  vars: {ansible_network_os: eos, ansible_connection: network_cli}
		  hosts:
		    a1: {ansible_user: u, ansible_password: p}
		    b[1:3]:2022: {x: 1}
		    "[2001:db8::1]:22": {}
		core:
		  hosts: a1
		empty:
		  hosts:
		bare:
		top:
		  children: net
	E
	file merge hosts.yml <<-'E'
		x: &base
		  vars: {ansible_network_os: ios}
		all:
		  vars: &v {ansible_network_os: ios, a: 1, b: 2}
		  children:
		    g:
		      vars: {<<: *v, b: 3}
		      hosts: {r1: &h {k: 1}, r2: {<<: *h, l: 2}}
	E
	file odd hosts.yml <<-'E'
		all:
		  vars: {ansible_network_os: ios}
		  note: a text
		  hosts: {r1: {x: "a\tb", y: 'it''s'}, r1.lab: {}, r_2: {}}
		  children:
		    g: {hosts: {r9: ""}}
		skipped: 7
	E
	file noext hosts <<-'E'
		r9:
		  vars: {ansible_network_os: ios}
		  hosts: {r1: {}}
	E
	file null_hides hosts.yml <<-'E'
		all:
		  vars: {ansible_network_os: ios, ansible_port: 2022, d: 1}
		  hosts:
		    r1: {ansible_port: null, d: null}
		    r2: {ansible_user: null, ansible_ssh_user: s}
	E
	file printed hosts.json <<-'E'
		{"all": {"vars": {"ansible_network_os": "ios", "n": 1.5},
		  "children": {"g": {"hosts": {"r1": {"x": [1, {"a": null}],
		    "y": true, "s": "tab\there"}}}}}}
	E
	compare_all 7
}

case_files_beside_are_read_as_ansible_reads_them() {
	local n

	file beside hosts <<-E
		[edge]
		r1 v=line w=line
		r2
		[core]
		r1
		[all:vars]
		$NET
		v=all
		[edge:vars]
		v=edge
		u=edge
	E
	file beside group_vars/all.yml <<<'{v: file_all, a: 1, u: file_all}'
	file beside group_vars/edge <<<'v: file_edge'
	file beside group_vars/edge.yml <<<'v: never'
	file beside group_vars/core/10.yml <<<'{x: ten, y: ten}'
	file beside group_vars/core/9.yml <<<'x: nine'
	file beside group_vars/core/sub/z.yaml <<<'z: deep'
	file beside group_vars/core/skip.txt <<<'x: never'
	file beside group_vars/core/.hidden.yml <<<'x: never'
	file beside group_vars/core/back.yml~ <<<'x: never'
	file beside group_vars/nobody.yml <<<'- not: read'
	file beside host_vars/r1.yml <<<'{w: file, ansible_user: filed}'
	file beside host_vars/r2.json <<<'{"v": "json"}'
	file beside_empty hosts <<<"r1 $(tr '\n' ' ' <<<"$NET")"
	file beside_empty host_vars/r1.yml <<<'# nothing'
	file beside_login hosts <<-E
		[g]
		r1 ansible_ssh_pass=line
		r2
		[g:vars]
		$NET
		ansible_user=ini
	E
	file beside_login group_vars/g.yml <<<'{ansible_user: filed, ansible_password: fp}'
	file beside_login group_vars/all.yml <<<'{ansible_user: all, ansible_port: 99}'
	file beside_login host_vars/r2.yml <<<'{ansible_port: 98, ansible_host: 10.1.1.1}'
	file directory 1-hosts <<-E
		[g]
		r1 v=first
		r2 ansible_port=1
		[g:vars]
		$NET
		q=first
	E
	file directory 2-more.yml <<<'g: {hosts: {r1: {v: second}, r3: {}}, vars: {q: second}}'
	file directory sub/3-hosts <<<$'[h]\nr2 v=third\n'
	for n in a.ini b.cfg c.txt d.md e.rst f.orig g~ .h; do
		file directory "$n" <<<'[never'
	done
	file directory group_vars/h.yml <<<'w: h'
	file directory host_vars/r3.yml <<<'w: r3'
	whole directory
	file directory_group 01-a <<<$'[web]\nr1\n[all:vars]\nansible_network_os=ios'
	file directory_group 02-b <<<$'[web:vars]\nx=1\n[b:children]\nweb'
	whole directory_group
	file playbook_vars hosts <<<"r1 $(tr '\n' ' ' <<<"$NET") x={{y}} y=z"
	compare_all 6
}

case_of_30_inventories_each_is_as_ansible_reads_it() {
	local n

	for n in 1 2 3 4 5; do
		file "dag$n" hosts <<-E
			[g1]
			h[1:9]
			[g2]
			h[$n:7]
			[g3]
			h$n p=$n
			[p1:children]
			g$((n % 3 + 1))
			[p2:children]
			p1
			g$(((n + 1) % 3 + 1))
			[g1:vars]
			x=g1
			ansible_port=2$n
			[g2:vars]
			x=g2
			ansible_group_priority=$n
			[g3:vars]
			x=g3
			ansible_user=g3
			ansible_group_priority=3
			[p1:vars]
			x=p1
			y=p1
			ansible_password=p1
			[p2:vars]
			y=p2
			z=p2
			[all:vars]
			$NET
			x=all
			ansible_password=all
		E
	done
	compare_all 5
}

# The printer, in the directory of the inventories; as expect_status().
prints() { # STATUS FORM FILE [PASSWORD_FILE]
	local status=$1

	shift
	expect_status "$status" sh -c 'cd "$1" && shift && exec "$@"' sh \
		"$TEST_TMP/inv" "${NETFAN%/*}/test_ansible_list" --print "$@"
}

# What the last print has for jq's FILTER.
expect_printed() { # FILTER WANT
	expect_eq "$1" "$(jq -rc "$1" "$TEST_TMP/out")" "$2"
}

ansible_vault() {
	LC_ALL=C.UTF-8 HOME=$TEST_TMP ansible-vault "$@" 2>/dev/null
}

# A value encrypted in YAML, behind "KEY: ".
vaulted() { # VALUE INDENT
	printf '!vault |\n'
	printf %s "$1" | ansible_vault encrypt \
		--vault-password-file "$TEST_TMP/inv/pw" --output - |
		sed "s/^/$2/"
}

make_vaults() {
	mkdir -p "$TEST_TMP/inv"
	echo 'open sesame' >"$TEST_TMP/inv/pw"
	echo 'wrong' >"$TEST_TMP/inv/pw2"
	file vault hosts.yml <<-E
		all:
		  vars: {ansible_network_os: ios, ansible_user: u}
		  children:
		    a:
		      vars:
		        ansible_password: $(vaulted 'dv $ecret' '          ')
		      hosts: {r1: {}, r2: {ansible_password: plain}}
		    b:
		      hosts: {r3: {ansible_password: '{{ vault_pw }}'}}
		    c:
		      hosts: {r4: {ansible_password: p}}
		web: {hosts: {w1: {ansible_connection: local}}}
	E
	file vault group_vars/b/vault.yml <<<'{vault_pw: from file}'
	file vault group_vars/c.yml <<<'{ansible_user: sealed}'
	ansible_vault encrypt --vault-password-file "$TEST_TMP/inv/pw" \
		"$TEST_TMP/inv/vault/group_vars/b/vault.yml" \
		"$TEST_TMP/inv/vault/group_vars/c.yml"
}

case_a_vault_is_opened_by_its_password() {
	command -v ansible-vault >/dev/null || skip "no ansible-vault"
	make_vaults
	prints 0 ansible vault/hosts.yml pw
	expect_printed '[.[] | .keys.password]' \
		'["dv $ecret","plain","from file","p"]'
	expect_printed '[.[] | .skip]' '[null,null,null,null]'
	expect_printed '.r4.keys.username' sealed
	expect_printed '.r3.data.vault_pw' '***'
}

case_a_vault_that_stays_shut_costs_its_devices_alone() {
	command -v ansible-vault >/dev/null || skip "no ansible-vault"
	make_vaults
	prints 0 ansible vault/hosts.yml
	expect_printed '.r2.skip' null
	expect_printed '.r1.skip' "vault/hosts.yml:6: device 'r1': \
ansible_password is an Ansible vault value (!vault): give the file of the \
vault's password, or write what it stands for"
	expect_printed '.r4.skip' "vault/hosts.yml:17: device 'r4': not all of \
its variables are known: vault/group_vars/c.yml is encrypted by Ansible's \
vault: give the file of the vault's password"
	expect_printed '[.[] | .skip != null]' '[true,false,true,true]'
	prints 0 ansible vault/hosts.yml pw2
	expect_printed '[.[] | .skip != null]' '[true,false,true,true]'
	expect_match skip "$(jq -r .r1.skip "$TEST_TMP/out")" \
		'cannot be decrypted .*Decryption failed'
	mkdir "$TEST_TMP/bin"
	ln -s "$(command -v sh)" "$TEST_TMP/bin/sh"
	PATH=$TEST_TMP/bin prints 0 ansible vault/hosts.yml pw
	expect_match skip "$(jq -r .r1.skip "$TEST_TMP/out")" \
		'there is no ansible-vault to decrypt it: install ansible-core'
}

case_a_program_is_run_in_the_form_script_alone() {
	file script inv.sh <<-'E'
		#!/bin/sh
		echo "$1" >>ran
		cat <<'J'
		{"net": {"hosts": ["r1", "r2"], "vars": {"ansible_network_os": "ios"},
		         "children": ["core"]},
		 "core": ["r2", "r3"],
		 "_meta": {"hostvars": {"r1": {"ansible_host": "10.0.0.1"},
		                        "r3": {"site": "a"}, "none": {}}}}
		J
	E
	chmod +x "$TEST_TMP/inv/script/inv.sh"
	prints 0 script script/inv.sh
	expect_eq 'what it was run with' "$(cat "$TEST_TMP/inv/ran")" --list
	expect_printed '[.[] | .keys.host]' '["10.0.0.1","r2","r3"]'
	expect_printed '.r2.groups' '["core","net"]'
	expect_printed '.r3.data' '{"site":"a"}'
	rm "$TEST_TMP/inv/ran"
	prints 2 ansible script/inv.sh
	[ ! -e "$TEST_TMP/inv/ran" ] || fail "it was run"
	file script bad.sh <<<$'#!/bin/sh\necho oh >&2\nexit 3'
	chmod +x "$TEST_TMP/inv/script/bad.sh"
	prints 2 script script/bad.sh
	expect_eq told "$(cat "$TEST_TMP/err")" \
		'script/bad.sh: the program ended with status 3: oh'
	file script text.sh <<<$'#!/bin/sh\necho "[a]"'
	prints 2 script script/text.sh
	expect_match told "$(cat "$TEST_TMP/err")" 'cannot be run.*chmod \+x'
	chmod +x "$TEST_TMP/inv/script/text.sh"
	prints 2 script script/text.sh
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
}

case_a_directory_is_one_inventory() {
	file d hosts <<<$'[a]\nr1\n[all:vars]\nansible_network_os=ios'
	file d group_vars/a.yml <<<'ansible_user: filed'
	file d run.py <<<'#!/usr/bin/env python3'
	prints 0 - d
	expect_printed '.r1.keys.username' filed
	expect_match told "$(cat "$TEST_TMP/err")" \
		'd/run.py: a program, which is not run here'
	file own 1.yaml <<<'[{name: r1, host: 10.0.0.1, device_type: ios}]'
	file own sub/2.yaml <<<'[{name: r2, host: 10.0.0.2, device_type: ios}]'
	file own README.md <<<'text'
	prints 0 - own
	expect_printed keys '["r1","r2"]'
	mkdir "$TEST_TMP/inv/empty"
	prints 2 - empty
	expect_eq told "$(cat "$TEST_TMP/err")" 'empty: no inventory is in it'
}

# They are a playbook's, which Ansible takes to be there (2.14).
case_files_of_the_working_directory_are_not_read() {
	file cwd/inv hosts <<-E
		[g]
		r1 ansible_host=$TEST_NET.1
		[g:vars]
		$NET
	E
	file cwd/inv group_vars/g.yml <<<'{a: beside}'
	file cwd group_vars/g.yml <<<'{a: cwd, b: cwd}'
	file cwd host_vars/r1.yml <<<'{c: cwd}'
	cd "$TEST_TMP/inv/cwd" || return
	expect_status 0 netfan inventory -i inv/hosts --convert json
	expect_eq data "$(jq -c '.[0].data | {a, b, c}' "$TEST_TMP/out")" \
		'{"a":"beside","b":null,"c":null}'
}

case_the_program_reads_them_by_its_options() {
	file cli hosts <<-E
		r1 ansible_host=$TEST_NET.1 ansible_port=1
		[all:vars]
		$NET
		ansible_user=u
		ansible_password={{ lookup('env', 'X') }}
	E
	expect_status 3 netfan poll -i "$TEST_TMP/inv/cli/hosts" \
		--inventory-format ansible 'show clock'
	expect_match told "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" \
		'hosts:6: device .r1.: ansible_password is a template'
	expect_status 2 netfan poll -i "$TEST_TMP/inv/cli/hosts" \
		--inventory-format ansibel 'show clock'
	expect_match told "$(cat "$TEST_TMP/err")" 'give one of netfan, .*ansible'
}

run_cases "$@"
