//! Kinds of launches that scripts have, each with its neighbours.

use super::check;

#[test]
fn values_that_refer_to_themselves_on_some_path() {
    for way in [
        "if [ $x ]; then D=\"sudo $D\"; fi",
        "[ -w /var/run/docker.sock ] || D=\"sudo $D\"",
        "case $x in a) D=\"sudo -E $D\" ;; esac",
        "if a; then D=\"sudo $D\"; else :; fi",
    ] {
        let script = format!("D=docker\n{way}\n$D run --privileged x");
        check(&[(&script, &["docker run --privileged x"])]);
    }
}

#[test]
fn whole_commands_on_branches() {
    for (way, expected) in [
        ("if a; then c='docker run -t x'; fi\n$c", vec!["docker run -t x"]),
        ("if a; then c='docker run -t x'; fi\neval $c", vec!["docker run -t x"]),
        (
            "if a; then c='docker run -t x'; fi\neval \"$c\"",
            vec!["docker run -t x"],
        ),
        (
            "c=true\nif a; then c='docker run -t x'; fi\nbash -c \"$c\"",
            vec!["docker run -t x"],
        ),
        (
            "case $1 in a) c='docker run x' ;; b) c='podman run y' ;; esac\n$c",
            vec!["docker run x", "podman run y"],
        ),
        ("a && c='docker run x'\nsudo $c y", vec!["docker run x y"]),
    ] {
        check(&[(way, &expected)]);
    }
}

#[test]
fn hosts_of_ssh_that_nobody_quotes() {
    for way in [
        "ssh $NODE \"docker run $v x\"",
        "ssh -i key $NODE \"docker run $v x\"",
        "ssh $OPTS $HOST \"docker run $v x\"",
        "ssh $OPTS $USER@$HOST \"docker run $v x\"",
        "ssh $SSH_OPTS host \"docker run $v x\"",
        "ssh $HOST \"cd /x && docker run $v x\"",
    ] {
        check(&[(way, &["docker run $v* x"])]);
    }
}

#[test]
fn runners_whose_names_sound_like_printers() {
    check(&[
        ("run_logged docker run x", &["docker run x"]),
        ("log_cmd docker run x", &["docker run x"]),
        ("echo_and_run sudo docker run x", &["docker run x"]),
        ("print-exec 3 docker run x", &["docker run x"]),
        // a whole command in one word
        ("run_cmd \"docker run -t x\" \"what it is\"", &["docker run -t x"]),
        ("retry 'sudo $DOCKER run x'", &["$DOCKER* run x"]),
        (
            "exec_on_host \"$ENGINE_A run -v $v:/b x\"",
            &["$ENGINE_A* run -v $v:/b x"],
        ),
        (
            "describe \"docker run works\"\nshow_command \"docker run\"\necho_usage 'docker run x'",
            &[],
        ),
        ("check \"docker run y\" \\\n  docker run x", &["docker run x"]),
        ("log docker run x\nlog_info docker run x\nprint_usage docker run x", &[]),
    ]);
}

#[test]
fn what_is_read_from_a_heredoc() {
    check(&[
        ("read -r c <<E\ndocker run x\nE\n$c", &["docker run x"]),
        (
            "read -r -d '' c <<'E'\ndocker run x\ndocker run y\nE\nbash -c \"$c\"",
            &["docker run x", "docker run y"],
        ),
        (
            "IFS= read c <<E\ndocker run $i\nother\nE\neval \"$c\"",
            &["docker run $i*"],
        ),
        ("mapfile -t c <<E\ndocker run x\nE\neval \"${c[0]}\"", &["docker run x"]),
        (
            "readarray -t c <<E\n-t\n--init\nE\ndocker run \"${c[@]}\" x",
            &["docker run -t --init x"],
        ),
        ("read c < file\n$c", &[]),
    ]);
}

#[test]
fn functions_that_print_a_command() {
    check(&[
        ("c() { echo docker run -t \"$I\"; }\n$(c)", &["docker run -t $I*"]),
        (
            "c() { local o=-t; printf '%s' \"docker run $o $X x\"; }\neval \"$(c)\"",
            &["docker run -t $X* x"],
        ),
        (
            "o() { echo \"--init -v /a:/b $X\"; }\ndocker run $(o) x",
            &["docker run --init -v /a:/b $X* x"],
        ),
        (
            "o() { echo \"--name $1\"; }\ndocker run $(o n) x",
            &["docker run --name n x"],
        ),
        ("o() { date; echo -t; }\ndocker run $(o) x", &["docker run $(o)* x"]),
    ]);
}

#[test]
fn aliases_that_something_calls_and_those_that_nothing_does() {
    check(&[
        (
            "alias a='docker run --rm \\\n  -t \\\n  x'\na y",
            &["docker run --rm -t x y"],
        ),
        ("alias a=\"docker run $O x\"\na", &["docker run $O* x"]),
        ("alias a='cd /x && docker run x'\na", &["docker run x"]),
        ("alias d=podman\nd run x", &["podman run x"]),
        ("alias a='docker run -t x'", &["docker run -t x …*"]),
        (
            "alias a='docker run -it --rm'\nalias b='ls -l'",
            &["docker run -it --rm …*"],
        ),
    ]);
}

#[test]
fn words_for_an_engine() {
    check(&[
        ("ENGINE_CMD=$1; $ENGINE_CMD run x", &["$ENGINE_CMD* run x"]),
        (
            "c=$(which podman docker | head -n1); $c run x",
            &["$(which podman docker | head -n1)* run x"],
        ),
        ("c=$(command -v docker); \"$c\" run x", &["$(command -v docker) run x"]),
        ("`which podman` run x", &["`which podman` run x"]),
        ("su hook docker run -t x", &["docker run -t x"]),
        ("su - hook -s /bin/sh docker run x", &["docker run x"]),
        ("\"${RUNTIME:-podman}\" run x", &["podman run x"]),
        (
            "${CRI_BIN} run x; $ENGINE_B run y",
            &["${CRI_BIN}* run x", "$ENGINE_B* run y"],
        ),
        (
            "run podman --events-backend=none run x",
            &["podman --events-backend=none run x"],
        ),
        (
            "hyperfine -w 5 --prepare \"$DOCKER rm x || true\" 'docker run x' \"$ENGINE_B create $I y\"",
            &["$DOCKER* rm x", "docker run x", "$ENGINE_B* create $I* y"],
        ),
        ("set -- docker run -t\nset -- \"$@\" x\n\"$@\"", &["docker run -t x"]),
    ]);
}

#[test]
fn what_runs_in_a_container() {
    check(&[
        (
            "docker exec c sh -c 'docker run x'",
            &["docker exec c sh -c docker run x", "docker run x"],
        ),
        (
            "docker exec -it -u 0 \"$c\" bash -lc 'docker run x'",
            &["docker exec -it -u 0 $c bash -lc docker run x", "docker run x"],
        ),
        (
            "podman exec c docker run x",
            &["podman exec c docker run x", "docker run x"],
        ),
        ("docker exec c cat docker run x", &["docker exec c cat docker run x"]),
    ]);
}

#[test]
fn text_through_a_pipeline() {
    for way in [
        "cat <<E | sed s/a/b/ | bash\ndocker run x\nE",
        "envsubst <<E | bash\ndocker run x\nE",
        "{ cat <<E\ndocker run x\nE\n} | ssh h bash",
        "(echo cd /x; echo docker run x) | bash",
        "echo docker run x | tee log | sh",
        "cat <<E | sudo tee log | sudo bash -s\ndocker run x\nE",
    ] {
        check(&[(way, &["docker run x"])]);
    }
}

#[test]
fn names_of_the_readers_own_never_come_out() {
    check(&[
        ("bash -c \"\nA='$B'\ndocker run \\$A -t x\n\"", &["docker run $B* -t x"]),
        ("bash -c \"docker run '$B' x\"", &["docker run $B x"]),
        ("bash -c \"docker run \\${X:-$B} x\"", &["docker run $B* x"]),
        (
            "ssh h \"A=\\\"$B/c\\\"; docker run -v \\$A:/y x\"",
            &["docker run -v $B/c:/y x"],
        ),
        ("eval \"docker run \\$(f $B) x\"", &["docker run $(f $B)* x"]),
    ]);
}

#[test]
fn launches_that_the_tree_loses() {
    // a `)` that nothing opens, a `fi` too many, a word that no shell takes
    for broken in ["if [ a ) ]; then", "for x in (a b); do", "fi; done", "x=(a (b) c"] {
        let script = format!("{broken}\ndocker run -t x\n");
        let found = super::commands(&script);
        assert!(found.iter().any(|c| c.starts_with("docker run")), "{broken}: {found:?}");
    }
}

#[test]
fn backticks_in_a_default_are_one_word() {
    for way in [
        "P=${P:-`a -H -v x.y`}",
        "P=\"${P:-`a -H -v x.y`}\"",
        "P=${P-`a \\`b\\` c`}",
        "P=${P:=`$A -H`}",
        "P=${P:-`$A -d -v 'M[\"l\"]'`}",
    ] {
        let script = format!("{way}\ndocker run -v /x/$P:/y x");
        check(&[(&script, &["docker run -v /x/$P:/y x"])]);
    }
}

#[test]
fn words_that_touch_are_one() {
    check(&[
        (
            "docker run --user=`id -u`:`id -g` x",
            &["docker run --user=`id -u`:`id -g` x"],
        ),
        ("docker run -v `pwd`/`f a`:/y x", &["docker run -v `pwd`/`f a`:/y x"]),
        ("docker run a`b`c`d`e x", &["docker run a`b`c`d`e x"]),
        (
            "docker run -l 'a.'$c'.r=H(`'$c.$d'`)' x",
            &["docker run -l a.$c.r=H(`$c.$d`) x"],
        ),
        ("docker run 'a'$c'b'$d-e'f' x", &["docker run a$cb$d-ef x"]),
        (
            "V=`a`/`b`/`c`\ndocker run -v $V:/y x",
            &["docker run -v `a`/`b`/`c`:/y x"],
        ),
        (
            "A=(`a`:`b` -t)\ndocker run -u ${A[0]} ${A[1]} x",
            &["docker run -u `a`:`b` -t x"],
        ),
        ("docker run -t x `a` `b`", &["docker run -t x `a` `b`*"]),
        ("docker run x > `a`/`b` y", &["docker run x y"]),
    ]);
}

#[test]
fn what_a_substitution_prints_on_some_path() {
    for way in [
        "$([ -t 1 ] && echo -t)",
        "$(test -t 1 && echo \"-t\" || true)",
        "`if [ -t 1 ]; then echo -t; fi`",
        "$(if a >/dev/null 2>&1; then echo -t; else echo; fi)",
        "$(case $x in a) echo -t ;; esac)",
        "$([[ $x ]] && printf '%s' -t)",
        "$(if grep -q x y; then printf '%s ' -t; fi)",
    ] {
        check(&[(&format!("docker run {way} x"), &["docker run -t? x"])]);
    }
    check(&[
        (
            "docker run `if a -q; then echo -t; fi` x",
            &["docker run `if a -q; then echo -t; fi`* x"],
        ),
        (
            "docker run $([ -t 1 ] && a; echo -t) x",
            &["docker run $([ -t 1 ] && a; echo -t)* x"],
        ),
        (
            "docker run -t $([ $i ] && echo \"$i\" || echo x)",
            &["docker run -t $([ $i ] && echo \"$i\" || echo x)*"],
        ),
        (
            "docker run $(printf '%s ' -t \"$X\" -v /a:/b) x",
            &["docker run -t $X* -v /a:/b x"],
        ),
    ]);
}

#[test]
fn lines_of_a_template_within_a_command() {
    for (way, options) in [
        ("{%- if a %}\n  -t \\\n{%- endif %}", "{%- if a %} -t {%- endif %}"),
        (
            "{% if a != \"b\" %}\n  -t \\\n{% endif %}",
            "{% if a != \"b\" %} -t {% endif %}",
        ),
        (
            "{%- if a|default('(') %}\n  -t \\\n{%- elif b %}\n{%- endif %}",
            "{%- if a|default('(') %} -t {%- elif b %} {%- endif %}",
        ),
    ] {
        let script = format!("docker run --init \\\n{way}\n  x");
        check(&[(&script, &[&format!("docker run --init {options} x")])]);
    }
    // by itself such a line is no part of a command
    check(&[(
        "docker run -t x\n{% if a %}\ndocker run y\n{% endif %}",
        &["docker run -t x", "docker run y"],
    )]);
}

#[test]
fn unknown_words_and_prefixes_before_an_engine() {
    let either = "if a; then E=docker; elif b; then E=podman; else exit; fi";
    check(&[
        (
            "Z=\nif dry; then Z=echo; fi\n$Z sudo -E podman run x",
            &["podman run x"],
        ),
        ("$A $B docker run x", &["docker run x"]),
        (
            &format!("if [ -z \"$E\" ]; then {either}; fi\n$Z \"$E\" run x"),
            &["$E run x"],
        ),
        (&format!("if c; then {either}; fi\n\"$E\" run x"), &["$E run x"]),
        (
            &format!("if [ -z ${{E+z}} ]; then {either}; fi\n$Z $E run x"),
            &["$E run x"],
        ),
        ("$A say docker run x", &[]),
    ]);
}

#[test]
fn values_of_which_a_part_depends_on_the_path() {
    let told = |script: &str| -> Vec<Vec<String>> {
        let outcome = super::outcome(script);
        let words = outcome.commands.iter().flat_map(|line| &line.words);
        words
            .filter(|word| !word.options.is_empty())
            .map(|word| {
                let options = word.options.iter().map(crate::container::Text::shown);
                std::iter::once(word.text.shown()).chain(options).collect()
            })
            .collect()
    };
    for (script, expected) in [
        (
            "R=q/x\nif a; then R=\"$R:a\"; fi\ndocker run \"$R\"",
            ["$R", "q/x:a", "q/x"],
        ),
        (
            "R=q/x\nif a; then R=\"$R:a\"; fi\ndocker run $R",
            ["$R", "q/x:a", "q/x"],
        ),
        (
            "R=q/x\nif a; then R=\"$R:a\"; fi\nS=$R-s\ndocker run $S",
            ["$R-s", "q/x:a-s", "q/x-s"],
        ),
        (
            "D=/s\n[ $b ] && D=$D/t\ndocker run -v $D:/y x",
            ["$D:/y", "/s:/y", "/s/t:/y"],
        ),
        (
            "case $1 in a) I=q/x:1 ;; *) I=q/x:2 ;; esac\ndocker run $I",
            ["$I", "q/x:1", "q/x:2"],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(told(script), [expected], "{script}");
    }
}
