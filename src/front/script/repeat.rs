//! What the name of a container says of how many there are.

use crate::container::{Container, Hole, PieceKind, Starts, Syntax, Text, ViaKind};

/// There is one container of a name at a time; a name that is filled in is one of several.
pub(super) fn by_name(container: &mut Container) {
    if container.syntax != Syntax::Command {
        return;
    }
    let Some(name) = &container.name else { return };
    if !name.value.has_hole() {
        // what a variable says in one turn of a loop it need not say in the next
        let written = name
            .place
            .via
            .iter()
            .all(|v| !matches!(v.kind, ViaKind::Variable | ViaKind::Loop));
        let written = written && name.value.pieces().iter().all(|p| p.kind == PieceKind::Literal);
        if name.certain && (written || container.starts == Starts::Once) {
            container.starts = Starts::Once;
        }
        return;
    }
    // `web-$stage`: how many of them run at a time is for whoever sets it
    let beside = name.value.pieces().iter().any(|p| !p.is_hole());
    if container.starts == Starts::Once && beside {
        container.starts = match container.stays && is_template(&name.value) {
            true => Starts::Many,
            false => Starts::Unknown,
        };
    }
}

/// True for `node-$i` and `$1_db`: a name with a number, or an argument of the script, beside other text.
fn is_template(name: &Text) -> bool {
    let counts = |name: &str| {
        let word = name.to_ascii_lowercase();
        let argument = word.starts_with(|c: char| c.is_ascii_digit()) && word != "0";
        argument
            || word.len() == 1 && word.starts_with(|c: char| c.is_ascii_alphabetic())
            || matches!(
                word.as_str(),
                "id" | "idx"
                    | "index"
                    | "num"
                    | "number"
                    | "nr"
                    | "no"
                    | "count"
                    | "counter"
                    | "instance"
                    | "node"
                    | "worker"
                    | "port"
                    | "slot"
                    | "random"
                    | "replica"
                    | "shard"
            )
    };
    let mut pieces = name.pieces().iter();
    pieces.any(|p| matches!(&p.kind, PieceKind::Hole(Hole::Variable(name)) if counts(name)))
}
