# netfan. `make help` tells the targets.
#
# One Makefile, no recursion. Everything built lands in build/VARIANT/, where
# VARIANT is release (default), debug, asan (with UBSan), tsan or fuzz (clang).

VARIANT ?= release
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
CC ?= cc
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
CPPCHECK ?= cppcheck

B := build/$(VARIANT)
Q := $(if $(V),,@)

# libtelnet is used where it is there; `make TELNET=` does without.
TELNET = $(eval TELNET := $$(shell $(PKG_CONFIG) --modversion libtelnet \
	2>/dev/null))$(TELNET)
PACKAGES = libssh2 libcyaml yaml-0.1 libpcre2-8 libcrypto \
	$(if $(TELNET),libtelnet)
TEST_PACKAGES := cmocka libssh
# Botan is loaded to decrypt keys in OpenSSH's own format, if it was there when
# netfan was built; `make BOTAN=` does without.
BOTAN = $(eval BOTAN := $$(firstword $$(foreach p,botan-3 botan-2,$$(shell \
	$(PKG_CONFIG) --exists $$p 2>/dev/null && echo $$p))))$(BOTAN)
# The simulated devices are built with netfan where libssh is there.
LIBSSH := $(shell $(PKG_CONFIG) --modversion libssh 2>/dev/null)

# ---- sources: a folder a room, every .c in it belongs to it

LIB_SRC := $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c cmd/*/*.c))
DEVSIM_SRC := $(sort $(wildcard test/devsim/*.c))
UNIT_SRC := $(sort $(wildcard test/unit/test_*.c))
UNIT_HELP_SRC := $(filter-out $(UNIT_SRC),$(sort $(wildcard test/unit/*.c)))
FUZZ_SRC := $(sort $(wildcard test/fuzz/fuzz_*.c))
FUZZ_HELP_SRC := $(filter-out $(FUZZ_SRC),$(sort $(wildcard test/fuzz/*.c)))
EXAMPLE_SRC := $(sort $(wildcard test/example/*.c))
BENCH_SRC := $(sort $(wildcard test/bench/*.c))
ALL_SRC := $(LIB_SRC) $(CMD_SRC) $(DEVSIM_SRC) $(UNIT_SRC) $(UNIT_HELP_SRC) \
	$(FUZZ_SRC) $(FUZZ_HELP_SRC) $(EXAMPLE_SRC) $(BENCH_SRC)
ALL_HDR := $(sort $(wildcard lib/*.h lib/*/*.h lib/*/*/*.h \
	cmd/*.h cmd/*/*.h test/*/*.h))

obj = $(patsubst %.c,$(B)/%.o,$(1))
# The platform files are compiled in.
LIB_OBJ := $(call obj,$(LIB_SRC)) $(B)/platforms.o
UNIT := $(patsubst test/unit/%.c,$(B)/%,$(UNIT_SRC))
# Those in which threads meet: all that ThreadSanitizer has to look at.
THREADED := $(filter $(B)/test_executor_% $(B)/test_pool_modes,$(filter-out \
	$(B)/test_executor_death,$(UNIT)))
FUZZ := $(patsubst test/fuzz/%.c,$(B)/%,$(FUZZ_SRC))
BENCH := $(patsubst test/bench/%.c,$(B)/bench-%,$(BENCH_SRC))
LIBRARY := $(B)/libnetfan.a $(B)/libnetfan.so

# A library with a sanitizer in it would serve nobody.
ALL := $(B)/netfan $(if $(filter release debug,$(VARIANT)),$(LIBRARY)) \
	$(if $(LIBSSH),$(B)/devsim)

# ---- flags

# A later compiler or library warns of more: only developers and .ci/run, who
# say WERROR=1, take a warning for an error.
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wundef \
	$(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIC
HARDEN_LD := -Wl,-z,relro -Wl,-z,now

MODE_release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
MODE_debug := -O0 -g3
MODE_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
MODE_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
MODE_fuzz := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
MODE := $(MODE_$(VARIANT))
ifeq ($(MODE),)
$(error VARIANT is release, debug, asan, tsan or fuzz, not '$(VARIANT)')
endif

# Asked once, and only by recipes: `make help` and `make setup` need neither.
DEP_CFLAGS = $(eval DEP_CFLAGS := $$(shell $(PKG_CONFIG) --cflags \
	$(PACKAGES)) $(if $(TELNET),-DNETFAN_TELNET='"$(TELNET)"') \
	$(if $(BOTAN),$$(patsubst -I%,-isystem %,$$(shell $(PKG_CONFIG) \
	--cflags-only-I $(BOTAN))) \
	-DNETFAN_BOTAN='"$$(shell $(PKG_CONFIG) --modversion \
	$(BOTAN))"'))$(DEP_CFLAGS)
DEP_LIBS = $(eval DEP_LIBS := $$(shell $(PKG_CONFIG) --libs \
	$(PACKAGES)))$(DEP_LIBS)
TEST_LIBS = $(eval TEST_LIBS := $$(shell $(PKG_CONFIG) --libs \
	$(TEST_PACKAGES)))$(TEST_LIBS)

# Both defaults may be replaced; WARN, MODE and the rest stay in force.
CFLAGS ?=
LDFLAGS ?=
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE -Ilib -Icmd -Itest $(DEP_CFLAGS) $(WARN) \
	$(HARDEN) $(MODE) -fvisibility=hidden -pthread $(CFLAGS) -MMD -MP
LINK = $(CC) -pie $(MODE) -pthread $(HARDEN_LD) $(LDFLAGS)
LINK_SO = $(CC) -shared $(MODE) -pthread $(HARDEN_LD) $(LDFLAGS)

# Only recipes ask for these. The header has the one copy of the version.
VERSION = $(shell sed -n 's/.*NF_VERSION "\(.*\)"/\1/p' lib/netfan.h)
SONAME = libnetfan.so.$(firstword $(subst ., ,$(VERSION)))

# ---- targets

.PHONY: all setup test check-all demo bench fuzz lint format install uninstall clean help dist \
	compile_commands.json
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

all: $(ALL) ## build netfan and its library

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## /\1	/p' Makefile | expand -t 23

setup: ## install what building and testing need, if anything is missing
	$(Q)scripts/setup

# As many compilers at a time as there are processors, where nobody said -j.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

test: setup ## every test, and once more under ASan and UBSan
	$(Q)$(MAKE) $(PARALLEL) --no-print-directory VARIANT=release test-programs
	$(Q)$(MAKE) $(PARALLEL) --no-print-directory VARIANT=asan test-programs
	$(Q)test/run release asan

check-all: setup ## what `make test` leaves out: TSan, valgrind, minutes of cron
	$(Q)$(MAKE) $(PARALLEL) --no-print-directory VARIANT=release test-programs
	$(Q)$(MAKE) $(PARALLEL) --no-print-directory VARIANT=tsan test-programs
	$(Q)test/run tsan valgrind
	$(Q)NETFAN_CHECK_ALL=1 test/run -k 'test_nightly/*' release

demo: setup ## poll forty simulated routers
	$(Q)$(MAKE) $(PARALLEL) --no-print-directory $(B)/netfan $(B)/devsim
	$(Q)scripts/demo $(B)

bench: setup ## measure, side by side (needs python3)
	$(Q)$(MAKE) --no-print-directory $(B)/netfan $(B)/devsim $(BENCH)
	$(Q)test/bench/run $(if $(BASE),--base $(BASE)) $(B)

FUZZ_SECONDS ?= 60
fuzz: ## run each fuzz target for FUZZ_SECONDS (needs clang)
	$(Q)$(MAKE) --no-print-directory VARIANT=fuzz CC=clang fuzz-programs
	$(Q)for f in $(FUZZ_SRC); do \
		f=build/fuzz/$$(basename $$f .c); echo "  FUZZ  $$f"; \
		mkdir -p $$f.corpus; \
		$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-verbosity=0 -artifact_prefix=build/fuzz/ \
			$$f.corpus || exit 1; \
	done

.PHONY: fuzz-programs
fuzz-programs: $(FUZZ)

.PHONY: test-programs
test-programs: $(if $(filter tsan,$(VARIANT)),$(THREADED),\
	$(ALL) $(B)/devsim $(UNIT))

format: ## lay the sources out by .clang-format
	$(Q)$(CLANG_FORMAT) -i $(ALL_SRC) $(ALL_HDR)

lint: ## layout, sizes, clang-tidy and cppcheck, all clean or it fails
	$(Q)scripts/check-sizes lib cmd
	$(Q)$(CLANG_FORMAT) --dry-run --Werror $(ALL_SRC) $(ALL_HDR)
	$(Q)$(CPPCHECK) --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem -Ilib -Icmd -Itest $(ALL_SRC)
	$(Q)$(CLANG_TIDY) --quiet $(ALL_SRC) -- -std=c11 -D_GNU_SOURCE \
		-Ilib -Icmd -Itest $(DEP_CFLAGS) 2>&1 | \
		{ ! grep -E 'warning:|error:'; }

compile_commands.json: ## tell clangd and the like how each source is compiled
	@mkdir -p $(B)
	$(Q)scripts/compile-commands $(B) $(ALL_SRC) -- $(COMPILE) >$(B)/$@ && \
		mv $(B)/$@ $@

dist: ## build/netfan-VERSION.tar.gz of the last commit
	$(Q)scripts/dist

BIN = $(DESTDIR)$(PREFIX)/bin
MAN = $(DESTDIR)$(PREFIX)/share/man
LIB = $(DESTDIR)$(LIBDIR)
INCLUDE = $(DESTDIR)$(INCLUDEDIR)
EXAMPLES = $(DESTDIR)$(PREFIX)/share/doc/netfan/examples

install: $(ALL) ## install below $(DESTDIR)$(PREFIX)
	install -D -m 755 $(B)/netfan $(BIN)/netfan
	$(if $(LIBSSH),install -D -m 755 $(B)/devsim $(BIN)/netfan-devsim)
	install -D -m 644 cmd/netfan.1 $(MAN)/man1/netfan.1
	install -D -m 644 lib/netfan.3 $(MAN)/man3/netfan.3
	install -D -m 644 -t $(INCLUDE) lib/netfan.h lib/netfan_executor.h \
		lib/netfan_hostkeys.h lib/netfan_inventory.h \
		lib/netfan_store.h
	install -D -m 644 $(B)/libnetfan.a $(LIB)/libnetfan.a
	install -D -m 644 $(B)/libnetfan.so $(LIB)/libnetfan.so.$(VERSION)
	ln -sf libnetfan.so.$(VERSION) $(LIB)/$(SONAME)
	ln -sf $(SONAME) $(LIB)/libnetfan.so
	install -d $(EXAMPLES)
	for file in netfan.cron netfan-collect.service netfan-collect.timer; do \
		sed 's|/usr/local/bin/|$(PREFIX)/bin/|' scripts/$$file \
			>$(EXAMPLES)/$$file || exit; \
	done
	install -d $(LIB)/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)|' \
		-e 's|@PACKAGES@|$(PACKAGES)|' \
		lib/netfan.pc.in >$(LIB)/pkgconfig/netfan.pc

uninstall: ## take back what install laid
	rm -f $(BIN)/netfan $(BIN)/netfan-devsim \
		$(MAN)/man1/netfan.1 $(MAN)/man3/netfan.3 \
		$(INCLUDE)/netfan.h $(INCLUDE)/netfan_executor.h \
		$(INCLUDE)/netfan_hostkeys.h \
		$(INCLUDE)/netfan_inventory.h $(INCLUDE)/netfan_store.h \
		$(LIB)/libnetfan.a $(LIB)/libnetfan.so $(LIB)/$(SONAME) \
		$(LIB)/libnetfan.so.$(VERSION) $(LIB)/pkgconfig/netfan.pc
	rm -rf $(EXAMPLES)

clean: ## remove build/
	rm -rf build

# ---- rules

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(COMPILE) -c -o $@ $<

PLATFORMS := $(sort $(wildcard lib/platform/data/*.yaml))

$(B)/platforms.c: scripts/embed-platforms $(PLATFORMS)
	@mkdir -p $(@D)
	$(Q)scripts/embed-platforms $(PLATFORMS) >$@.new && mv $@.new $@

$(B)/platforms.o: $(B)/platforms.c lib/platform/catalogue.h Makefile
	$(Q)$(COMPILE) -c -o $@ $<

$(B)/netfan: $(call obj,$(CMD_SRC)) $(LIB_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS) -lm

$(B)/libnetfan.so: $(LIB_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK_SO) -Wl,-soname,$(SONAME) -Wl,-z,defs -o $@ $^ $(DEP_LIBS)

# One object, in which all but the public names can be made local: a program
# may have an error_set() of its own.
$(B)/libnetfan.a: $(LIB_OBJ)
	$(if $(V),,@echo "  AR    $@")
	$(Q)$(CC) -r -nostdlib -o $(B)/libnetfan.o $^
	$(Q)$(OBJCOPY) --localize-hidden $(B)/libnetfan.o
	$(Q)$(AR) rcs $@ $(B)/libnetfan.o

# The simulated devices run on netfan's own fibers; their SSH is libssh's.
$(B)/devsim: $(call obj,$(DEVSIM_SRC) $(filter lib/base/% lib/fiber/%,\
	$(LIB_SRC)))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS) $(DEP_LIBS)

# As any program would use the library.
$(B)/bench-pool: $(B)/test/bench/pool.o $(B)/libnetfan.a
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS)

# A part that is not public.
$(B)/bench-record: $(B)/test/bench/record.o $(LIB_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS)

# Nothing of netfan's.
$(B)/bench-bare $(B)/bench-pipes: $(B)/bench-%: $(B)/test/bench/%.o
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs libssh2)

$(B)/bench-yaml $(B)/bench-peak: $(B)/bench-%: $(B)/test/bench/%.o
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs yaml-0.1)

# A part of the library's inside.
$(B)/bench-content: $(B)/test/bench/content.o $(LIB_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS)

$(UNIT): $(B)/%: $(B)/test/unit/%.o $(LIB_OBJ) $(call obj,$(UNIT_HELP_SRC) \
	$(filter-out cmd/main.c,$(CMD_SRC)))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS) $(DEP_LIBS) -lm

$(FUZZ): $(B)/%: $(B)/test/fuzz/%.o $(call obj,$(FUZZ_HELP_SRC)) $(LIB_OBJ)
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(DEP_LIBS)

.SECONDARY: $(call obj,$(ALL_SRC))
-include $(patsubst %.o,%.d,$(call obj,$(ALL_SRC)))
