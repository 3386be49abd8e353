use super::*;

/// Each instruction as `KEYWORD first-last`, lines counted from 1.
fn shape(text: &str) -> Vec<String> {
    let source = crate::source::Source::new("Dockerfile", text);
    let line = |at| source.line_of(at);
    lex(text)
        .instructions
        .iter()
        .map(|i| {
            let head = source.slice(i.head).to_uppercase();
            let on = if i.onbuild { "ONBUILD " } else { "" };
            // a heredoc that never ends takes the last line ending too
            let last = i.span.end - u32::from(source.slice(i.span).ends_with('\n'));
            format!("{on}{head} {}-{}", line(i.span.start), line(last))
        })
        .collect()
}

#[test]
fn lines_become_instructions() {
    for (text, expected) in [
        ("", &[][..]),
        ("\n \n# only a comment", &[]),
        ("FROM a\nRUN b", &["FROM 1-1", "RUN 2-2"]),
        ("  from a\n\tRun b\n", &["FROM 1-1", "RUN 2-2"]),
        ("\u{feff}FROM a\r\nRUN b\\\r\n c\r\n", &["FROM 1-1", "RUN 2-3"]),
        // a comment and a blank line inside a continuation, blanks after the character
        ("RUN a \\\n  # c \\\n\n  b \\  \n c\nUSER d", &["RUN 1-5", "USER 6-6"]),
        // the character twice is no continuation, nor is it in a comment
        ("RUN a \\\\\nUSER d", &["RUN 1-1", "USER 2-2"]),
        ("# a \\\nUSER d", &["USER 2-2"]),
        // a continuation that nothing follows
        ("RUN a \\\n", &["RUN 1-1"]),
        ("RUN a \\\n# c\n\n", &["RUN 1-1"]),
        ("\\\nRUN a", &["RUN 1-2"]),
        ("\\\n\\\n", &[]),
        ("ONBUILD RUN a \\\n b\nONBUILD", &["ONBUILD RUN 1-2", "ONBUILD 3-3"]),
        // a lone carriage return ends no line for a builder
        ("RUN a\rUSER b\n", &["RUN 1-2"]),
    ] {
        assert_eq!(shape(text), expected, "{text:?}");
    }
}

#[test]
fn directives_stand_at_the_top() {
    for (text, escape, expected) in [
        ("# escape=`\nRUN a `\n b \\\nUSER d", '`', &["RUN 2-3", "USER 4-4"][..]),
        ("#syntax=x\n# Escape = ` \nRUN a `\n b", '`', &["RUN 3-4"]),
        ("\u{feff}# escape=`\r\nRUN a `\r\n b", '`', &["RUN 2-3"]),
        ("# a comment\n# escape=`\nRUN a \\\n b", '\\', &["RUN 3-4"]),
        ("\n# escape=`\nRUN a \\\n b", '\\', &["RUN 3-4"]),
        ("# other=x\n# escape=`\nRUN a `\n", '\\', &["RUN 3-3"]),
        ("# syntax=x\n# syntax=y\n# escape=`\nRUN a", '\\', &["RUN 4-4"]),
        ("# escape=x\nRUN a \\\n b", '\\', &["RUN 2-3"]),
    ] {
        assert_eq!(lex(text).escape, escape, "{text:?}");
        assert_eq!(shape(text), expected, "{text:?}");
    }
}

#[test]
fn heredocs_take_lines() {
    for (text, expected) in [
        ("RUN <<EOF\na\nEOF\nUSER b", &["RUN 1-3", "USER 4-4"][..]),
        ("RUN cat <<EOF > f && b\nUSER a\nEOF\n", &["RUN 1-3"]),
        ("COPY <<a <<b /d/\nx\na\ny\nb\nUSER c", &["COPY 1-5", "USER 6-6"]),
        ("ADD --chmod=755 <<\"E F\" /d\nx\nE F\nUSER c", &["ADD 1-3", "USER 4-4"]),
        ("RUN <<-'EOF'\n\ta\n\t\tEOF\nUSER c", &["RUN 1-3", "USER 4-4"]),
        ("RUN <<EOF\n\tEOF\nEOF\nUSER c", &["RUN 1-3", "USER 4-4"]),
        ("RUN 3<<EOF\nEOF\nUSER c", &["RUN 1-2", "USER 3-3"]),
        ("ONBUILD RUN <<EOF\na\nEOF\nUSER c", &["ONBUILD RUN 1-3", "USER 4-4"]),
        ("RUN a \\\n <<EOF \\\n b\nx\nEOF\nUSER c", &["RUN 1-5", "USER 6-6"]),
        ("RUN <<EOF\r\na\r\nEOF\r\nUSER c", &["RUN 1-3", "USER 4-4"]),
        // a comment of the script, and what looks like an instruction or a continuation in it
        ("RUN <<EOF\n# a\nFROM x \\\nEOF\nUSER c", &["RUN 1-4", "USER 5-5"]),
        // no heredocs: a here-string, a sign inside a word or quotes, the JSON form, another instruction
        ("RUN a <<<EOF\nUSER c", &["RUN 1-1", "USER 2-2"]),
        ("RUN a<<EOF\nUSER c", &["RUN 1-1", "USER 2-2"]),
        ("RUN echo \"<< EOF\" << EOF\nUSER c", &["RUN 1-1", "USER 2-2"]),
        ("RUN echo $((1 << 2))\nUSER c", &["RUN 1-1", "USER 2-2"]),
        ("RUN [\"a\", \"<<EOF\"]\nUSER c", &["RUN 1-1", "USER 2-2"]),
        ("CMD <<EOF\nUSER c", &["CMD 1-1", "USER 2-2"]),
        ("RUN it's <<EOF\nUSER c", &["RUN 1-1", "USER 2-2"]),
        // one that never ends takes the rest
        ("RUN <<EOF\nUSER c\n EOF\n", &["RUN 1-3"]),
    ] {
        assert_eq!(shape(text), expected, "{text:?}");
    }
    let text = "RUN cat <<EOF\nUSER c\n EOF\n";
    let lexed = lex(text);
    assert_eq!(lexed.unterminated, Some(Span::new(8, 13)));
    assert_eq!(lexed.instructions[0].heredocs[0].body, Span::new(14, 26));
}

#[test]
fn flags_end_where_the_arguments_begin() {
    let flags = |text: &str| {
        let lexed = lex(text);
        let i = &lexed.instructions[0];
        let names: Vec<String> = i
            .flags
            .iter()
            .map(|f| format!("{}={}", f.name, f.value.as_ref().map_or("", |v| i.line.part(v))))
            .collect();
        (names.join(" "), i.line.part(&i.args).to_owned())
    };
    for (text, found, args) in [
        (
            "RUN --security=insecure --network=host a --b",
            "security=insecure network=host",
            "a --b",
        ),
        (
            "RUN --mount=type=cache,target=/x \\\n  # why\n  --network=none \\\n a",
            "mount=type=cache,target=/x network=none",
            "a",
        ),
        ("RUN --mount=\"type=bind, x\" a", "mount=\"type=bind, x\"", "a"),
        ("RUN -- --x", "", "--x"),
        ("COPY --link --from=a b c", "link= from=a", "b c"),
        ("ONBUILD RUN --network=host a", "network=host", "a"),
        ("RUN - a", "", "- a"),
        ("RUN --x", "x=", ""),
    ] {
        assert_eq!(flags(text), (found.to_owned(), args.to_owned()), "{text:?}");
    }
}

#[test]
fn comments_are_found_between_and_inside_instructions() {
    let text = "# a\nRUN b \\\n  # c\n  d # not the builder's\n#e\r\nRUN <<X\n# the shell's\nX\n";
    let comments = lex(text).comments;
    let shown: Vec<&str> = comments
        .iter()
        .map(|c| text.get(c.span.range()).unwrap_or(""))
        .collect();
    assert_eq!(shown, ["# a", "# c", "#e"]);
}

#[test]
fn there_are_bounds() {
    let many = lex(&"A\n".repeat(MAX_INSTRUCTIONS + 1));
    assert_eq!(many.instructions.len(), MAX_INSTRUCTIONS);
    assert!(many.cut.is_some());
    // what stands before a line that no builder reads is read
    let wide = lex(&format!("FROM a\nRUN <<E\n{}\nE\nUSER b", "x".repeat(MAX_LINE + 1)));
    assert_eq!(wide.instructions.len(), 2);
    assert_eq!(wide.cut.map(|(span, _)| span.len()), Some(MAX_LINE + 1));
    assert_eq!(wide.unterminated, None);
    let long = lex(&format!("FROM a\nRUN {}", "x\\\n".repeat(MAX_INSTRUCTION + 1)));
    assert_eq!(long.instructions.len(), 1);
    assert!(long.cut.is_some());
}
