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

# bash 3.2 of macOS takes an empty array for one that was never set; `${list[@]+"${list[@]}"}` is nothing there too

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

target() { # the name of this machine's archive, into `target`
    local machine
    case "$(uname -m)" in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) return 1 ;;
    esac
    case "$(uname -s)" in
        Linux) target=$machine-unknown-linux-musl ;; # static: it runs whatever the C library is
        Darwin) target=$machine-apple-darwin ;;
        MINGW* | MSYS* | CYGWIN*) target=x86_64-pc-windows-msvc ;;
        *) return 1 ;;
    esac
}

attested() { # that archive $1 was built by the project's own workflow for release $2; $3 is its committed checksum
    case "${INPUT_ATTESTATION:-auto}" in
        auto)
            # a checksum from where the archive is says only that nothing was lost on the way; a committed one says
            # which archive is meant, and the attestation is one witness more
            if [ -n "$3" ] && ! command -v gh >/dev/null; then return 0; fi
            ;;
        required) ;;
        off) return 0 ;;
        *) fail "attestation is neither auto, required nor off" ;;
    esac
    command -v gh >/dev/null || fail "checking where release $2 was built needs gh; set attestation to off to go without"
    gh attestation verify "$1" --repo privlint/privlint \
        --signer-workflow privlint/privlint/.github/workflows/release.yml --source-ref refs/heads/main >&2 ||
        fail "nothing says that the archive of release $2 was built by the project"
}

pinned() { # the release that this commit of the action runs, into `own`; the checksum of archive $1, into `committed`
    own="" committed=""
    local first second
    while read -r first second; do
        case "$first" in
            version) own=$second ;;
            *) if [ "$second" = "$1" ]; then committed=$first; fi ;;
        esac
    done <"$ACTION_PATH/action/release.txt"
}

fetched() { # file $2 of the release at $1
    curl --proto '=https' --fail --silent --show-error --location --retry 2 \
        --output "$place/release/$2" "$1/$2" >&2
}

download() { # the binary of release $1; 1 where there is none for this machine
    target || return 1
    command -v curl >/dev/null || return 1
    local name="privlint-$target" from="${INPUT_RELEASES%/}/v$1" said got
    pinned "$name.tar.gz"
    [ "$own" = "$1" ] || committed=""
    mkdir -p "$place/release"
    fetched "$from" "$name.tar.gz" || return 1
    said=$committed
    if [ -z "$said" ]; then
        fetched "$from" "$name.tar.gz.sha256" || return 1
        read -r said _ <"$place/release/$name.tar.gz.sha256"
    fi
    if command -v sha256sum >/dev/null; then
        got=$(sha256sum "$place/release/$name.tar.gz")
    else
        got=$(shasum -a 256 "$place/release/$name.tar.gz")
    fi
    [ "$said" = "${got%% *}" ] || fail "the archive of release $1 is not the one that its checksum is of"
    attested "$place/release/$name.tar.gz" "$1" "$committed"
    tar -C "$place/release" -xzf "$place/release/$name.tar.gz"
    privlint="$place/release/$name/privlint"
    [ -x "$privlint" ] || privlint="$privlint.exe"
    [ -x "$privlint" ] || fail "there is no privlint in the archive of release $1"
}

wheel() { # the wheel of release $1
    command -v python3 >/dev/null || return 1
    python3 -m venv "$place/venv" >&2 || return 1
    "$place/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "privlint==$1" >&2 || return 1
    privlint="$place/venv/bin/privlint"
}

build() { # from the action's own files
    command -v cargo >/dev/null || fail "building from source needs cargo; set version to a release"
    cargo install --quiet --locked --path "$ACTION_PATH" --root "$place/built" >&2 ||
        fail "privlint could not be built from the action's own files"
    privlint="$place/built/bin/privlint"
}

case "${INPUT_VERSION:-auto}" in
    auto)
        # a release knows its own archives, taken by its tag or by its hash; any other commit is its own source
        pinned ""
        if [ -z "$own" ] || ! download "$own"; then
            build
        fi
        ;;
    system)
        privlint=$(command -v privlint) || fail "there is no privlint on the PATH"
        ;;
    source)
        build
        ;;
    *[!0-9A-Za-z.+-]* | [!0-9]*)
        fail "version is neither auto, source, system nor a number"
        ;;
    *)
        download "$INPUT_VERSION" || wheel "$INPUT_VERSION" ||
            fail "release $INPUT_VERSION has no archive and no wheel for this machine"
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
options+=(${read_lines[@]+"${read_lines[@]}"})

lines "${INPUT_PATHS:-.}"
number=0
for path in ${read_lines[@]+"${read_lines[@]}"}; do
    number=$((number + 1))
    case "$path" in
        -*) fail "a path begins with a dash; write it with ./ before it" ;;
    esac
    [ -e "$path" ] || fail "there is nothing at path $number of the input paths"
done
echo "version=$("$privlint" --version | sed 's/^privlint //')" >>"${GITHUB_OUTPUT:-/dev/null}"

rm -f "$place"/findings.json "$place"/summary.md "$place"/annotations.txt "$place"/privlint.sarif

# Nothing that is printed between these two lines is taken for a workflow command.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
"$privlint" "${options[@]}" -- ${read_lines[@]+"${read_lines[@]}"} || code=$?
echo "::$token::"

# Code scanning takes no notice of baseline states: it would open alerts for what is gone.
if grep -q '"baselineState": "absent"' "$place/privlint.sarif" 2>/dev/null; then
    if command -v jq >/dev/null; then
        jq '.runs[].results |= map(select(.baselineState != "absent"))' "$place/privlint.sarif" >"$place/there.sarif"
        mv "$place/there.sarif" "$place/privlint.sarif"
    else
        echo "::warning title=privlint::without jq, findings that are gone from the baseline are uploaded too"
    fi
fi

if [ -f "$place/annotations.txt" ]; then
    cat "$place/annotations.txt"
fi
if [ -f "$place/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$place/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
findings=0
if [ "$code" -ge 2 ]; then
    echo "::error title=privlint::privlint could not finish; what it says stands in the log of this step"
elif grep -q '^    "files": 0,$' "$place/findings.json" 2>/dev/null; then
    echo "::warning title=privlint::nothing was checked: there is no file at the input paths that privlint reads"
fi
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
