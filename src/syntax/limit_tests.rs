//! Tests at the limits: long lines, huge files, deep nesting, arbitrary bytes.

use proptest::prelude::*;

use super::*;
use crate::instruction;
use crate::lint::{Config, Linter};

/// Returns the error of a text, with its first line.
fn error(text: &[u8]) -> Option<(String, u32)> {
    let error = parse(text).err()?;
    Some((error.to_string(), error.locations[0][0].start.line))
}

#[test]
fn a_line_has_its_length() {
    let too_long = |line| Some(("dockerfile line greater than max allowed size of 65535".to_owned(), line));
    let x = |count| "x".repeat(count);
    assert_eq!(error(format!("FROM a\nRUN {}\nUSER b", x(65531)).as_bytes()), None);
    assert_eq!(error(format!("FROM a\nRUN {}\nUSER b", x(65532)).as_bytes()), too_long(1));
    assert_eq!(error(format!("FROM a\nRUN {}", x(65531)).as_bytes()), None);
    assert_eq!(error(format!("FROM a\nRUN {}", x(65532)).as_bytes()), too_long(1));
    // The part of the line that was read is parsed as an instruction before the error is reported.
    assert_eq!(error(format!("FROM a\nRUN a \\\n{}\nUSER b", x(65536)).as_bytes()), too_long(3));
    let env = format!("FROM a\nRUN a \\\nENV {}\nUSER b", x(65536));
    assert_eq!(error(env.as_bytes()), Some(("ENV must have two arguments".into(), 3)));
    let heredoc = format!("FROM a\nRUN <<EOF\n{}\nEOF\n", x(65536));
    assert_eq!(error(heredoc.as_bytes()), Some(("unterminated heredoc".into(), 2)));
    let comment = format!("#{}\nFROM a", x(70000));
    assert_eq!(error(comment.as_bytes()), Some(("file with no instructions".into(), 0)));
}

/// Parses completely, or to the first error.
fn whole(text: &[u8]) -> Result<instruction::Dockerfile, String> {
    let linter = Linter::new(Config { experimental_all: true, ..Config::default() });
    let tree = parse(text).map_err(|error| error.to_string())?;
    let dockerfile = instruction::parse(&tree, Some(&linter)).map_err(|error| error.to_string())?;
    instruction::check::stages(&dockerfile, &linter);
    for stage in &dockerfile.stages {
        for it in &stage.instructions {
            let mut expanded = it.clone();
            let mut keep = |word: &str| Ok::<_, instruction::ErrorKind>(word.to_owned());
            expanded.expand(&mut keep).and_then(|()| expanded.expand_raw(&mut keep)).unwrap();
            assert_eq!(expanded.code, it.code);
            match &it.kind {
                instruction::Kind::Run(run) => drop(run.mounts(Some(&mut keep))),
                instruction::Kind::Onbuild(trigger) => {
                    drop(instruction::parse_trigger(trigger, &it.location));
                }
                _ => {}
            }
        }
    }
    Ok(dockerfile)
}

#[test]
fn a_hundred_thousand_stages() {
    let stage = |n: usize| format!("# s{n} is a stage\nFROM base AS s{n}\nRUN --mount=target=/x true\n");
    let text: String = (0..100_000).map(stage).collect();
    let dockerfile = whole(text.as_bytes()).unwrap();
    assert_eq!(dockerfile.stages.len(), 100_000);
    assert_eq!(dockerfile.stages[99_999].doc_comment, "is a stage");
}

#[test]
fn ten_megabytes() {
    let text = "FROM a\n".to_owned() + &"RUN echo <<EOF $a\nx\nEOF\n".repeat(450_000);
    assert!(text.len() > 10 << 20);
    assert_eq!(whole(text.as_bytes()).unwrap().stages[0].instructions.len(), 450_000);
}

/// Parses a megabyte of the same content, for everything that could be scanned repeatedly.
#[test]
fn nothing_takes_the_square_of_its_length() {
    let fill = |piece: &str| piece.repeat((1 << 20) / piece.len());
    let ok = |text: String| whole(text.as_bytes()).unwrap();
    let err = |text: String| whole(text.as_bytes()).unwrap_err();
    let from = |text: &str| format!("FROM a\n{text}");

    ok(from(&fill("ENV a=b c=\"d e\"\n")));
    ok(from(&format!("RUN a \\\n{}b", fill("b \\\n"))));
    ok(from(&format!("RUN a \\\n{}b", fill("\n"))));
    ok(from(&format!("RUN <<EOF\n{}EOF", fill("x\n"))));
    ok(from(&format!("COPY <<-EOF /x\n{}EOF", fill("\t\tx\n"))));
    ok(from(&format!("RUN \"<<\" \\\n{}b", fill("'<< a' \\\n"))));
    ok(from(&format!("COPY \\\n{} c", fill("a \\\n"))));
    ok(from(&format!("EXPOSE \\\n{} 1", fill("80 \\\n"))));
    ok(from(&format!("COPY \\\n{} a b", fill("--exclude=a \\\n"))));
    ok(from(&format!("CMD [\\\n{}\"a\"]", fill("\"a\",\\\n"))));
    ok(fill("# c\n") + "FROM a");
    ok(fill("# check=skip=X\nFROM a AS B\n"));
    let names = fill("n1 n2= \"n 3\" \\\n");
    ok(format!("{}FROM a\n# n1 x\nARG \\\n{names} z", fill("# n 3\n# n9 y\n")));

    assert_eq!(err(from(&format!("ONBUILD \\\n{} RUN x", fill("ONBUILD \\\n")))), {
        "dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
    });
    ok(from(&format!("CMD {}", fill("[\\\n"))));
    ok(from(&format!("RUN {}", fill("${a:-\\\n"))));
    ok(from(&format!("RUN <<EOF {} {} z\nEOF", fill("${a:-b\\\n"), fill("}}}}}\\\n"))));
    assert!(err(from(&format!("{} x", fill("FOO\\\n")))).starts_with("dockerfile parse error on line 2"));
    assert!(err(from(&format!("COPY --{} x y", fill("a\\\n")))).contains("unknown flag"));
}

#[test]
fn bytes_that_are_not_text() {
    let first = |text: &[u8]| whole(text).map(|mut it| it.stages.remove(0).instructions.remove(0).kind);
    // Only a command that is to be run is rejected.
    let refused = |text: &[u8]| matches!(first(text), Ok(instruction::Kind::Run(run)) if run.invalid_utf8);
    assert!(refused(b"FROM a\nRUN caf\xE9"));
    assert!(refused(b"FROM a\nRUN <<E\n\xFF\nE"));
    assert!(!refused(b"FROM a\nRUN [\"caf\xE9\"]"));

    let script = first(b"FROM a\nRUN <<-E\n\t#!/bin/sh\n\techo \xFF\n\tE").unwrap();
    let instruction::Kind::Run(run) = script else { panic!("{script:?}") };
    assert_eq!(run.command.files[0].bytes(), b"\t#!/bin/sh\n\techo \xFF\n");

    let copy = first(b"FROM a\nCOPY <<-'E' <<F /x\n\t\xFF\n\tE\n\xFF\nF").unwrap();
    let instruction::Kind::Copy(copy) = copy else { panic!("{copy:?}") };
    let bytes: Vec<_> = copy.paths.contents.iter().map(instruction::SourceContent::bytes).collect();
    assert_eq!(bytes, [&b"\xFF\n"[..], "\u{FFFD}\n".as_bytes()]);
}

/// Pieces of Dockerfiles, so that random texts get past the first word.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "FROM a\n",
        "FROM a AS b\n",
        "RUN ",
        "COPY ",
        "ADD ",
        "ENV ",
        "LABEL ",
        "ARG ",
        "ONBUILD ",
        "CMD ",
        "HEALTHCHECK CMD ",
        "EXPOSE ",
        "VOLUME ",
        "SHELL ",
        "USER ",
        "\n",
        "\r\n",
        "\\\n",
        "`\n",
        " ",
        "\t",
        "--from=b ",
        "--mount=",
        "type=cache",
        ",target=/x",
        "--device=",
        "--link ",
        "<<EOF",
        "<<-'E'",
        "EOF\n",
        "E\n",
        "$A",
        "${A:-",
        "}",
        "\"",
        "'",
        "[",
        "]",
        "\"a\"",
        ",",
        "=",
        "#",
        "# escape=`\n",
        "# syntax=x\n",
        "# check=skip=all\n",
        "é",
        "\u{a0}",
        "\u{feff}",
        "1",
        "x",
    ]);
    let piece = prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_have_an_end(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = whole(&text);
        let _ = (detect_syntax(&text), check_directive(&text));
    }

    #[test]
    fn any_pieces_have_an_end(text in pieces()) {
        let _ = whole(&text);
        let _ = (detect_syntax(&text), check_directive(&text));
    }
}
