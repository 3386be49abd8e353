//! `extends`: a service laid over another one, of the same file or of another.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::interpolate::Env;
use super::merge;
use super::project::{Loader, MAX_CHAIN, MAX_ROW, entries_mut, entry_mut};
use super::value::{Action, Body, Value};
use crate::container::{FileId, Text, Via, ViaKind};
use crate::source::normal_path;

/// A way to a service that is being followed, to notice circles.
type Trail = Vec<(FileId, String)>;

impl Loader<'_> {
    /// Gives every service what it extends.
    pub(super) fn extend_services(&mut self, root: &mut Value, file: FileId, env: &Env) {
        let extending = root
            .get("services")
            .is_some_and(|s| s.entries().iter().any(|(_, v)| v.get("extends").is_some()));
        if !extending {
            return;
        }
        let Some(services) = entry_mut(root, "services") else {
            return;
        };
        let context: Rc<HashMap<String, Value>> = Rc::new(services.entries().iter().cloned().collect());
        let mut done: HashMap<String, Value> = HashMap::new();
        for (name, service) in entries_mut(services) {
            if service.get("extends").is_some() {
                let mut trail = Trail::new();
                *service = self.extended(name, service, file, &context, env, &mut trail, &mut done);
            }
        }
    }

    /// A service laid over what it extends.
    #[allow(clippy::too_many_arguments)] // the state of one walk
    fn extended(
        &mut self,
        name: &str,
        service: &Value,
        file: FileId,
        context: &Rc<HashMap<String, Value>>,
        env: &Env,
        trail: &mut Trail,
        done: &mut HashMap<String, Value>,
    ) -> Value {
        if let Some(known) = done.get(name) {
            return known.clone();
        }
        let Some(extends) = service.get("extends") else {
            return service.clone();
        };
        trail.push((file, name.to_owned()));
        let base = self.base_of(extends, file, context, env, trail, done);
        trail.pop();
        let result = match base {
            Some(mut base) => {
                // a copy is merged, made unique and read besides
                let size = 3 * base.size();
                if size > self.budget {
                    self.spent = true;
                    let message = "what services extend makes more of this file than is read".to_owned();
                    self.limit(extends.file, extends.span, message);
                    return unknown_base(service.clone(), extends);
                }
                self.budget -= size;
                base.came_by(&Via {
                    kind: ViaKind::Extends,
                    name: name_of(extends),
                    span: extends.span,
                    file: extends.file,
                });
                let mut own = service.clone();
                let (key, entry, via) = (own.key, own.entry, own.via.clone());
                let (file, span) = (own.file, own.span);
                own.action = Action::Merge;
                without(&mut own, "extends");
                base.complete &= own.complete;
                merge::service(&mut base, own);
                Value {
                    key,
                    entry,
                    via,
                    file,
                    span,
                    ..base
                }
            }
            None => unknown_base(service.clone(), extends),
        };
        if trail.is_empty() || result.get("extends").is_none() {
            done.insert(name.to_owned(), result.clone());
        }
        result
    }

    /// What an `extends` names, itself extended.
    fn base_of(
        &mut self,
        extends: &Value,
        file: FileId,
        context: &Rc<HashMap<String, Value>>,
        env: &Env,
        trail: &mut Trail,
        done: &mut HashMap<String, Value>,
    ) -> Option<Value> {
        if self.spent {
            return None;
        }
        let wanted = match &extends.body {
            Body::Scalar(text) => text.known()?.into_owned(),
            _ => extends.get("service")?.text()?.known()?.into_owned(),
        };
        let other = match extends.get("file").and_then(Value::text) {
            Some(path) => {
                let here = self.base(extends.file);
                self.open(&normal_path(&here.join(path.known()?.as_ref())))?
            }
            None => file,
        };
        if trail.contains(&(other, wanted.clone())) {
            let message = format!("the service `{wanted}` extends itself");
            self.wrong(extends.file, extends.span, message);
            return None;
        }
        let files: BTreeSet<FileId> = trail.iter().map(|(file, _)| *file).collect();
        if trail.len() > MAX_CHAIN || files.len() > MAX_ROW {
            self.spent = true;
            let message = match files.len() > MAX_ROW {
                true => format!("services of more than {MAX_ROW} files extend each other in a row"),
                false => format!("more than {MAX_CHAIN} services extend each other in a row"),
            };
            self.limit(extends.file, extends.span, message);
            return None;
        }
        if other == file {
            let base = context.get(&wanted)?.clone();
            return Some(self.extended(&wanted, &base, file, context, env, trail, done));
        }
        let raw = self.raw(other, env);
        let services = raw.get("services")?;
        let base = services.get(&wanted)?.clone();
        let names: HashMap<String, Value> = if base.get("extends").is_some() {
            services.entries().iter().cloned().collect()
        } else {
            HashMap::new()
        };
        Some(self.extended(&wanted, &base, other, &Rc::new(names), env, trail, &mut HashMap::new()))
    }
}

/// A service whose base could not be read: anything may hide there.
fn unknown_base(mut service: Value, extends: &Value) -> Value {
    let mut unknown = extends.clone();
    unknown.body = Body::Unknown(format!("extends: {}", name_of(extends)));
    without(&mut service, "extends");
    if let Body::Map(entries) = &mut service.body {
        entries.push(("extends".to_owned(), unknown));
    }
    service
}

/// The file, or within one file the service, that an `extends` names.
fn name_of(extends: &Value) -> String {
    let named = extends
        .get("file")
        .or_else(|| extends.get("service"))
        .unwrap_or(extends);
    named.text().map(Text::shown).unwrap_or_default()
}

fn without(map: &mut Value, key: &str) {
    if let Body::Map(entries) = &mut map.body {
        entries.retain(|(name, _)| name != key);
    }
}
