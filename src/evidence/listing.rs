//! What commands list of a host and its containers: capabilities, labels, the mode and the booleans of
//! SELinux.

use std::collections::BTreeSet;

use super::record::{Context, capability};
use crate::knowledge::capabilities;

/// What a listing is of. The words are those of the `denials` JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservationKind {
    /// The capabilities that a process has.
    Capabilities,
    /// The label of a process.
    Label,
    /// Whether SELinux enforces.
    Mode,
    /// A boolean of SELinux.
    Boolean,
    /// The label of a file.
    Listing,
}

/// What was listed.
#[derive(Clone, Debug, PartialEq)]
pub enum Listed {
    /// The capabilities, without `CAP_`.
    Capabilities(BTreeSet<&'static str>),
    /// The label of a process.
    Label(Context),
    /// `enforcing`, `permissive` or `disabled`.
    Mode(String),
    /// A boolean, and whether it is on.
    Boolean(String, bool),
    /// A file with its label.
    File(String, Context),
}

/// Something that a listing says.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The line of the log, from 1.
    pub line: u64,
    /// What it says.
    pub listed: Listed,
    /// The container that it says it of, where that is named.
    pub container: Option<String>,
}

impl Observation {
    /// What it is of.
    pub fn kind(&self) -> ObservationKind {
        match self.listed {
            Listed::Capabilities(_) => ObservationKind::Capabilities,
            Listed::Label(_) => ObservationKind::Label,
            Listed::Mode(_) => ObservationKind::Mode,
            Listed::Boolean(..) => ObservationKind::Boolean,
            Listed::File(..) => ObservationKind::Listing,
        }
    }
}

/// What the lines before a line have said of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Table {
    /// Nothing.
    #[default]
    None,
    /// The rows of `podman top … capeff label`, of which so many may still come.
    Top(u16),
    /// The entries of `allowedCapabilities:`, of which so many may still come.
    Allowed(u16),
}

/// Rows of one table that are looked at.
pub(super) const ROWS_CAP: u16 = 2048;

/// What a line lists; nothing for a line that lists nothing.
pub(super) fn listed(line: &str, table: Table) -> Vec<Listed> {
    let one = |listed: Option<Listed>| listed.into_iter().collect::<Vec<_>>();
    if let Table::Top(_) = table {
        return top(line);
    }
    let line = line.trim();
    if let Some(found) = status(line) {
        return vec![found];
    }
    if let Some((name, value)) = line.split_once("-->") {
        let on = value.split(',').next().unwrap_or("").trim();
        let name = name.trim();
        let word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        return one((word && matches!(on, "on" | "off")).then(|| Listed::Boolean(name.to_owned(), on == "on")));
    }
    if let Some(found) = getpcaps(line).or_else(|| mode(line)).or_else(|| file(line)) {
        return vec![found];
    }
    one(comma_list(line))
}

/// True for the heading of `podman top` with what is looked for.
pub(super) fn is_heading(line: &str) -> bool {
    let mut words = line.split_whitespace();
    line.contains("EFFECTIVE CAPS") || words.any(|w| w == "LABEL")
}

/// The cells of a row of `podman top` that are looked for, in whatever order they stand.
fn top(line: &str) -> Vec<Listed> {
    let words = line.split_whitespace();
    words
        .filter_map(|word| match word {
            "full" => Some(Listed::Capabilities(all())),
            "none" => Some(Listed::Capabilities(BTreeSet::new())),
            word if word.matches(':').count() >= 3 || (word.matches(':').count() == 2 && word.ends_with("_t")) => {
                Context::parse(word).map(Listed::Label)
            }
            word => names(word.split(',')).map(Listed::Capabilities),
        })
        .collect()
}

fn all() -> BTreeSet<&'static str> {
    capabilities::all().iter().map(|c| c.name.as_str()).collect()
}

/// Every one of the words as a capability; `None` where one is none, or there are none.
fn names<'a>(words: impl Iterator<Item = &'a str>) -> Option<BTreeSet<&'static str>> {
    let mut found = BTreeSet::new();
    for word in words {
        let word = word.trim();
        if word.len() < 3 || word.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        found.insert(capability(word)?);
    }
    (!found.is_empty()).then_some(found)
}

/// `AUDIT_WRITE,CHOWN,…` alone on its line.
fn comma_list(line: &str) -> Option<Listed> {
    let listed = line.contains(',') && line == line.to_uppercase() && !line.contains(char::is_whitespace);
    names(line.split(',').filter(|_| listed)).map(Listed::Capabilities)
}

/// `CapEff: 00000000a80425fb` of `/proc/PID/status`.
fn status(line: &str) -> Option<Listed> {
    let digits = line.strip_prefix("CapEff:")?.trim();
    let bits = u64::from_str_radix(digits, 16).ok()?;
    let held = capabilities::all()
        .iter()
        .filter(|c| bits & (1u64.checked_shl(u32::from(c.number)).unwrap_or(0)) != 0);
    Some(Listed::Capabilities(held.map(|c| c.name.as_str()).collect()))
}

/// `1234: cap_chown,cap_kill=ep` and `Capabilities for `1234': = cap_chown,cap_kill+eip` of getpcaps.
fn getpcaps(line: &str) -> Option<Listed> {
    let rest = match line.strip_prefix("Capabilities for ") {
        Some(rest) => rest.split_once(':')?.1,
        None => {
            line.split_once(':')
                .filter(|(pid, _)| !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()))?
                .1
        }
    };
    let mut held = BTreeSet::new();
    for clause in rest.split_whitespace() {
        let at = clause.find(['=', '+', '-'])?;
        let (list, flags) = clause.split_at(at);
        let on = flags.starts_with(['=', '+']) && flags.contains('e');
        let of: BTreeSet<&'static str> = match list {
            "" | "all" => all(),
            list => names(list.split(','))?,
        };
        match on {
            true => held.extend(of),
            false if list.is_empty() && flags == "=" => held.clear(),
            false => held.retain(|name| !of.contains(name)),
        }
    }
    Some(Listed::Capabilities(held))
}

/// `Enforcing` of getenforce, and the lines of sestatus.
fn mode(line: &str) -> Option<Listed> {
    let word = match line.split_once(':') {
        Some(("SELinux status", value)) if value.trim() == "disabled" => "disabled",
        Some(("Current mode", value)) => value.trim(),
        None => line,
        Some(_) => return None,
    };
    let word = word.to_ascii_lowercase();
    let whole = matches!(word.as_str(), "enforcing" | "permissive" | "disabled");
    whole.then_some(Listed::Mode(word))
}

/// A row of `ls -lZ` or `ls -Z`: the context, and the name behind it.
fn file(line: &str) -> Option<Listed> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words
        .iter()
        .position(|w| w.matches(':').count() >= 3 && w.contains("object_r"))?;
    let context = Context::parse(words.get(at)?)?;
    // a listing has a mode, owner and group before the label, or nothing; a record has more
    let bare = at == 0 && words.len() == 2;
    let moded = words.first().is_some_and(|w| {
        let w = w.trim_end_matches(['.', '+', '@']);
        w.len() == 10 && w.starts_with(['-', 'd', 'l', 'c', 'b', 's', 'p'])
    });
    if !bare && !moded {
        return None;
    }
    let linked = words.iter().position(|w| *w == "->").unwrap_or(words.len());
    let name = words.get(linked.checked_sub(1)?)?;
    Some(Listed::File((*name).to_owned(), context))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn caps(line: &str) -> Vec<&'static str> {
        match listed(line, Table::None).pop() {
            Some(Listed::Capabilities(names)) => names.into_iter().collect(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn capabilities_are_read_in_every_form() {
        assert_eq!(caps("CapEff:\t0000000000000401"), ["CHOWN", "NET_BIND_SERVICE"]);
        assert_eq!(caps("1234: cap_chown,cap_kill=ep"), ["CHOWN", "KILL"]);
        assert_eq!(
            caps("Capabilities for `77': = cap_chown,cap_setuid+eip"),
            ["CHOWN", "SETUID"]
        );
        assert_eq!(caps("1234: =ep cap_sys_admin-ep").len(), 40);
        assert_eq!(caps("CHOWN,SETUID"), ["CHOWN", "SETUID"]);
        assert!(listed("1234: hello", Table::None).is_empty());
    }

    #[test]
    fn rows_of_top_are_read_in_any_order() {
        let row = listed("full   unconfined_u:system_r:spc_t:s0", Table::Top(1));
        assert!(matches!(&row[..], [Listed::Capabilities(c), Listed::Label(l)] if c.len() == 41 && l.kind == "spc_t"));
        assert!(is_heading("EFFECTIVE CAPS   LABEL") && !is_heading("the LABELS"));
    }

    #[test]
    fn files_modes_and_booleans_are_read() {
        let row = "-rw-r--r--. 1 me me unconfined_u:object_r:user_home_t:s0 1834 Oct 20 18:20 domain.crt";
        assert!(
            matches!(&listed(row, Table::None)[..], [Listed::File(n, c)] if n == "domain.crt" && c.kind == "user_home_t")
        );
        assert_eq!(listed("Enforcing", Table::None), [Listed::Mode("enforcing".into())]);
        assert_eq!(
            listed("Current mode:                   permissive", Table::None),
            [Listed::Mode("permissive".into())]
        );
        assert_eq!(
            listed("virt_use_nfs --> off", Table::None),
            [Listed::Boolean("virt_use_nfs".into(), false)]
        );
        assert!(listed("a line --> of words", Table::None).is_empty());
    }
}
