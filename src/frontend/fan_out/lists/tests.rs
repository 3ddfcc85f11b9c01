//! Lists through a whole file.

use super::*;
use crate::plan::args::globals;
use crate::syntax;

fn search<T>(text: &str, target: &str, build_args: &[(&str, &str)], use_it: impl Fn(&Search<'_>) -> T) -> T {
    let dockerfile = instruction::parse(&syntax::parse(text.as_bytes()).unwrap(), None).unwrap();
    let mut predefined = EnvList::new();
    predefined.set("TARGETOS", "windows");
    predefined.set("TARGETARCH", "amd64");
    use_it(&Search {
        dockerfile: &dockerfile,
        lexer: &Lexer::new(dockerfile.escape),
        predefined: &predefined,
        build_args: &build_args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        target,
        is_replaced: &|stage| stage.name == "replaced",
    })
}

/// Returns the bases of the stages in each variant, or the error.
fn fan(text: &str, target: &str, build_args: &[(&str, &str)]) -> Result<Vec<Vec<String>>, String> {
    search(text, target, build_args, |search| {
        let lists = search.run().map_err(|e| e.kind.to_string())?;
        let bases = |elements: &Elements| {
            let (file, args) = (search.dockerfile, &elements.args);
            let env =
                globals(search.predefined.clone(), search.lexer, &file.global_args, search.build_args, args);
            let env = env.unwrap().env;
            let expand = |stage: &Stage| search.lexer.process_word(&stage.base, &env).unwrap().result;
            let base = |(i, stage)| elements.bases.get(&i).cloned().unwrap_or_else(|| expand(stage));
            file.stages.iter().enumerate().map(base).collect()
        };
        Ok(lists.variants.iter().map(bases).collect())
    })
}

/// Returns the last base in each variant.
fn last(text: &str, build_args: &[(&str, &str)]) -> Vec<String> {
    fan(text, "", build_args).unwrap().into_iter().filter_map(|mut bases| bases.pop()).collect()
}

#[test]
fn a_list_in_an_argument_fans_out() {
    let text = "ARG WINBASE=host:5000/nano:a,b\nFROM alpine AS build\nFROM ${WINBASE}\n";
    assert_eq!(fan(text, "", &[]).unwrap(), [["alpine", "host:5000/nano:a"], ["alpine", "host:5000/nano:b"]]);
    let given = fan(text, "", &[("WINBASE", "other:x,y,z")]).unwrap();
    assert_eq!(given.iter().map(|v| v[1].as_str()).collect::<Vec<_>>(), ["other:x", "other:y", "other:z"]);
    assert_eq!(fan(text, "", &[("WINBASE", "one:x")]).unwrap(), [["alpine", "one:x"]]);
}

#[test]
fn a_list_stands_anywhere_in_a_name_and_in_the_from_itself() {
    let text = "ARG V=1809,ltsc2022\nFROM nano:${V:-x}-${TARGETARCH}\n";
    assert_eq!(fan(text, "", &[]).unwrap(), [["nano:1809-amd64"], ["nano:ltsc2022-amd64"]]);
    assert_eq!(fan("FROM nano:a,b\n", "", &[]).unwrap(), [["nano:a"], ["nano:b"]]);
    assert_eq!(fan("FROM nano:{a,b}-x\n", "", &[]).unwrap(), [["nano:a-x"], ["nano:b-x"]]);
}

#[test]
fn an_argument_made_of_a_list_follows_it() {
    let text = "ARG V=1809,ltsc2022\nARG BASE=nano:${V}-x\nFROM ${BASE}\n";
    assert_eq!(fan(text, "", &[]).unwrap(), [["nano:1809-x"], ["nano:ltsc2022-x"]]);
}

#[test]
fn lists_are_walked_together() {
    let text = "ARG V=1809,ltsc2022\nFROM cache:$V AS addon\nFROM nano:$V\nCOPY --from=addon /a /a\n";
    assert_eq!(
        fan(text, "", &[]).unwrap(),
        [["cache:1809", "nano:1809"], ["cache:ltsc2022", "nano:ltsc2022"]]
    );
    let text = "ARG A=x:1,2\nARG B=y:1,2,3\nFROM $A AS addon\nFROM $B\nCOPY --from=addon /a /a\n";
    let error = fan(text, "", &[]).unwrap_err();
    assert!(error.contains("\"x:1,2\" has 2 elements, \"y:1,2,3\" has 3"), "{error}");
}

#[test]
fn lists_of_one_name_are_equally_long() {
    let text = "ARG A=x,y\nARG B=1,2\nARG C=$A:$B\nFROM ${C}\n";
    assert_eq!(fan(text, "", &[]).unwrap(), [["x:1"], ["y:2"]]);
    let error = fan(text, "", &[("A", "x,y,z")]).unwrap_err();
    assert!(error.contains("\"x,y,z\" has 3 elements, \"1,2\" has 2"), "{error}");
    assert!(fan("ARG B=1,2\nFROM {a,b,c}:$B\n", "", &[]).is_err());
}

#[test]
fn only_lists_that_are_reached_count() {
    let text = "ARG A=x:1,2\nARG B=y:1,2,3\nFROM $A AS other\nFROM $B AS last\n";
    assert_eq!(fan(text, "", &[]).unwrap().len(), 3);
    assert_eq!(fan(text, "other", &[]).unwrap().len(), 2);
    assert_eq!(fan(&format!("{text}FROM scratch\n"), "", &[]).unwrap().len(), 1);
}

#[test]
fn a_list_of_stages_reaches_each_of_them() {
    let text = "FROM nano:a AS windows-1\nFROM nano:b AS windows-2\nFROM windows-{1,2}\n";
    let last: Vec<String> = fan(text, "", &[]).unwrap().into_iter().filter_map(|mut v| v.pop()).collect();
    assert_eq!(last, ["windows-1", "windows-2"]);
}

#[test]
fn a_list_of_targets_is_walked() {
    let text = "ARG V=1,2\nFROM nano:a AS windows-1\nFROM nano:b AS windows-2\nFROM nano:$V AS other\n";
    assert_eq!(fan(text, "windows-{1,2}", &[]).unwrap().len(), 2);
    assert_eq!(fan(text, "windows-1,windows-2,windows-1", &[]).unwrap().len(), 3);
    let error = fan(text, "windows-1,windows-2,other", &[]).unwrap_err();
    assert!(error.contains("\"windows-1,windows-2,other\" has 3 elements"), "{error}");
    assert!(fan(text, "windows-{1,2", &[]).unwrap_err().contains("cannot parse the list"));
    let targets = search(text, "windows-{1,2}", &[], |search| search.run().unwrap().variants);
    assert_eq!(targets[1].target.as_deref(), Some("windows-2"));
    assert!(!search(text, "last", &[], |search| search.run().unwrap().is_list));
}

#[test]
fn an_argument_whose_comma_comes_into_no_from_is_an_ordinary_one() {
    let text = "ARG FLAGS=a,b\nFROM nano${FLAGS:+:x}\n";
    assert_eq!(fan(text, "", &[]).unwrap(), [["nano:x"]]);
}

#[test]
fn a_list_of_digests_pins_a_version_each() {
    let text = "ARG V\nFROM host:5000/nano@${V}\n";
    let bases = fan(text, "", &[("V", "sha256:1,sha256:2")]).unwrap();
    assert_eq!(bases, [["host:5000/nano@sha256:1"], ["host:5000/nano@sha256:2"]]);
    let text = "ARG V\nFROM nano:${V}\n";
    let bases = fan(text, "", &[("V", "{a@sha256:1,b@sha256:2}")]).unwrap();
    assert_eq!(bases, [["nano:a@sha256:1"], ["nano:b@sha256:2"]]);
}

#[test]
fn a_list_with_spaces_in_place_of_commas_is_refused() {
    let text = "ARG V=1809\nFROM nano:$V AS other\nFROM nano:a\n";
    let refused = |target| fan(text, target, &[("V", "1809 ltsc2022")]);
    assert!(refused("other").unwrap_err().contains("commas between the elements"));
    assert!(refused("").is_ok());
    assert!(fan(text, "other", &[("V", "1809, ltsc2022")]).is_ok());
}

#[test]
fn broken_lists_are_refused() {
    assert!(fan("FROM nano:a,\n", "", &[]).unwrap_err().contains("empty element"));
    assert!(fan("ARG A={x\nFROM $A\n", "", &[]).unwrap_err().contains("cannot parse the list"));
}

#[test]
fn a_list_made_of_lists_has_all_their_elements() {
    for (all, expected) in [
        ("${OLD},c", vec!["nano:a", "nano:b", "nano:c"]),
        ("c,${OLD}", vec!["nano:c", "nano:a", "nano:b"]),
        ("x-${OLD}-y,c", vec!["nano:x-a-y", "nano:x-b-y", "nano:c"]),
        ("{${OLD},c}", vec!["nano:a", "nano:b", "nano:c"]),
        ("${OLD},${OTHER}", vec!["nano:a", "nano:b", "nano:1", "nano:2", "nano:3"]),
        ("${OLD},${OLD}-y", vec!["nano:a", "nano:b", "nano:a-y", "nano:b-y"]),
        ("${BRACED},c", vec!["nano:w-a", "nano:w-b", "nano:c"]),
        ("${OLD}", vec!["nano:a", "nano:b"]),
    ] {
        let args = "ARG OLD=a,b\nARG OTHER=1,2,3\nARG BRACED=w-{a,b}\n";
        assert_eq!(last(&format!("{args}ARG ALL={all}\nFROM nano:${{ALL}}\n"), &[]), expected, "{all}");
    }
    assert_eq!(last("ARG OLD=a,b\nFROM nano:${OLD},c\n", &[]), ["nano:a", "nano:b", "nano:c"]);
    let text = "ARG OLD=a,b\nARG ALL=host/nano:${OLD},c\nFROM ${ALL}\n";
    assert_eq!(last(text, &[]), ["host/nano:a", "host/nano:b", "host/nano:c"]);
    assert_eq!(last(text, &[("OLD", "z")]), ["host/nano:z", "host/nano:c"]);
    // An argument that adds to its own value.
    assert_eq!(last("ARG V=a,b\nARG V=${V},c\nFROM nano:${V}\n", &[]), ["nano:a", "nano:b", "nano:c"]);
}

#[test]
fn lists_around_a_list_are_walked_with_it() {
    assert_eq!(last("ARG B=1,2\nFROM {a,b}:$B\n", &[]), ["a:1", "b:2"]);
    assert!(fan("ARG B=1,2,3\nFROM {a,b}:$B\n", "", &[]).unwrap_err().contains("different lengths"));
}

#[test]
fn what_a_list_is_made_of_stays_whole_beside_it() {
    let text = "ARG OLD=a,b\nARG ALL=${OLD},c\nFROM addon:${OLD} AS addon\nFROM nano:${ALL}\nCOPY --from=addon /a /a\n";
    assert!(fan(text, "", &[]).unwrap_err().contains("different lengths"));
    let variants =
        search("ARG OLD=a,b\nARG ALL=${OLD},c\nFROM nano:${ALL}\n", "", &[], |s| s.run().unwrap().variants);
    assert_eq!(variants[2].args, BTreeMap::from([("ALL".to_owned(), "c".to_owned())]));
}

#[test]
fn pinned_elements_are_tags_of_the_repository_before_them() {
    assert_eq!(
        last("FROM host/nano:a@sha256:1,b@sha256:2\n", &[]),
        ["host/nano:a@sha256:1", "host/nano:b@sha256:2"]
    );
    let text = "ARG V\nFROM nano:${V}\n";
    assert_eq!(last(text, &[("V", "a@sha256:1,b")]), ["nano:a@sha256:1", "nano:b"]);
    assert_eq!(last(text, &[("V", "a@sha256:1,b@sha256:2")]), ["nano:a@sha256:1", "nano:b@sha256:2"]);
    let error = fan("ARG V\nFROM ${V}\n", "", &[("V", "nano@sha256:1,b")]).unwrap_err();
    assert!(error.contains("a repository or a tag"), "{error}");
}

#[test]
fn a_stage_that_a_context_replaces_is_not_a_list() {
    let text = "FROM nano:a,b AS replaced\nFROM other:1,2,3\nCOPY --from=replaced /a /a\n";
    assert_eq!(fan(text, "", &[]).unwrap().len(), 3);
    assert_eq!(fan("FROM nano:a,b AS replaced\n", "", &[]).unwrap().len(), 1);
}

#[test]
fn a_from_depends_on_the_version_by_whatever_way() {
    let uses = |text| search(text, "", &[], |search| search.run().unwrap().uses_version);
    assert!(uses("FROM nano:${TARGETOSVERSION}\n"));
    assert!(uses("ARG A=x-$TARGETOSVERSION\nARG B=$A\nFROM nano:${B:-x}\n"));
    assert!(!uses("ARG A=$TARGETOSVERSION\nFROM nano:$A AS other\nFROM nano\n"));
}

#[test]
fn many_lists_take_no_square_of_time() {
    let mut text: String = (0..20_000).map(|i| format!("ARG A{i}=a,b\nARG B{i}=${{A{i}}},c\n")).collect();
    text.push_str("FROM nano:$B7\n");
    let started = std::time::Instant::now();
    assert_eq!(last(&text, &[]).len(), 3);
    assert!(started.elapsed().as_secs() < 20);
}
