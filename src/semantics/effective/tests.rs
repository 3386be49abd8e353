use super::*;
use crate::container::{FileId, NamespaceSetting, Place, Switch};
use crate::source::Span;

fn written(text: &str) -> Written<Text> {
    let span = Span::new(0, text.len());
    Written::new(Text::literal(text, span), Place::new(span, span))
}

fn container(engine: Engine, add: &[&str], drop: &[&str]) -> Container {
    let mut c = Container::new(Syntax::Command, engine, FileId(0), Span::default(), Span::default());
    c.cap_add = add.iter().map(|name| written(name)).collect();
    c.cap_drop = drop.iter().map(|name| written(name)).collect();
    c
}

fn count(engine: Engine, add: &[&str], drop: &[&str]) -> Option<usize> {
    container(engine, add, drop)
        .effective_capabilities()
        .map(|set| set.len())
}

#[test]
fn sets_by_the_rules_of_each_engine() {
    for (add, drop, docker, podman) in [
        (&[][..], &[][..], Some(14), Some(11)),
        (&["NET_ADMIN"], &[], Some(15), Some(12)),
        (&[], &["cap_chown"], Some(13), Some(10)),
        (&["CHOWN"], &["CHOWN"], Some(14), None),
        (&["CHOWN", "setuid"], &["all"], Some(2), Some(2)),
        (&["ALL"], &["SYS_ADMIN"], Some(40), Some(40)),
        (&["ALL"], &["ALL"], Some(41), None),
        (&["CAP_ALL"], &[], None, None),
    ] {
        assert_eq!(count(Engine::Docker, add, drop), docker, "{add:?} {drop:?}");
        assert_eq!(count(Engine::Podman, add, drop), podman, "{add:?} {drop:?}");
    }
    assert_eq!(count(Engine::Unknown, &[], &[]), None);
    assert_eq!(count(Engine::Unknown, &["CHOWN"], &["ALL"]), Some(1));
    assert_eq!(count(Engine::Nerdctl, &["ALL"], &["ALL"]), Some(41));
    assert_eq!(count(Engine::Nerdctl, &["CHOWN"], &["CHOWN"]), Some(13));
    assert_eq!(count(Engine::Nerdctl, &["CHOWN"], &["CHOWN", "all"]), Some(1));
}

#[test]
fn users_other_than_root_keep_little() {
    let with_user = |engine, user: &str| {
        let mut c = container(engine, &["NET_ADMIN"], &[]);
        c.user = Some(written(user));
        c.effective_capabilities().map(|set| set.len())
    };
    assert_eq!(with_user(Engine::Docker, "1000"), Some(0));
    assert_eq!(with_user(Engine::Podman, "app:app"), Some(1));
    assert_eq!(with_user(Engine::Docker, "0:0"), Some(15));
    assert_eq!(with_user(Engine::Docker, ""), Some(15));
}

#[test]
fn what_may_be_otherwise_is_not_known() {
    let mut c = container(Engine::Docker, &["CHOWN"], &[]);
    c.cap_add.iter_mut().for_each(|w| w.certain = false);
    assert_eq!(c.effective_capabilities(), None);
    let mut c = container(Engine::Docker, &[], &[]);
    let place = Place::new(Span::default(), Span::default());
    c.privileged = vec![Written::new(Switch::Unknown, place.clone())];
    assert_eq!(c.effective_capabilities(), None);
    c.privileged = vec![Written::new(Switch::On, place)];
    assert_eq!(c.effective_capabilities().map(|set| set.len()), Some(41));
}

#[test]
fn a_label_narrows_what_podman_grants() {
    let mut c = container(Engine::Podman, &[], &[]);
    c.labels = vec![written("io.containers.capabilities=KILL,CAP_CHOWN")];
    assert_eq!(c.effective_capabilities().map(|set| set.len()), Some(2));
    c.labels = vec![written("io.containers.capabilities=SYS_ADMIN")];
    assert_eq!(c.effective_capabilities().map(|set| set.len()), Some(11));
}

fn why(engine: Engine, options: &[&str], privileged: bool, pid: Option<&str>) -> Option<String> {
    let mut c = container(engine, &[], &[]);
    c.security_opt = options.iter().map(|o| written(o)).collect();
    if privileged {
        let place = Place::new(Span::default(), Span::default());
        c.privileged = vec![Written::new(Switch::On, place)];
    }
    c.namespaces = pid
        .map(|mode| NamespaceSetting {
            namespace: Namespace::Pid,
            mode: written(mode),
        })
        .into_iter()
        .collect();
    c.selinux().why
}

#[test]
fn confinement_is_lost_unless_a_label_is_given() {
    let (docker, podman) = (Engine::Docker, Engine::Podman);
    assert_eq!(why(docker, &[], false, None), None);
    assert_eq!(why(docker, &[], true, None).as_deref(), Some("--privileged"));
    assert_eq!(why(docker, &["label=type:x_t"], true, None), None);
    assert_eq!(
        why(docker, &["label:type:x_t"], true, None).as_deref(),
        Some("--privileged")
    );
    assert_eq!(why(podman, &["label:type:x_t"], true, None), None);
    assert_eq!(
        why(podman, &["label=nested"], true, None).as_deref(),
        Some("--privileged")
    );
    assert_eq!(
        why(podman, &["label:disable"], false, None).as_deref(),
        Some("label=disable")
    );
    assert_eq!(
        why(docker, &["label=type:spc_t"], false, None).as_deref(),
        Some("label=type:spc_t")
    );
    assert_eq!(why(docker, &[], false, Some("host")).as_deref(), Some("--pid=host"));
    assert_eq!(why(docker, &["label=level:s0"], false, Some("host")), None);
    assert_eq!(why(docker, &[], false, Some("container:web")), None);
    let nerdctl = Engine::Nerdctl;
    assert_eq!(why(nerdctl, &[], false, Some("host")), None);
    assert_eq!(
        why(nerdctl, &["label=type:x_t"], true, None).as_deref(),
        Some("--privileged")
    );
}
