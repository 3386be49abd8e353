//! What stands before a command and runs it.

/// Ways to run `docker run` or `podman run` of an image, a line each: the image is the last letter and number.
const WAYS: &str = r#"
su --command='docker run --privileged a1'
su --command 'docker run --privileged a2'
su - user --command='docker run a3'
runuser -u bob -- docker run b1
runuser -l bob -c 'docker run b2'
runuser bob -c 'docker run b3'
sudo -s -- docker run c1
sudo -i -- docker run c2
sudo -i docker run c3
sudo -u root -i bash -c 'docker run c4'
sudo bash -c 'docker run c5'
doas docker run d1
doas -u root sh -c 'docker run d2'
systemd-run --user --scope -p MemoryMax=5 docker run e1
systemd-run --user --scope --unit=x -- podman run e2
systemd-run -t --uid 5 podman run e3
ssh -t host -- docker run f1
ssh -t host docker run f2
ssh -o A=b -tt u@h "docker run f3"
flock -c 'docker run g1' /x
flock /x -c 'docker run g2'
flock 9 docker run g3
flock -n 9 docker run g4
flock -x -w 5 /x docker run g5
watch 'docker run h1'
watch -n1 docker run h2
watch --interval=2 'docker run h3'
timeout -k 5 10 docker run j1
timeout --signal=KILL 10 docker run j2
timeout --foreground 10 docker run j3
env -i -u X A=b docker run k1
env -S 'docker run k2'
env -S'docker run k3'
env --split-string='docker run k4'
env -iS 'docker run k5'
nice -n 5 docker run l1
nice -5 docker run l2
ionice -c 3 docker run l3
ionice -c2 -n7 docker run l4
chroot /mnt docker run m1
chroot --userspec=0:0 /mnt docker run m2
unshare -m docker run n1
unshare -rm --mount-proc docker run n2
unshare --map-user 5 -- docker run n3
nsenter -t 1 -m -u docker run o1
nsenter --target 1 --mount -- docker run o2
nsenter -t1 -n docker run o3
nsenter --net=/x docker run o4
script -c 'docker run p1'
script -q -c 'docker run p2' /dev/null
script -qec "docker run p3" /dev/null
script --command 'docker run p4' x
script --command='docker run p5' x
script -q /dev/null docker run p6
setpriv --reuid 5 docker run s1
capsh --drop=x -- -c 'docker run s2'
time -p docker run t1
/usr/bin/time -v docker run t2
stdbuf -oL docker run u1
strace -f -o x docker run u2
exec -a x docker run u3
chrt -f 5 docker run u4
taskset -c 1 docker run u5
taskset 0x1 docker run u6
numactl --cpubind=0 docker run u7
cgexec -g cpu:x docker run u8
busybox timeout 5 docker run v1
setarch x86_64 docker run v2
linux32 docker run v3
torsocks docker run v4
fakeroot docker run v5
dbus-launch docker run v6
pkexec docker run v7
su root -c "docker run v9" 
sg docker -c 'docker run w1'
sg docker "docker run w2"
machinectl shell user@ /usr/bin/podman run w4
with-lock-ex -q /x docker run w5
lockf -t 5 /x docker run w6
proxychains4 -q docker run w7
entr docker run w8
catchsegv docker run w9
docker-machine ssh m1 docker run x1
vagrant ssh -c 'docker run x2'
vagrant ssh vm -c 'docker run x3'
kubectl exec p -- docker run x4
multipass exec vm -- docker run x5
lxc exec c -- docker run x6
wsl -d x docker run x7
limactl shell default docker run x8
colima ssh -- docker run x9
podman machine ssh podman run y1
podman machine ssh vm 'podman run y2'
gcloud compute ssh vm --command 'docker run y3'
gcloud compute ssh vm --command="docker run y4"
tmux new-session -d 'docker run y6'
screen -dmS x docker run y7
expect -c 'spawn docker run y8'
nohup docker run y9 &
setsid -f docker run z1
coproc docker run z2
! docker run z3
command docker run z4
builtin command docker run z5
\docker run z6
"docker" run z7
"#;

#[test]
fn every_way_to_run_a_command_is_seen() {
    let mut wrong = Vec::new();
    for way in WAYS.lines().filter(|l| !l.is_empty()) {
        let after = way.rsplit_once("run ").unwrap().1.trim_start_matches("--privileged ");
        let image: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
        let found = super::commands(way);
        let seen = |c: &String| c.ends_with(&format!(" run {image}")) || c.ends_with(&format!("--privileged {image}"));
        if found.len() != 1 || !found.iter().all(seen) {
            wrong.push(format!("{way}\n  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_that_are_handed_over_one_by_one_are_holes() {
    super::check(&[
        ("xargs -I{} docker run -v {}:/x i", &["docker run -v {}:/x i"]),
        ("xargs --replace=% docker run %", &["docker run %"]),
        ("xargs -I % sh -c 'docker run %'", &["docker run %"]),
        ("xargs -n1 -P 4 docker run i", &["docker run i …*"]),
        ("xargs sh -c 'docker run \"$@\"' _", &["docker run …*"]),
        ("parallel docker run ::: a b", &["docker run …*"]),
        ("parallel -j 4 'docker run {} x' ::: a b", &["docker run {} x"]),
        ("find . -exec docker run a {} \\;", &["docker run a {}"]),
        (
            "find . -ok docker run a {} + -o -execdir sudo docker run b ';' -print",
            &["docker run a {}", "docker run b"],
        ),
        ("find . -exec sh -c 'docker run a' \\;", &["docker run a"]),
    ]);
}

#[test]
fn only_the_root_user_runs_as_root() {
    for (script, root) in [
        ("su -c 'podman run x'", true),
        ("su - -c 'podman run x'", true),
        ("su - root --command='podman run x'", true),
        ("su -c 'podman run x' bob", false),
        ("su - bob -c 'podman run x'", false),
        ("runuser -u bob -- podman run x", false),
        ("sudo -u bob podman run x", false),
        ("sudo -i podman run x", true),
    ] {
        let found = super::outcome(script).commands;
        assert_eq!(found.iter().map(|c| c.as_root).collect::<Vec<_>>(), [root], "{script}");
    }
}
