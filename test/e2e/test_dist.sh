#!/usr/bin/env bash
# make dist: an archive of a commit whose version is told everywhere the same.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

git_in_src() { # ARGS...
	env -u GIT_DIR -u GIT_WORK_TREE HOME="$TEST_TMP" git -C "$src" \
		-c user.name=tester -c user.email=tester@example.net \
		-c init.defaultBranch=main "$@"
}

# The sources as a repository of their own, with one commit. Its changelog has
# a date, as that of a release.
make_repository() {
	[ -n "$(type -P git)" ] || skip 'there is no git(1)'
	src=$TEST_TMP/src
	mkdir "$src"
	cp -r "$top"/{Makefile,CHANGELOG.md,lib,cmd,scripts,test,.gitignore} \
		"$src"
	version=$(sed -n 's/.*NF_VERSION "\(.*\)"/\1/p' "$src/lib/netfan.h")
	sed -i "s/^## \[$version\] - .*/## [$version] - 2026-12-01/" \
		"$src/CHANGELOG.md"
	git_in_src init -q
	commit 'a release'
}

commit() { # SUBJECT
	git_in_src add -A
	git_in_src commit -q -m "$1"
}

make_dist() {
	env -u GIT_DIR -u GIT_WORK_TREE -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		HOME="$TEST_TMP" make -C "$src" dist
}

expect_refused() { # REGEX
	expect_status 2 make_dist
	expect_match refusal "$(grep '^dist: ' "$TEST_TMP/err")" "$1"
	[ ! -e "$src/build/netfan-$version.tar.gz" ] ||
		fail 'there is an archive all the same'
}

expect_archive() {
	expect_status 0 make_dist
	expect_match archive "$(cat "$TEST_TMP/out")" \
		"build/netfan-$version.tar.gz"
}

case_an_archive_has_each_file_of_the_commit() {
	make_repository
	echo 'of no commit' >"$src/stray.c"
	expect_archive
	expect_match note "$(cat "$TEST_TMP/err")" \
		"dist: not tagged v$version: .*no release"
	tar -xzf "$src/build/netfan-$version.tar.gz" -C "$TEST_TMP"
	expect_eq files "$(cd "$TEST_TMP/netfan-$version" && find . -type f |
		sed 's,^\./,,' | sort)" "$(git_in_src ls-files | sort)"
	expect_status 0 env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		make -C "$TEST_TMP/netfan-$version" \
		build/release/lib/base/nearest.o
}

case_a_tagged_commit_gives_the_same_archive_each_time() {
	local first

	make_repository
	git_in_src tag -a -m 'a release' "v$version"
	expect_archive
	expect_eq notes "$(grep '^dist:' "$TEST_TMP/err" || true)" ''
	first=$(sha256sum "$src/build/netfan-$version.tar.gz")
	rm "$src/build/netfan-$version.tar.gz"
	expect_archive
	expect_eq archive "$first" \
		"$(sha256sum "$src/build/netfan-$version.tar.gz")"
}

case_a_version_that_is_told_otherwise_is_refused() {
	local page

	make_repository
	for page in $(git_in_src ls-files '*.[1-8]'); do
		sed -i "/^\.TH/s/netfan $version/netfan 0.0.9/" "$src/$page"
		commit 'a page of before'
		expect_refused "$page says .*netfan 0\.0\.9.*, lib/netfan.h $version"
		git_in_src reset -q --hard HEAD^
	done
	sed -i '0,/^## /s/^## .*/## [0.0.9] - 2026-11-01/' "$src/CHANGELOG.md"
	commit 'an older changelog'
	expect_refused "CHANGELOG.md begins with '## \[0\.0\.9\] - 2026-11-01'"
}

case_a_tag_on_another_commit_is_refused() {
	make_repository
	git_in_src tag -a -m 'a release' "v$version"
	echo >>"$src/CHANGELOG.md"
	commit 'one more'
	expect_refused "v$version is another commit: raise NF_VERSION"
}

case_a_release_has_a_date() {
	make_repository
	sed -i "s/^## \[$version\] - .*/## [$version] - not yet/" \
		"$src/CHANGELOG.md"
	commit 'no date'
	expect_archive
	rm "$src/build/netfan-$version.tar.gz"
	git_in_src tag -a -m 'a release' "v$version"
	expect_refused "v$version is tagged, and CHANGELOG.md has 'not yet'"
}

case_what_is_not_committed_is_refused() {
	make_repository
	echo >>"$src/Makefile"
	expect_refused 'files differ from the last commit'
}

run_cases "$@"
