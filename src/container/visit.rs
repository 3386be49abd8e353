//! Everything that is written of a container, in one list: places, removal, comparison and remapping
//! follow from it. A field that is new in [`Container`] or [`Build`] does not build until it stands here.

use super::{
    Build, BuiltImage, Container, Grant, Lost, Mount, NamespaceSetting, Place, Stack, Stage, Switch, Text, Written,
};

/// A field, to be looked at.
pub(super) enum Field<'a> {
    Text(&'a Option<Written<Text>>),
    Texts(&'a [Written<Text>]),
    /// Words that have no place of their own.
    Words(&'a [Text]),
    Switches(&'a [Written<Switch>]),
    Switch(&'a Option<Written<Switch>>),
    Mounts(&'a [Written<Mount>]),
    Namespaces(&'a [NamespaceSetting]),
    Grants(&'a [Written<Grant>]),
    Lost(&'a [Written<Lost>]),
    /// Values that do nothing; `true` where that is sure.
    PassedOver(&'a [Written<String>], bool),
    /// What stands at no place.
    Plain(Vec<String>),
}

/// A field, to be changed.
pub enum FieldMut<'a> {
    /// Said once at most.
    Text(&'a mut Option<Written<Text>>),
    /// A list.
    Texts(&'a mut Vec<Written<Text>>),
    /// Words that have no place of their own.
    Words(&'a mut Vec<Text>),
    /// One text that has no place of its own.
    Inline(&'a mut Option<Text>),
    /// Each setting, the deciding one last.
    Switches(&'a mut Vec<Written<Switch>>),
    /// Set once at most.
    Switch(&'a mut Option<Written<Switch>>),
    /// Mounts.
    Mounts(&'a mut Vec<Written<Mount>>),
    /// Namespace settings.
    Namespaces(&'a mut Vec<NamespaceSetting>),
    /// What an image gives away.
    Grants(&'a mut Vec<Written<Grant>>),
    /// Lines that are lost.
    Lost(&'a mut Vec<Written<Lost>>),
    /// Values that do nothing.
    PassedOver(&'a mut Vec<Written<String>>),
    /// Options that no rule looks at.
    Options(&'a mut Vec<String>),
    /// What a Dockerfile makes of its final stage.
    Stage(&'a mut Stage),
}

impl Container {
    /// Every field that says something of the container, with its name. What tells where it stands or
    /// how it came to be, and what is not written, is left out by name.
    pub(super) fn fields(&self) -> Vec<(&'static str, Field<'_>)> {
        let Container {
            // compared by their own names
            syntax: _,
            engine: _,
            unseen: _,
            // where it stands
            file: _,
            nested: _,
            head: _,
            body: _,
            via: _,
            written_in: _,
            slot: _,
            // what the rest of the file, and other files, make of it
            maybe_podman: _,
            around: _,
            rootless,
            documented,
            certain,
            name,
            container_name,
            image,
            entrypoint,
            command,
            privileged,
            cap_add,
            cap_drop,
            security_opt,
            mounts,
            volumes_from,
            devices,
            device_cgroup_rules,
            gpus,
            namespaces,
            user,
            read_only,
            group_add,
            sysctls,
            ports,
            environment,
            labels,
            runtime,
            shm_size,
            pod,
            options,
            api_socket,
            removed_on_exit,
            init,
            starts,
            stays,
            terminal,
            open_environment,
            health,
            replicas,
            build,
            built,
            stack,
            stage,
            grants,
            lost,
        } = self;
        let plain = |value: &dyn ToString| Field::Plain(vec![value.to_string()]);
        let mut fields = vec![
            ("name", Field::Text(name)),
            ("image", Field::Text(image)),
            ("entrypoint", Field::Text(entrypoint)),
            ("user", Field::Text(user)),
            ("runtime", Field::Text(runtime)),
            ("shm_size", Field::Text(shm_size)),
            ("pod", Field::Text(pod)),
            ("container_name", Field::Text(container_name)),
            ("cap_add", Field::Texts(cap_add)),
            ("cap_drop", Field::Texts(cap_drop)),
            ("security_opt", Field::Texts(security_opt)),
            ("volumes_from", Field::Texts(volumes_from)),
            ("devices", Field::Texts(devices)),
            ("device_cgroup_rules", Field::Texts(device_cgroup_rules)),
            ("gpus", Field::Texts(gpus)),
            ("group_add", Field::Texts(group_add)),
            ("sysctls", Field::Texts(sysctls)),
            ("ports", Field::Texts(ports)),
            ("environment", Field::Texts(environment)),
            ("labels", Field::Texts(labels)),
            ("privileged", Field::Switches(privileged)),
            ("read_only", Field::Switches(read_only)),
            ("api_socket", Field::Switch(api_socket)),
            ("mounts", Field::Mounts(mounts)),
            ("namespaces", Field::Namespaces(namespaces)),
            ("grants", Field::Grants(grants)),
            ("lost", Field::Lost(lost)),
            ("command", Field::Words(command)),
            ("health", Field::Words(health)),
            ("option", Field::Plain(options.clone())),
            ("replicas", plain(replicas)),
            ("removed_on_exit", plain(removed_on_exit)),
            ("init", plain(init)),
            ("starts", Field::Plain(vec![format!("{starts:?}")])),
            ("stays", plain(stays)),
            ("terminal", plain(terminal)),
            ("open_environment", plain(open_environment)),
            ("certain", plain(certain)),
            ("rootless", plain(rootless)),
            ("documented", plain(documented)),
        ];
        if let Some(stack) = stack {
            let Stack {
                why: _,
                sure,
                passed_over,
            } = &**stack;
            fields.push(("stack", plain(sure)));
            fields.push(("passed_over", Field::PassedOver(passed_over, *sure)));
        }
        if let Some(build) = build {
            fields.extend(build.fields());
        }
        if let Some(built) = built {
            fields.push(("built", Field::Plain(built.shown())));
        }
        if let Some(stage) = stage {
            let hand_off = stage.hand_off.iter().map(|hand_off| format!("{hand_off:?}"));
            fields.push(("hand_off", Field::Plain(hand_off.collect())));
        }
        fields
    }

    /// Every field that has places or words of the file, to be changed.
    pub fn fields_mut(&mut self) -> Vec<FieldMut<'_>> {
        let Container {
            syntax: _,
            engine: _,
            unseen: _,
            file: _,
            nested: _,
            head: _,
            body: _,
            via: _,
            written_in: _,
            slot: _,
            maybe_podman: _,
            around: _,
            rootless: _,
            documented: _,
            certain: _,
            name,
            container_name,
            image,
            entrypoint,
            command,
            privileged,
            cap_add,
            cap_drop,
            security_opt,
            mounts,
            volumes_from,
            devices,
            device_cgroup_rules,
            gpus,
            namespaces,
            user,
            read_only,
            group_add,
            sysctls,
            ports,
            environment,
            labels,
            runtime,
            shm_size,
            pod,
            options,
            api_socket,
            removed_on_exit: _,
            init: _,
            starts: _,
            stays: _,
            terminal: _,
            open_environment: _,
            health,
            replicas: _,
            build,
            // it is written in another file
            built: _,
            stack,
            stage,
            grants,
            lost,
        } = self;
        let singles = [name, image, entrypoint, user, runtime, shm_size, pod, container_name];
        let lists = [
            cap_add,
            cap_drop,
            security_opt,
            volumes_from,
            devices,
            device_cgroup_rules,
            gpus,
            group_add,
            sysctls,
            ports,
            environment,
            labels,
        ];
        let mut fields: Vec<FieldMut> = singles.into_iter().map(FieldMut::Text).collect();
        fields.extend(lists.into_iter().map(FieldMut::Texts));
        fields.extend([
            FieldMut::Switches(privileged),
            FieldMut::Switches(read_only),
            FieldMut::Switch(api_socket),
            FieldMut::Mounts(mounts),
            FieldMut::Namespaces(namespaces),
            FieldMut::Grants(grants),
            FieldMut::Lost(lost),
            FieldMut::Words(command),
            FieldMut::Words(health),
            FieldMut::Options(options),
        ]);
        fields.extend(stack.iter_mut().map(|s| FieldMut::PassedOver(&mut s.passed_over)));
        fields.extend(build.iter_mut().flat_map(Build::fields_mut));
        fields.extend(stage.iter_mut().map(|stage| FieldMut::Stage(stage)));
        fields
    }

    /// The place of everything that is written of this container. The order depends on nothing but what
    /// is said: it is the same for a container and its copy with other places.
    pub fn places(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = Vec::new();
        for (_, field) in self.fields() {
            match field {
                Field::Text(text) => places.extend(text.iter().map(|w| &w.place)),
                Field::Texts(list) => places.extend(list.iter().map(|w| &w.place)),
                Field::Switches(list) => places.extend(list.iter().map(|w| &w.place)),
                Field::Switch(switch) => places.extend(switch.iter().map(|w| &w.place)),
                Field::Mounts(list) => places.extend(list.iter().map(|w| &w.place)),
                Field::Namespaces(list) => places.extend(list.iter().map(|s| &s.mode.place)),
                Field::Grants(list) => places.extend(list.iter().map(|w| &w.place)),
                Field::Lost(list) => places.extend(list.iter().map(|w| &w.place)),
                Field::PassedOver(list, _) => places.extend(list.iter().map(|w| &w.place)),
                Field::Words(_) | Field::Plain(_) => {}
            }
        }
        places
    }
}

impl Build {
    fn fields(&self) -> Vec<(&'static str, Field<'_>)> {
        let Build {
            context,
            dockerfile,
            inline,
            args,
            target,
            security,
            network,
            privileged,
            entitlements,
            reach,
        } = self;
        vec![
            ("build.context", Field::Text(context)),
            ("build.dockerfile", Field::Text(dockerfile)),
            ("build.target", Field::Text(target)),
            ("build.security", Field::Text(security)),
            ("build.network", Field::Text(network)),
            ("build.privileged", Field::Switch(privileged)),
            ("build.entitlements", Field::Texts(entitlements)),
            ("build.args", Field::Texts(args)),
            ("build.reach", Field::Plain(vec![format!("{reach:?}")])),
            ("build.inline", Field::Words(inline.as_slice())),
        ]
    }

    fn fields_mut(&mut self) -> Vec<FieldMut<'_>> {
        let Build {
            context,
            dockerfile,
            inline,
            args,
            target,
            security,
            network,
            privileged,
            entitlements,
            reach: _,
        } = self;
        let singles = [context, dockerfile, target, security, network];
        let mut fields: Vec<FieldMut> = singles.into_iter().map(FieldMut::Text).collect();
        fields.extend([
            FieldMut::Switch(privileged),
            FieldMut::Texts(entitlements),
            FieldMut::Texts(args),
            FieldMut::Inline(inline),
        ]);
        fields
    }
}

impl BuiltImage {
    /// All of it, in words.
    fn shown(&self) -> Vec<String> {
        let BuiltImage {
            dockerfile,
            base,
            user,
            entrypoint,
            command,
            ports,
            labels,
        } = self;
        let mut words = vec![dockerfile.clone()];
        for (name, text) in [("FROM", base), ("USER", user), ("ENTRYPOINT", entrypoint)] {
            words.extend(text.iter().map(|text| format!("{name} {}", text.shown())));
        }
        for (name, list) in [("CMD", command), ("EXPOSE", ports), ("LABEL", labels)] {
            words.extend(list.iter().map(|text| format!("{name} {}", text.shown())));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Engine, FileId, Syntax};
    use super::*;
    use crate::source::Span;

    fn text(value: &str, at: usize) -> Written<Text> {
        let span = Span::new(at, at + value.len());
        Written::new(Text::literal(value, span), Place::new(span, span))
    }

    /// What lists kept by hand have forgotten: all of it is compared, and what has a place can go.
    #[test]
    fn nothing_that_is_said_is_forgotten() {
        let none = Container::new(
            Syntax::Compose,
            Engine::Docker,
            FileId(0),
            Span::default(),
            Span::default(),
        );
        let mut said = none.clone();
        said.container_name = Some(text("web", 10));
        said.build = Some(Build {
            args: vec![text("A=1", 20)],
            ..Build::default()
        });
        assert_eq!(said.places().len(), 2);
        let changed = |change: fn(&mut Container)| {
            let mut other = said.clone();
            change(&mut other);
            other.facts() != said.facts()
        };
        assert!(changed(|c| c.rootless = true));
        assert!(changed(|c| c.documented = true));
        assert!(changed(|c| c.built = Some(Box::default())));
        assert!(changed(|c| c.build.iter_mut().for_each(|b| b.args.clear())));
        assert!(changed(|c| c
            .build
            .iter_mut()
            .for_each(|b| b.inline = Some(Text::literal("FROM x", Span::default())))));
        let places: Vec<Place> = said.places().into_iter().cloned().collect();
        places.iter().for_each(|place| said.remove(place));
        assert!(said.places().is_empty());
    }
}
