#!/usr/bin/env bash
# Runs privlint for action.yml. Its inputs come through the environment, never through the script's text.
# The step itself succeeds, so that the SARIF file is uploaded also when there are findings; a later step
# exits with what privlint exited with.
set -euo pipefail

fail() {
    # the message is ours: no linted text gets here
    echo "::error title=privlint::$1"
    exit 2
}

lines() { # the lines of $1 that hold something, into the array `read_lines`
    read_lines=()
    local line
    while IFS= read -r line; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        [ -z "$line" ] || read_lines+=("$line")
    done <<<"$1"
}

place="${RUNNER_TEMP:-$(mktemp -d)}/privlint"
mkdir -p "$place"

case "${INPUT_VERSION:-source}" in
    system)
        privlint=$(command -v privlint) || fail "there is no privlint on the PATH"
        ;;
    source)
        command -v cargo >/dev/null || fail "building from source needs cargo; set version to a release"
        cargo install --quiet --locked --path "$ACTION_PATH" --root "$place/built" >&2
        privlint="$place/built/bin/privlint"
        ;;
    *[!0-9A-Za-z.+-]* | -*)
        fail "version is neither source, system nor a number"
        ;;
    *)
        python3 -m venv "$place/venv" >&2
        "$place/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
            "privlint==$INPUT_VERSION" >&2
        privlint="$place/venv/bin/privlint"
        ;;
esac

options=(--no-progress --color never)
[ -z "${INPUT_CONFIG:-}" ] || options+=("--config=$INPUT_CONFIG")
[ -z "${INPUT_FAIL_ON:-}" ] || options+=("--fail-on=$INPUT_FAIL_ON")
options+=(--format=full "--format=json=$place/findings.json")
[ "${INPUT_SUMMARY:-true}" != true ] || options+=("--format=markdown=$place/summary.md")
[ "${INPUT_ANNOTATIONS:-true}" != true ] || options+=("--format=github=$place/annotations.txt")
[ "${INPUT_SARIF:-false}" != true ] || options+=("--format=sarif=$place/privlint.sarif")
lines "${INPUT_ARGS:-}"
options+=("${read_lines[@]}")

lines "${INPUT_PATHS:-.}"
for path in "${read_lines[@]}"; do
    case "$path" in
        -*) fail "a path begins with a dash; write it with ./ before it" ;;
    esac
done

rm -f "$place"/findings.json "$place"/summary.md "$place"/annotations.txt "$place"/privlint.sarif

# Nothing that is printed between these two lines is taken for a workflow command.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
"$privlint" "${options[@]}" -- "${read_lines[@]}" || code=$?
echo "::$token::"

if [ -f "$place/annotations.txt" ]; then
    cat "$place/annotations.txt"
fi
if [ -f "$place/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$place/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
findings=0
if [ -f "$place/findings.json" ]; then
    # the numbers of the summary, which stand alone at this indentation
    findings=$(sed -nE 's/^    "(errors|warnings|notes)": ([0-9]+),?$/\2/p' "$place/findings.json" |
        awk '{ sum += $1 } END { print sum + 0 }')
fi
{
    echo "exit-code=$code"
    echo "findings=$findings"
    if [ -f "$place/privlint.sarif" ]; then
        echo "sarif-file=$place/privlint.sarif"
    fi
} >>"$GITHUB_OUTPUT"
