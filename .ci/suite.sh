# Sourced by .ci/run and .ci/full: runs suites one after another and counts them. With $only, those whose name matches it.
logs=.capstan/ci
mkdir -p "$logs"
: >"$logs/results" # a line a suite: result, seconds, name
passed=0 failed=0 skipped=0
export CI=true CDK8S_CHECK_UPGRADE=false

# packages NAME|NAME:PROGRAM...: installs Debian packages that are missing, those with a program only where nothing
# else brings it; starts no service of theirs. Without root it says so and goes on.
packages() {
  local missing=() wanted name program
  for wanted; do
    name=${wanted%%:*} program=${wanted#*:}
    if [[ $name == "$wanted" ]]; then dpkg -s "$name" >/dev/null 2>&1; else command -v "$program" >/dev/null; fi ||
      missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  if [[ $(id -u) != 0 ]]; then echo "not root: left out Debian packages ${missing[*]}"; return 0; fi
  export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >"$logs/packages.log" 2>&1 || { echo "could not install ${missing[*]}:"; tail -5 "$logs/packages.log"; }
}

# suite NAME COMMAND...: exit code 77 means that it could not run here, and its last line says why.
suite() {
  local name=$1 log start code
  shift
  if [[ -n ${only:-} && ! $name =~ $only ]]; then
    record "" "" "$name"
    return
  fi
  log=$logs/$(tr -c 'a-z0-9\n' '-' <<<"${name,,}").log
  start=$SECONDS
  "$@" </dev/null >"$log" 2>&1
  code=$?
  case $code in
    0)
      passed=$((passed + 1))
      echo "ok      $name ($((SECONDS - start)) s)"
      record passed $((SECONDS - start)) "$name"
      ;;
    77)
      skipped=$((skipped + 1))
      echo "skipped $name: $(tail -1 "$log")"
      record skipped "" "$name"
      ;;
    *)
      failed=$((failed + 1))
      echo "FAILED  $name ($((SECONDS - start)) s, exit code $code, $log)"
      tail -60 "$log"
      record FAILED $((SECONDS - start)) "$name"
      ;;
  esac
}

record() { printf '%s\t%s\t%s\n' "$@" >>"$logs/results"; }

# root_suite NAME COMMAND...: a suite that is left out, with a line, where we are not root.
root_suite() {
  if [[ $(id -u) == 0 ]]; then suite "$@"; else
    skipped=$((skipped + 1))
    echo "skipped $1: needs root"
    record skipped "" "$1"
  fi
}

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  exit $((failed > 0))
}
