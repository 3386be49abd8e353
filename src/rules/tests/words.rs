//! What every word to a reader is like.

use super::*;

#[test]
fn every_word_to_a_reader_is_lower_case_and_without_a_full_stop() {
    let commands = [
        "podman -v ./a:/a -v /run/x.sock:/s --privileged registry:2",
        "docker --privileged kindest/node",
        "docker --privileged example.org/app",
        "podman -v $X/a:/a -v /dev/x:/x:z -v /etc:/e:z -v ~:/h:z nginx",
        "docker -v /var/run/docker.sock:/s:ro traefik",
        "docker -v /run:/r --cap-add=ALL --security-opt=seccomp=unconfined x",
    ];
    let mut count = 0;
    for command in commands {
        let container = launch(command);
        for finding in RULES.iter().flat_map(|r| found_by(r.name, &container)) {
            let labels = finding
                .related
                .iter()
                .chain([&finding.primary])
                .map(|l| l.message.clone());
            let fixes = finding.fixes.iter().map(|f| f.title.clone());
            let refused = finding.refused.iter().map(|r| r.0.clone());
            let all = labels.chain(fixes).chain(refused).chain([finding.message.clone()]);
            for said in all.chain(finding.notes.clone()).chain(finding.helps.clone()) {
                let mut letters = said.chars();
                let capital =
                    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
                assert!(
                    !capital && !said.ends_with('.') && !said.contains('\n') && !said.is_empty(),
                    "{said}"
                );
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count}");
}
