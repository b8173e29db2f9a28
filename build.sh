#!/usr/bin/env bash
# Everything one does with this project, in one place. `./build.sh help` lists it.
set -euo pipefail

ROOT="$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)"
VENV="$ROOT/.venv"
APP_LOCKS=(phone desktop centre)
# What also runs against the oldest versions a phone may have (the set "floor" of pyproject.toml).
FLOOR_TESTS=(tests/domain tests/test_canonical.py tests/test_signing.py tests/test_hpke.py tests/test_envelope.py tests/store)

usage() {
  cat <<'TEXT'
./build.sh COMMAND

  run [--data DIR] [--port N] [--empty] [--lan]
               set up, start the centre, the phone app and the desktop with demo people
  centre       the central API alone, settings from ALONGSIDE_* in the environment
  phone        the phone app alone
  console      the desktop console alone
  check        style, types, import rules and the limits of the house, in under a minute
  fix          format, sort, and put right what can be put right by itself
  test [--long] [PYTEST ARGUMENTS]
               what `check` does, then every test; --long: then the long runs instead (faults, fuzzing, large tables,
               simulations), the faults' figures into docs/faults.md; with arguments only pytest with those
  bench [app | sync | centre]
               the measurements in docs/performance.md, or one part of them; --quick to try, --brief, --only GROUP,GROUP
  publisher "NAME" [KEY FILE]
               become the publisher of law, guidance and services: make a key, sign the packs in assets/ with it
  screenshots  take the pictures in docs/ anew
  apk          stage dist/app/ and build the Android app
  lock         write requirements/*.txt anew from pyproject.toml (--upgrade: with the newest versions)
  help         this text
TEXT
}

warn() { printf 'build.sh: %s\n' "$*" >&2; }
die() { warn "$*" && exit 1; }

# --- Python and its environments --------------------------------------------------------------------------------------

# Prints the command of a Python that fits. A name on PATH may be a dead link, so each one is really started.
find_python() {
  local name version found=""
  for name in python3.13 python3.12 python3.11 python3 python; do
    version="$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || continue
    case "$version" in
      3.11 | 3.12 | 3.13) echo "$name" && return ;;
      *) found="$found $name is $version;" ;;
    esac
  done
  die "needs Python 3.11, 3.12 or 3.13;${found:- none was found.} Install Python 3.13" \
    "(Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv; macOS: brew install python@3.13) and start again."
}

# ensure_env FOLDER NAME LOCK... : the environment FOLDER holds what the locks say. NAME keeps its stamps apart.
ensure_env() {
  local folder="$1" name="$2" lock files=() pid="" stamp
  local digest='import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
  local fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
  shift 2
  for lock in "$@"; do files+=("$ROOT/requirements/$lock.txt"); done
  PYTHON="${PYTHON:-$(find_python)}"
  stamp="$(cat "${files[@]}" | "$PYTHON" -c "$digest")"
  [ "$(cat "$folder/.done-$name" 2>/dev/null)" = "$stamp" ] && "$folder/bin/python" -c '' 2>/dev/null && return

  if [ -e "$folder/.setting-up" ]; then
    pid="$(cat "$folder/.setting-up")"
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null &&
      die "${folder##*/} is being set up by another ./build.sh (process $pid). Wait for it, then start again."
    echo "The last set-up of ${folder##*/} did not finish; doing it again from the start."
    rm -rf "$folder"
  elif [ -d "$folder" ] && ! "$folder/bin/python" -c "$fits" 2>/dev/null; then
    echo "${folder##*/} does not work any more; making it again."
    rm -rf "$folder"
  fi
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
    die "$PYTHON cannot make virtual environments. Install its venv module" \
      "(Debian, Ubuntu: apt-get install python3-venv) and start again."
  mkdir -p "$folder" 2>/dev/null || die "cannot write to $ROOT. Is the disk full, or the folder someone else's?"
  echo $$ >"$folder/.setting-up" || die "cannot write to $folder. Is the disk full?"
  rm -f "$folder/.done-$name"
  [ -x "$folder/bin/python" ] || "$PYTHON" -m venv "$folder" >"$folder/install.log" 2>&1 || explain_install "$folder"
  echo "Installing into ${folder##*/} (once; it takes a minute or two) …"
  "$folder/bin/python" -m pip install --no-input --disable-pip-version-check --require-hashes "${files[@]/#/-r}" \
    >"$folder/install.log" 2>&1 || explain_install "$folder"
  echo "$stamp" >"$folder/.done-$name"
  rm -f "$folder/.setting-up"
}

# Says in one line why an installation failed, from its log.
explain_install() {
  local log="$1/install.log" why
  if grep -qiE 'no space left|errno 28|disk quota' "$log"; then
    why="the disk is full. Free about 2 GB and start again."
  elif grep -qi 'do not match the hashes' "$log"; then
    why="a package is not the one that was locked (its hash differs), so it was not installed."
    why="$why Do not go on before you know why."
  elif grep -qiE 'connection|resolution|unreachable|timed out|proxy|ssl|no matching distribution' "$log"; then
    why="the Python package index could not be reached. It is needed once; start again when connected."
  else
    why="pip failed:"$'\n'"$(tail -n 8 "$log")"
  fi
  die "could not set up ${1##*/}: $why (Log: $log)"
}

ensure_app() { ensure_env "$VENV" app "${APP_LOCKS[@]}"; }
ensure_test() {
  ensure_app
  ensure_env "$VENV" test "${APP_LOCKS[@]}" test
}

# --- Chromium ---------------------------------------------------------------------------------------------------------

have_chromium() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return
  done
  [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ]
}

ensure_chromium() {
  have_chromium && return
  local as_root=()
  if ! command -v apt-get >/dev/null; then
    warn "the browser tests need Chromium or Google Chrome: install one with your system's package manager."
    return 1
  elif [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || {
      warn "the browser tests need Chromium, and installing it needs root: sudo apt-get install chromium"
      return 1
    }
    as_root=(sudo -n)
  fi
  echo "Installing Chromium for the browser tests …"
  export DEBIAN_FRONTEND=noninteractive
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq &&
    ${as_root[@]+"${as_root[@]}"} apt-get install -y -qq --no-install-recommends chromium >/dev/null &&
    have_chromium && return
  warn "Chromium could not be installed; the lines above say why. Install it by hand and start again."
  return 1
}

# --- nginx ------------------------------------------------------------------------------------------------------------

# The tests of the line start it themselves. Unpacked, not installed: that needs no root, and starts no service.
ensure_nginx() {
  local folder="$ROOT/build/nginx"
  [ ! -x "$folder/usr/sbin/nginx" ] && ! command -v nginx >/dev/null || return 0
  if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    echo "Fetching nginx for the tests of the line …"
    mkdir -p "$folder"
    [ "$(id -u)" -ne 0 ] || apt-get update -qq
    (cd "$folder" && apt-get download -qq nginx 2>/dev/null && dpkg -x nginx_*.deb .) &&
      "$folder/usr/sbin/nginx" -v 2>/dev/null && return
  fi
  warn "the tests of the line behind nginx are left out: install nginx with your system's package manager."
  return 1
}

# --- Commands ---------------------------------------------------------------------------------------------------------

# Checks the arguments and the ports before the long set-up, then hands over to the runner.
cmd_run() {
  PYTHON="$(find_python)"
  case " $* " in *" -h "* | *" --help "*) exec "$PYTHON" "$ROOT/tools/run.py" --help ;; esac
  "$PYTHON" "$ROOT/tools/run.py" --check "$@"
  ensure_app
  exec "$VENV/bin/python" "$ROOT/tools/run.py" "$@"
}

# One program in the foreground; -P: a module is never taken from the folder one happens to be in.
cmd_module() {
  local module="$1"
  shift
  ensure_app
  PYTHONPATH="$ROOT" exec "$VENV/bin/python" -P -m "$module" "$@"
}

RESULTS=""
SLOWEST=(--durations 12 --durations-min 2) # docs/testing.md says where the minutes go

# stage NAME COMMAND... : runs it, notes the seconds, ends everything when it fails.
stage() {
  local name="$1" begin=$SECONDS code=0 result=ok
  shift
  printf '\n=== %s\n' "$name"
  "$@" || { code=$? && result=FAILED; }
  RESULTS="$RESULTS$(printf '%-7s%-18s%4d s' $result "$name" $((SECONDS - begin)))"$'\n'
  [ $code -eq 0 ] || { printf '\n%s' "$RESULTS" && exit 1; }
}

# pytest, for which having no test in a folder yet (5) is no failure.
run_pytest() {
  local python="$1" code=0
  shift
  "$python" -m pytest "$@" || code=$?
  [ $code -eq 5 ] || return $code
}

# Playwright's own loop and pytest-asyncio do not go together, so the browser tests are a run of their own.
# A page whose own process died (tests/browser/conftest.py ends one that hangs) is tried once more, and that is said.
run_browser_tests() {
  ensure_chromium && run_pytest "$VENV/bin/python" "$@" -p no:asyncio -W ignore::pytest.PytestConfigWarning \
    --reruns 1 --only-rerun "Target crashed" -rfER "${SLOWEST[@]}"
}

run_floor_tests() { run_pytest "$ROOT/.venv-floor/bin/python" "${FLOOR_TESTS[@]}" -q -p no:cacheprovider -m "$1"; }

# All tests of the folder, long or not; what this system does not allow is skipped, said (-rs) and in the figures.
run_faults() {
  local code=0
  rm -rf "$ROOT/build/faults" && mkdir -p "$ROOT/build/faults"
  FAULT_FIGURES="$ROOT/build/faults" run_pytest "$1" tests/faults -n 2 --dist worksteal -rs || code=$?
  "$1" -m tools.faults || code=$?
  return $code
}

# The long runs beside the faults: every test marked so in any other folder.
run_long() {
  run_pytest "$1" tests --ignore tests/faults -m "(fault or long) and not browser" -n 2 --dist loadfile -rs
}

# The stages of `check`, which are also the first ones of `test`.
check_stages() {
  local bin="$VENV/bin"
  stage "ruff check" "$bin/ruff" check .
  stage "ruff format" "$bin/ruff" format --check .
  stage "pyright" "$bin/pyright" --warnings --pythonpath "$bin/python"
  stage "import rules" "$bin/lint-imports" --no-cache
  [ ! -d tests/house ] || stage "house" run_pytest "$bin/python" -q tests/house -p no:cacheprovider
}

# The test environment, for a command that works in the project's folder.
enter_test() {
  ensure_test
  cd "$ROOT"
  export PYTHONPATH="$ROOT"
}

cmd_check() {
  enter_test
  check_stages
  printf '\n%s' "$RESULTS"
}

# Formats also when something is left that a person has to put right.
cmd_fix() {
  local code=0
  enter_test
  "$VENV/bin/ruff" check --fix . || code=$?
  "$VENV/bin/ruff" format .
  return $code
}

cmd_test() {
  local marks="not browser and not fault and not long" bin="$VENV/bin" long=""
  if [ "${1:-}" = --long ]; then
    marks="not browser" long=yes
    shift
  fi
  enter_test
  if [ $# -gt 0 ]; then
    case " $*" in
      *" tests/browser"*) run_browser_tests "$@" ;;
      *) exec "$bin/python" -m pytest -m "$marks" "$@" ;;
    esac
    return
  fi
  [ -n "$long" ] || ensure_env "$ROOT/.venv-floor" floor floor
  check_stages
  if [ -n "$long" ]; then
    stage "faults" run_faults "$bin/python"
    stage "other long runs" run_long "$bin/python"
    printf '\n%s' "$RESULTS"
    return
  fi
  [ ! -d tests/line ] || ensure_nginx || [ "${CI:-}" != true ] || die "they are not left out here."
  stage "tests" run_pytest "$bin/python" tests --ignore tests/house -m "$marks" -n 2 --dist loadfile "${SLOWEST[@]}"
  stage "tests at the floor" run_floor_tests "$marks"
  [ ! -d tests/browser ] || stage "browser tests" run_browser_tests tests/browser
  printf '\n%s' "$RESULTS"
}

# measures PART 'GROUP|GROUP' ARGUMENT... : whether `bench` with these arguments measures one of the groups of the part.
measures() {
  local part="$1" groups="$2"
  shift 2
  case " $* " in
    *" --only"*) [[ " $* " =~ ($groups) ]] ;;
    *" app "* | *" sync "* | *" centre "*) [[ " $* " == *" $part "* ]] ;;
  esac
}

# Two groups need a browser. The peers of the comparison have an environment of their own; without it they are left out.
cmd_bench() {
  ensure_test
  if measures app "taps|effort" "$@"; then
    ensure_chromium || warn "taps and effort cannot be measured without it."
  fi
  if measures sync "race|costs" "$@"; then
    (ensure_env "$ROOT/build/peers/venv-bench" bench bench) ||
      warn "the comparison is made without the peers that need it."
  fi
  cd "$ROOT" && exec "$VENV/bin/python" -m bench "$@"
}

cmd_screenshots() {
  ensure_test
  ensure_chromium
  cd "$ROOT" && exec "$VENV/bin/python" -m tools.screenshots "$@"
}

cmd_apk() {
  PYTHON="$(find_python)"
  "$PYTHON" "$ROOT/tools/stage.py"
  local missing="" sdk="${ANDROID_HOME:-${ANDROID_SDK_ROOT:-}}" java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  local item=$'\n  - ' tools="command-line tools 12, platform-tools, platforms;android-35, build-tools;34.0.0"
  flutter --version 2>/dev/null | grep -q 'Flutter 3\.44\.' ||
    missing="$missing${item}Flutter 3.44, with its bin folder on PATH"
  { [ -n "$sdk" ] && [ -d "$sdk/platform-tools" ]; } ||
    missing="$missing${item}the Android SDK ($tools), with ANDROID_HOME naming its folder"
  "$java" -version 2>&1 | grep -q 'version "17' || missing="$missing${item}JDK 17, with JAVA_HOME naming its folder"
  case "${ALONGSIDE_CENTRE:-}" in
    https://*) ;;
    *) missing="$missing${item}nothing, but set ALONGSIDE_CENTRE to the https address of your centre: it is built in" ;;
  esac
  [ -z "$missing" ] ||
    die "dist/app is staged and ready. To build the APK from it, install:$missing"$'\nand start ./build.sh apk again.'
  ensure_env "$ROOT/.venv-apk" apk apk
  cd "$ROOT/dist/app" && exec "$ROOT/.venv-apk/bin/flet" build apk --yes "$@"
}

# The names of one set of pyproject.toml, one a line.
wanted() {
  "$ROOT/.venv-lock/bin/python" -c '
import sys, tomllib
project = tomllib.load(sys.stdin.buffer)["project"]
sets = {"phone": project["dependencies"], **project["optional-dependencies"]}
print("\n".join(sets[sys.argv[1]]))' "$1" <"$ROOT/pyproject.toml"
}

# lock_set NAME BEFORE... : requirements/NAME.txt from that set of pyproject.toml, in the versions of the locks BEFORE.
# A set is compiled by itself (not with --extra, which adds the phone's): the centre installs nothing of the phone.
lock_set() {
  local name="$1" before keep=() list
  shift
  for before in "$@"; do keep+=(-c "$before.txt"); done
  list="$(wanted "$name")"
  "$ROOT/.venv-lock/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links ${keep[@]+"${keep[@]}"} \
    ${LOCK_OPTIONS[@]+"${LOCK_OPTIONS[@]}"} - -o "$name.txt" <<<"$list"
  echo "requirements/$name.txt"
}

cmd_lock() {
  LOCK_OPTIONS=("$@")
  ensure_env "$ROOT/.venv-lock" lock lock
  cd "$ROOT/requirements"
  lock_set phone
  lock_set desktop phone
  lock_set centre phone desktop
  lock_set test phone desktop centre
  lock_set floor test
  lock_set apk phone
  lock_set lock
  lock_set bench
}

command="${1:-help}"
[ $# -eq 0 ] || shift
case "$command" in
  run | check | fix | test | bench | screenshots | apk | lock) "cmd_$command" "$@" ;;
  centre) cmd_module sync.api "$@" ;;
  phone) cmd_module field_app.main "$@" ;;
  console) cmd_module field_app.console "$@" ;;
  publisher) [ $# -gt 0 ] || die 'say who publishes: ./build.sh publisher "NAME OF THE TRUST"'; cmd_module tools.packs "$@" ;;
  help | -h | --help) usage ;;
  *) die "there is no command '$command'. ./build.sh help lists them." ;;
esac
