//! Dockerfiles: from text to a tree, from the tree to instructions.

use fanlight::fuzzing::instruction::{self, Dockerfile, Instruction, Kind};
use fanlight::fuzzing::syntax::{self, Node, Tree};
use fanlight::fuzzing::{Config, Linter};

/// Checks that any bytes are a Dockerfile or an error, with locations within the text, and that they are
/// parsed alike whatever surrounds them.
pub fn check(data: &[u8]) {
    let _ = (syntax::detect_syntax(data), syntax::check_directive(data));
    let parsed = syntax::parse(data);
    if !data.starts_with(b"\xEF\xBB\xBF") {
        let marked = [b"\xEF\xBB\xBF", data].concat();
        let kind = |parsed: &Result<Tree, syntax::Error>| parsed.clone().map_err(|error| error.kind);
        assert_eq!(kind(&syntax::parse(&marked)), kind(&parsed), "a byte order mark changes the meaning");
    }
    let lines = u32::try_from(data.split(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX);
    match parsed {
        Err(error) => {
            let ranges = error.locations.iter().flatten();
            ranges.for_each(|range| assert!(range.end.line <= lines, "{error} stands behind the end"));
        }
        Ok(tree) => check_tree(&tree, lines),
    }
}

fn check_tree(tree: &Tree, lines: u32) {
    let mut last = 0;
    for node in &tree.nodes {
        assert!(last < node.start_line && node.start_line <= node.end_line && node.end_line <= lines);
        last = node.end_line;
        check_node(tree.escape, node);
    }
    let linter = Linter::new(Config { experimental_all: true, ..Config::default() });
    let linted = instruction::parse(tree, Some(&linter));
    assert_eq!(linted, instruction::parse(tree, None), "checks change the meaning");
    if let Ok(dockerfile) = linted {
        instruction::check::stages(&dockerfile, &linter);
        check_dockerfile(&dockerfile);
    }
}

/// Checks that an instruction on one line, as shown to the user, parses as the same instruction.
fn check_node(escape: char, node: &Node) {
    // Bytes that are not text appear as U+FFFD, and flags are parsed byte by byte.
    let text = !node.invalid_utf8 && !node.original.contains(['\n', '#', '\u{fffd}']);
    // Continuations at the end of the file are an instruction without a name, which is rejected later.
    let plain = node.heredocs.is_empty() && text && !node.original.trim().is_empty();
    if !plain || node.original.ends_with(escape) || node.original.len() > 60_000 {
        return;
    }
    let Ok(tree) = syntax::parse(format!("# escape={escape}\n{}", node.original).as_bytes()) else {
        panic!("{:?} is no instruction any more", node.original)
    };
    assert_eq!(tree.nodes.len(), 1, "{:?}", node.original);
    let again = &tree.nodes[0];
    assert_eq!((&again.word, &again.args, &again.flags), (&node.word, &node.args, &node.flags));
    assert_eq!(again.json, node.json);
}

fn check_dockerfile(dockerfile: &Dockerfile) {
    for stage in &dockerfile.stages {
        assert_eq!(stage.name, stage.name.to_lowercase());
        stage.instructions.iter().for_each(check_instruction);
    }
}

fn check_instruction(it: &Instruction) {
    // Expanding variables to themselves changes nothing.
    let mut keep = |word: &str| Ok::<_, instruction::ErrorKind>(word.to_owned());
    let mut expanded = it.clone();
    assert_eq!(expanded.expand(&mut keep), Ok(()));
    assert_eq!(expanded.expand_raw(&mut keep), Ok(()));
    assert_eq!(expanded.kind, it.kind);
    match &it.kind {
        Kind::Run(run) => {
            assert_eq!(run.mounts(Some(&mut keep)).is_ok(), run.mounts(Some(&mut keep)).is_ok());
        }
        Kind::Onbuild(trigger) => drop(instruction::parse_trigger(trigger, &it.location)),
        _ => {}
    }
}
