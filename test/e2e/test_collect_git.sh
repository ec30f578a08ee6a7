#!/usr/bin/env bash
# Collections whose user works in their repository: what he leaves there by day
# costs no answer at night, and loses nothing of his.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
store=${TEST_TMP-}/network

collect() { # ARGS...
	netfan collect -i "$TEST_TMP/inventory.yaml" --timeout 600 -d "$store" \
		--known-hosts "$TEST_TMP/known_hosts" "$@" 'show version'
}

# What all devices say from now on.
say() { # TEXT
	mkdir -p "$TEST_TMP/says/."
	printf '%s\n' "$1" >"$TEST_TMP/new"
	mv "$TEST_TMP/new" "$TEST_TMP/says/./show_version"
}

# git, as the user calls it, in the folder.
user() { # ARGS...
	HOME=$TEST_TMP/home git -C "$store" -c user.name=u \
		-c user.email=u@example.org "$@"
}

# Nights with these answers, behind which a user has a repository.
begin() { # TEXT...
	mkdir -p "$TEST_TMP/home"
	say none
	start_devsim --devices 2 --says "$TEST_TMP/says"
	make_inventory 2
	for text; do
		say "$text"
		expect_status 0 collect
	done
}

# A night that cannot record what the devices say now, and why.
expect_unrecorded() { # TEXT REGEX
	local head

	head=$(user rev-parse HEAD)
	say "$1"
	expect_status 5 collect
	expect_match why "$(grep recorded: "$TEST_TMP/out")" \
		"the files are kept, but not recorded: $2: the next run "
	expect_eq kept "$(cat "$store/R1/show_version")" "$1"
	expect_eq head "$(user rev-parse HEAD)" "$head"
}

# A night after which all is as the devices say, and recorded.
expect_recorded() { # TEXT
	say "$1"
	expect_status 0 collect
	expect_eq recorded "$(user show HEAD:R1/show_version \
		HEAD:R2/show_version)" "$1"$'\n'"$1"
	expect_eq status "$(user status --porcelain)" ''
	expect_eq fsck "$(user fsck --strict --no-dangling 2>&1)" ''
	expect_status 0 collect
	expect_eq silent "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
}

# ---- in the middle of something

case_a_head_on_no_branch_costs_no_answer() {
	begin one two
	user checkout -q --detach
	expect_unrecorded three \
		"HEAD is on no branch there: .*'git -C $store checkout main'"
	expect_unrecorded three 'HEAD is on no branch there: .*' # each night
	user checkout -q main
	expect_recorded three
	expect_eq log "$(user rev-list --count main)" 3
}

case_an_old_version_that_is_checked_out_is_left_alone() {
	begin one two three
	user checkout -q HEAD~1
	expect_unrecorded four 'HEAD is on no branch there: .*'
	expect_status 5 collect --push "$TEST_TMP/remote.git"
	user checkout -q -f main
	expect_recorded four
}

case_a_rebase_is_left_to_its_user() {
	begin one two three
	GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' user rebase -q -i HEAD~2 \
		2>/dev/null
	expect_unrecorded four \
		"a git rebase is under way there: .* rebase --continue' .*"
	user rebase --abort
	expect_recorded four
	expect_eq log "$(user rev-list --count main)" 4
}

case_a_merge_with_conflicts_keeps_its_index() {
	local index

	begin one two
	user checkout -q -b theirs HEAD~1
	echo theirs >"$store/R1/show_version"
	user commit -qam theirs
	user checkout -q main
	! user merge -q theirs >"$TEST_TMP/merge" || fail 'no conflict'
	index=$(user ls-files --stage)
	expect_match conflict "$index" $' 3\t'
	expect_unrecorded three 'a git merge is under way there: .*'
	expect_eq index "$(user ls-files --stage)" "$index"
	rm "$store/.git/MERGE_HEAD" # as git stash pop leaves it
	expect_unrecorded four 'files are in conflict there: .*'
	expect_eq index "$(user ls-files --stage)" "$index"
	user add R1
	expect_recorded five
}

case_a_cherry_pick_and_a_revert_are_left_to_their_user() {
	begin one two three
	! user revert --no-edit HEAD~1 >"$TEST_TMP/revert" 2>&1 ||
		fail 'no conflict'
	expect_unrecorded four 'a git revert is under way there: .*'
	user revert --abort
	! user cherry-pick HEAD~1 >"$TEST_TMP/pick" 2>&1 || fail 'no conflict'
	expect_unrecorded five 'a git cherry-pick is under way there: .*'
	user cherry-pick --abort
	expect_recorded five
}

case_a_bisect_is_left_to_its_user() {
	begin one two three four
	user bisect start HEAD HEAD~3 >"$TEST_TMP/bisect"
	expect_unrecorded five "a git bisect is under way .* bisect reset'"
	user checkout -q -f main
	user bisect reset >"$TEST_TMP/bisect" 2>&1
	expect_recorded five
}

# ---- its index

case_an_index_that_is_lost_is_made_anew() {
	local damage

	begin one two
	# shellcheck disable=SC2016 # for the shell below
	for damage in 'rm "$1"' ': >"$1"' 'truncate -s -7 "$1"' \
		'printf x >>"$1"' \
		'printf x | dd of="$1" bs=1 seek=55 conv=notrunc status=none'; do
		sh -c "$damage" - "$store/.git/index"
		expect_status 0 collect
		expect_match note "$(cat "$TEST_TMP/err")" \
			"^$store: git's index was missing or damaged"
		expect_eq "status behind $damage" "$(user status --porcelain)" ''
		expect_status 0 collect
		expect_eq silent "$(cat "$TEST_TMP/out" "$TEST_TMP/err")" ''
	done
	expect_recorded three
}

# The user's git died over it, and every other one waits for nobody.
case_a_lock_of_the_index_that_stays_is_told() {
	begin one two
	touch "$store/.git/index.lock"
	say three
	expect_status 0 collect
	expect_eq recorded "$(user show HEAD:R1/show_version)" three
	expect_status 0 collect
	expect_match note "$(cat "$TEST_TMP/err")" \
		"^$store/.git/index.lock is there since .* remove it if no git"
	rm "$store/.git/index.lock"
	expect_status 0 collect
	expect_recorded four
}

# ---- other branches

case_a_branch_without_commits_begins_a_record_with_diffs() {
	begin one two
	user checkout -q --orphan new
	say three
	expect_status 0 collect
	expect_match note "$(cat "$TEST_TMP/err")" 'has no commit: a new record'
	expect_match diff "$(cat "$TEST_TMP/out")" $'\n-two\n\\+three'
	expect_recorded four
	expect_eq old "$(user show main:R1/show_version)" two
}

run_cases "$@"
