# netfan. `make help` tells the targets.
#
# One Makefile, no recursion. Everything built lands in build/VARIANT/, where
# VARIANT is release (default), debug, asan (with UBSan), tsan or fuzz (clang).

VARIANT ?= release
PREFIX ?= /usr/local
CC ?= cc
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
CPPCHECK ?= cppcheck

B := build/$(VARIANT)
Q := $(if $(V),,@)

PACKAGES := libssh2 libcyaml yaml-0.1 libpcre2-8 libcrypto
TEST_PACKAGES := cmocka libssh

# ---- sources: a folder a room, every .c in it belongs to it

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c))
DEVSIM_SRC := $(sort $(wildcard test/devsim/*.c))
UNIT_SRC := $(sort $(wildcard test/unit/test_*.c))
UNIT_HELP_SRC := $(filter-out $(UNIT_SRC),$(sort $(wildcard test/unit/*.c)))
FUZZ_SRC := $(sort $(wildcard test/fuzz/fuzz_*.c))
ALL_SRC := $(LIB_SRC) $(CMD_SRC) $(DEVSIM_SRC) $(UNIT_SRC) $(UNIT_HELP_SRC) \
	$(FUZZ_SRC)
ALL_HDR := $(sort $(wildcard lib/*.h lib/*/*.h cmd/*.h test/*/*.h))

obj = $(patsubst %.c,$(B)/%.o,$(1))
UNIT := $(patsubst test/unit/%.c,$(B)/%,$(UNIT_SRC))
FUZZ := $(patsubst test/fuzz/%.c,$(B)/%,$(FUZZ_SRC))

# ---- flags

WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wundef -Werror
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE
HARDEN_LD := -pie -Wl,-z,relro -Wl,-z,now

MODE_release := -O2 -g -D_FORTIFY_SOURCE=2
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
	$(PACKAGES)))$(DEP_CFLAGS)
DEP_LIBS = $(eval DEP_LIBS := $$(shell $(PKG_CONFIG) --libs \
	$(PACKAGES)))$(DEP_LIBS)
TEST_LIBS = $(eval TEST_LIBS := $$(shell $(PKG_CONFIG) --libs \
	$(TEST_PACKAGES)))$(TEST_LIBS)

# Both defaults may be replaced; WARN, MODE and the rest stay in force.
CFLAGS ?=
LDFLAGS ?=
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE -Ilib -Itest $(DEP_CFLAGS) $(WARN) \
	$(HARDEN) $(MODE) -fvisibility=hidden $(CFLAGS) -MMD -MP
LINK = $(CC) $(MODE) $(HARDEN_LD) $(LDFLAGS)

# ---- targets

.PHONY: all setup test demo bench fuzz lint format install uninstall clean help
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

all: $(B)/netfan ## build netfan

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 12

setup: ## install what building and testing need, if anything is missing
	$(Q)scripts/setup

test: setup ## every test, in release and under ASan+UBSan
	$(Q)$(MAKE) --no-print-directory VARIANT=release test-programs
	$(Q)$(MAKE) --no-print-directory VARIANT=asan test-programs
	$(Q)test/run release asan

demo: setup ## poll forty simulated routers
	$(Q)$(MAKE) --no-print-directory $(B)/netfan $(B)/devsim
	$(Q)scripts/demo $(B)

bench: setup ## measure, side by side
	$(Q)$(MAKE) --no-print-directory $(B)/netfan $(B)/devsim
	$(Q)test/bench/run $(B)

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
test-programs: $(B)/netfan $(B)/devsim $(UNIT)

format: ## lay the sources out by .clang-format
	$(Q)$(CLANG_FORMAT) -i $(ALL_SRC) $(ALL_HDR)

lint: ## clang-format, clang-tidy and cppcheck, all clean or it fails
	$(Q)$(CLANG_FORMAT) --dry-run --Werror $(ALL_SRC) $(ALL_HDR)
	$(Q)$(CPPCHECK) --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem -Ilib -Itest $(ALL_SRC)
	$(Q)$(CLANG_TIDY) --quiet $(ALL_SRC) -- -std=c11 -D_GNU_SOURCE \
		-Ilib -Itest $(DEP_CFLAGS) 2>&1 | \
		{ ! grep -E 'warning:|error:'; }

install: $(B)/netfan ## install below $(DESTDIR)$(PREFIX)
	install -D -m 755 $(B)/netfan $(DESTDIR)$(PREFIX)/bin/netfan
	install -D -m 644 cmd/netfan.1 $(DESTDIR)$(PREFIX)/share/man/man1/netfan.1

uninstall: ## take back what install laid
	rm -f $(DESTDIR)$(PREFIX)/bin/netfan \
		$(DESTDIR)$(PREFIX)/share/man/man1/netfan.1

clean: ## remove build/
	rm -rf build

# ---- rules

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $@")
	$(Q)$(COMPILE) -c -o $@ $<

$(B)/netfan: $(call obj,$(CMD_SRC) $(LIB_SRC))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS)

# The simulated devices run on netfan's own fibers; their SSH is libssh's.
$(B)/devsim: $(call obj,$(DEVSIM_SRC) $(filter lib/base/% lib/fiber/%,\
	$(LIB_SRC)))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS) $(DEP_LIBS)

$(UNIT): $(B)/%: $(B)/test/unit/%.o $(call obj,$(UNIT_HELP_SRC) $(LIB_SRC) \
	$(filter-out cmd/main.c,$(CMD_SRC)))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS) $(DEP_LIBS)

$(FUZZ): $(B)/%: $(B)/test/fuzz/%.o $(call obj,$(LIB_SRC))
	$(if $(V),,@echo "  LINK  $@")
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(DEP_LIBS)

.SECONDARY: $(call obj,$(ALL_SRC))
-include $(patsubst %.o,%.d,$(call obj,$(ALL_SRC)))
