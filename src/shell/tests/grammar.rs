//! What the grammar stumbles over and every shell takes.

/// Stretches of script after which, and before which, a command is still seen.
const STRETCHES: &[&str] = &[
    "p=\"${p//']'/%5D}\"; q=\"${p//'}'/%7D}\"",
    "p=${p//\"]\"/x} q=${p//']'/x} r=${p%'('}",
    "echo \"built ${tag}${size:+  ($size)}\"",
    "echo \"${C:+$C; }x\" \"${X:-[\\\"a\\\",\\\"b\\\"]}\"",
    "local name=${1?start() needs a name} n=\"${1:?usage: $0 <id> '<why>'}\"",
    "exec 3<>/dev/tcp/h/1; (exec 4<> \"/dev/tcp/h/$p\") 2>/dev/null",
    "{ exec {fd}<> /dev/tcp/$h/$p; } &>/dev/null",
    "case $x in a|b) y ;;& c) z ;;& esac",
    "t=$((git describe || echo x) | sed s/v//)",
    "((sleep 10s; touch /x) &)",
    "if [ ${v} \\> \"22.04\" ] && [ $c \\< 11.7 ]; then :; fi",
    "if [ ! -w / ] && [ $plus = - ]; then :; fi",
    "if [[ ! -z $(apt-cache search ^lib1.1$) ]]; then :; fi",
    "if [[ \"${A}\" = \"r\" || \"${B}\" = *\"f d\"* || \"$s\" = *[A-Z]* ]]; then :; fi",
    "[[ $o = *\"no ($f) here\"* ]] && [[ $p != ?(-)+([0-9]) ]]",
    "[[ $H = qemu* && \\\n  $K == a?b ]] || :",
    "for arg do :; done; for i do :; done",
    "x=$((10#$1)); y=$((16#$h)); z=$(($a|$((1<<$i))))",
    "for (( z = v[2] + 1; z <= n[2]; z++ )); do :; done",
    "for ((;;)); do break; done",
    "a=( \"${n[@]:$o:$c}\" ) c=\"${s:$i:1}\" t=${d:5:${#d}-(5+13)}",
    "o=\"${T[$r:$v]}\" p=\"${T[${r}:${v}_$t]}\"",
    "echo \"usage: $0 ``<dir>\"",
    "e() { if x; then y; fi }",
    "n=${N:-${P}$(( ( RANDOM % $m ) + 1 ))}",
    "if [ \\( \"x$1\" = \"xtest\" \\) -o \\( \"x$2\" = \"xtest\" \\) ]; then :; fi",
    "while [ ! \\( -f /a -a -f /b \\) ] && [ -z \"$x\" ]; do :; done",
    "[ \\( $n -gt 1 \\) -a \\( $n -lt 5 \\) ] || find . \\( -name a -o -name b \\) -print",
];

#[test]
fn what_stands_before_and_after_is_read() {
    let mut wrong = Vec::new();
    for stretch in STRETCHES {
        let script = format!("docker run a\n{stretch}\ndocker run b\nf() {{\n  {stretch}\n  docker run c\n}}\n");
        let outcome = super::outcome(&script);
        let found = super::commands(&script);
        if found != ["docker run a", "docker run b", "docker run c"] || !outcome.problems.is_empty() {
            wrong.push(format!("{stretch}\n  {found:?} {:?}", outcome.problems));
        }
        let errors = crate::shell::parse::errors(&script);
        if errors > 0 {
            wrong.push(format!("{stretch}\n  {errors} places are not read"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_parser_is_shown_otherwise_keeps_its_value() {
    super::check(&[
        ("docker run ${X:+-v (a)} i", &["docker run -v? (a)? i"]),
        ("docker run - / '$' x$ i", &["docker run - / $ x$ i"]),
        ("X=a\ndocker run \"${X:-'}'}\" i", &["docker run a i"]),
        ("docker run \"${X:-(a;b)}\" i", &["docker run (a;b) i"]),
        ("docker run $((1 + (2))) a", &["docker run $((1 + (2))) a"]),
        (
            "docker run $((docker run b; c) | tail) a",
            &["docker run b", "docker run $((docker run b; c) | tail)* a"],
        ),
        ("x=$(( $(docker run a) + 1 ))", &["docker run a"]),
        ("[[ $(docker run a) = *b* ]]", &["docker run a"]),
    ]);
}
