//! Lists through a whole file.

use super::*;
use crate::syntax;

/// The bases that the target's stages have in each variant, or the error.
fn fan(text: &str, target: &str, build_args: &[(&str, &str)]) -> Result<Vec<Vec<String>>, String> {
    let dockerfile = instruction::parse(&syntax::parse(text.as_bytes()).unwrap(), None).unwrap();
    let lexer = Lexer::new(dockerfile.escape);
    let mut predefined = EnvList::new();
    predefined.set("TARGETOS", "windows");
    predefined.set("TARGETARCH", "amd64");
    let build_args: BuildArgs = build_args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let search = Search {
        dockerfile: &dockerfile,
        lexer: &lexer,
        predefined: &predefined,
        build_args: &build_args,
        target,
    };
    let axes = search.run().map_err(|e| e.to_string())?;
    let mut variants = Vec::new();
    for index in 0..axes.count() {
        let element = axes.variant(index);
        let args = element.build_args(&build_args);
        let of_global = &mut |key: &str, value| element.of_global(key, value);
        let values = globals(predefined.clone(), &lexer, &dockerfile.global_args, &args, of_global).unwrap();
        let mut bases = Vec::new();
        for (i, stage) in dockerfile.stages.iter().enumerate() {
            let expanded = lexer.process_word(&stage.base, &values.env).unwrap().result;
            bases.push(element.pick(i, expanded).map_err(|e| e.to_string())?);
        }
        variants.push(bases);
    }
    Ok(variants)
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
    assert!(fan(text, "windows-{1,2", &[]).unwrap_err().contains("not understood"));
    let axes = Axes { len: Some(2), ..Axes::default() };
    assert_eq!(axes.variant(1).target("windows-{1,2}".to_owned()), "windows-2");
    assert_eq!(axes.variant(1).target("last".to_owned()), "last");
    assert_eq!(Axes::default().variant(0).target("a,b".to_owned()), "a,b");
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
    assert!(fan("ARG A={x\nFROM $A\n", "", &[]).unwrap_err().contains("not understood"));
}
