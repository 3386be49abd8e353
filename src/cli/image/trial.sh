#!/bin/sh
# Starts an image in each situation with just the capabilities that privlint proposes for it, and once more
# without each of them, and prints a row for each trial: the situation, the set, what was taken away, and
# `holds` or the step that failed. Written by `privlint image @ENTRY@ --trial`; needs docker or podman.
#
#   sh trial.sh [OPTION...]
#
# The options are given to every run: what the image cannot start without, as `-e PASSWORD=x`. ENGINE is
# `docker` or `podman`, IMAGE another tag or digest, WAIT the seconds that a start may take.
# Exit code 1: the proposed set fails where the engine's default one holds.
set -u

IMAGE=${IMAGE:-@IMAGE@}
ENGINE=${ENGINE:-$(command -v docker || command -v podman || echo docker)}
WAIT=${WAIT:-20}
PORTS='@PORTS@'
NAME=privlint-trial-$$

if ! command -v "$ENGINE" >/dev/null; then
    echo "trial: there is no $ENGINE" >&2
    exit 2
fi
case $("$ENGINE" --version) in
*[Pp]odman*) MODE=podman ;;
*) MODE=docker ;;
esac
if [ "$MODE" = podman ] && [ "$(id -u)" != 0 ]; then
    MODE=rootless
fi
# a folder that is mounted needs a label where SELinux confines containers
label=
if command -v selinuxenabled >/dev/null && selinuxenabled; then
    label=:Z
fi
work=$(mktemp -d) || exit 2
count=0
broken=0

tidy() {
    "$ENGINE" rm -f "$NAME" >/dev/null 2>&1
    "$ENGINE" volume rm "$NAME" >/dev/null 2>&1
}
trap 'tidy; rm -rf "$work" 2>/dev/null || "$ENGINE" unshare rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

start() {
    "$ENGINE" run -d --name "$NAME" "$@"@OPTIONS@ "$IMAGE"@COMMAND@ >/dev/null 2>"$work/said"
}

state() {
    "$ENGINE" inspect -f "{{.State.$1}}" "$NAME" 2>/dev/null
}

# True where a port of the image is open, in the network that it has.
listens() {
    net=/proc/$(state Pid)/net
    for port in $PORTS; do
        hex=$(printf '%04X' "$port")
        if cat "$net/tcp" "$net/tcp6" 2>/dev/null | grep -Eq ":$hex [0-9A-F]+:0000 0A"; then
            return 0
        fi
        if cat "$net/udp" "$net/udp6" 2>/dev/null | grep -Eq ":$hex [0-9A-F]+:0000 07"; then
            return 0
        fi
    done
    return 1
}

# It listens; or, where no port tells, it has stayed all the time.
came_up() {
    left=$WAIT
    stayed=no
    while [ "$left" -gt 0 ]; do
        sleep 1
        left=$((left - 1))
        if [ "$(state Running)" != true ]; then
            return 1
        fi
        if [ "$judge" = port ] && listens; then
            sleep 1
            [ "$(state Running)" = true ]
            return
        fi
    done
    stayed=yes
    [ "$judge" = stays ]
}

# Two lives on the same data. Sets `result` to the step that failed, or to `holds`.
lives() {
    result=start
    start "$@" || return
    result=first
    came_up || return
    result=stop
    "$ENGINE" stop -t 15 "$NAME" >/dev/null 2>&1
    if [ "$stops" = yes ] && [ "$(state ExitCode)" = 137 ]; then
        return
    fi
    result=second
    "$ENGINE" start "$NAME" >/dev/null 2>"$work/said" || return
    came_up || return
    result=holds
}

# A run with some capabilities: attempt CAPABILITIES KIND VALUE [OPTION...]
attempt() {
    caps=$1 kind=$2 value=$3
    shift 3
    case $kind in
    volume) set -- -v "$NAME:$value" "$@" ;;
    tmpfs) set -- --tmpfs "$value" "$@" ;;
    variable) set -- -e "$value" "$@" ;;
    user) set -- --user "$value" "$@" ;;
    *folder)
        count=$((count + 1))
        folder=$work/$count
        mkdir "$folder"
        case $kind in
        user-folder) chmod 755 "$folder" && chown 1001:1001 "$folder" ;;
        private-folder) chmod 700 "$folder" && chown 1001:1001 "$folder" ;;
        *) chmod 755 "$folder" ;;
        esac
        set -- -v "$folder:$value$label" "$@"
        ;;
    esac
    if [ "$caps" != default ]; then
        for cap in $caps; do
            set -- "--cap-add=$cap" "$@"
        done
        set -- --cap-drop=all "$@"
    fi
    lives "$@"
    if [ "$result" != holds ]; then
        "$ENGINE" logs --tail 2 "$NAME" >>"$work/said" 2>&1
        sed "s/^/  $result: /" "$work/said" >&2
    fi
    tidy
}

row() {
    printf '%s\t%s\t%s\t%s\t%s\n' "$MODE" "$situation" "$1" "$2" "$result"
}

# trial SITUATION CAPABILITIES KIND VALUE [OPTION...]
trial() {
    situation=$1 all=$2
    shift 2
    case $1 in
    user-folder | private-folder)
        if [ "$(id -u)" != 0 ]; then
            result=skipped
            row default -
            return
        fi
        ;;
    esac
    judge=port stops=yes
    if [ -z "$PORTS" ]; then
        judge=stays
    fi
    # what holds for the default set is asked of the others
    attempt default "$@"
    if [ "$result" = first ] && [ "$stayed" = yes ]; then
        judge=stays
        attempt default "$@"
    fi
    if [ "$result" = stop ]; then
        stops=no
        attempt default "$@"
    fi
    row default -
    # what fails with the default set too says nothing of a smaller one
    if [ "$result" != holds ]; then
        return
    fi
    attempt "$all" "$@"
    row "${all:-none}" -
    if [ "$result" != holds ]; then
        broken=1
        return
    fi
    for gone in $all; do
        rest=
        for cap in $all; do
            if [ "$cap" != "$gone" ]; then
                rest="$rest $cap"
            fi
        done
        attempt "$rest" "$@"
        row "$all" "$gone"
    done
}

"$ENGINE" image inspect "$IMAGE" >/dev/null 2>&1 || "$ENGINE" pull "$IMAGE" >/dev/null || exit 2
printf '# %s: %s\n' @ENTRY@ "$IMAGE"
printf '# digest: %s\n' "$("$ENGINE" image inspect -f '{{range .RepoDigests}}{{.}} {{end}}{{.Id}}' "$IMAGE")"
printf '# engine: %s; kernel %s; %s\n' "$("$ENGINE" --version)" "$(uname -r)" "$(date -u +%Y-%m-%d)"
printf '# mode\tsituation\tset\twithout\tresult\n'
case $MODE in
@TRIALS@
esac
exit "$broken"
