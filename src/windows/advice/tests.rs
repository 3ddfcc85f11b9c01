//! Compares the advice with the answers of people in `testdata/windows/advice.tsv`.

use super::*;
use crate::instruction;
use crate::syntax;
use crate::windows::refused_run::advise;

const TABLE: &str = include_str!("../../../testdata/windows/advice.tsv");

/// A row of the table.
struct Row {
    set: &'static str,
    shell: &'static str,
    run: &'static str,
    answer: &'static str,
    instructions: &'static str,
    wrong: &'static str,
}

fn rows() -> Vec<Row> {
    let row = |line: &'static str| {
        let [set, shell, run, answer, instructions, wrong] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        Row { set, shell, run, answer, instructions, wrong }
    };
    TABLE.lines().skip(1).map(row).collect()
}

impl Row {
    /// Returns the advice for the instruction as written in a Dockerfile.
    fn advice(&self) -> Vec<Advice> {
        let (shell, text) = match self.shell {
            "heredoc" => (Language::PowerShell, format!("<<EOF\n{}\nEOF", self.run.replace('¶', "\n"))),
            "heredoc-cmd" => (Language::Cmd, format!("<<EOF\n{}\nEOF", self.run.replace('¶', "\n"))),
            "powershell" => (Language::PowerShell, self.run.to_owned()),
            _ => (Language::Cmd, self.run.to_owned()),
        };
        let file = format!("# escape=`\nFROM scratch\nRUN {text}\n");
        let tree = syntax::parse(file.as_bytes()).unwrap();
        let dockerfile = instruction::parse(&tree, None).unwrap();
        let instruction::Kind::Run(run) = &dockerfile.stages[0].instructions[0].kind else {
            panic!("{text}")
        };
        advise(run, shell)
    }
}

fn names(advice: &[Advice]) -> String {
    advice.iter().map(|one| one.kind.name()).collect::<Vec<_>>().join(",")
}

fn instructions_of(advice: &[Advice]) -> String {
    advice.iter().flat_map(|one| one.instructions.clone()).collect::<Vec<_>>().join(" | ")
}

/// Each line gets the answer of a person, and the instructions in the table. If it does not, the table has the wrong
/// answer too, so that a change is noticed. Nine of ten are right, both of the lines that the rules were written with
/// and of those that were held out.
#[test]
fn lines_get_the_answer_of_a_person() {
    let mut counts = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    let mut differ = Vec::new();
    for row in rows() {
        let advice = row.advice();
        let answer = names(&advice);
        let (right, all) = counts.entry(row.set).or_default();
        *all += 1;
        *right += usize::from(answer == row.answer);
        let wrong = if answer == row.answer { "" } else { &answer };
        if wrong != row.wrong || instructions_of(&advice) != row.instructions {
            differ.push(format!("{}: {}\n\t{answer}\t{}", row.set, row.run, instructions_of(&advice)));
        }
    }
    assert!(differ.is_empty(), "{}\n{counts:?}", differ.join("\n"));
    assert!(counts.values().all(|(right, all)| right * 10 >= all * 9), "{counts:?}");
    assert!(counts.values().map(|(_, all)| all).sum::<usize>() >= 150);
}

#[test]
fn every_kind_has_a_line() {
    let answers: Vec<&str> = rows().iter().flat_map(|row| row.answer.split(',')).collect();
    for kind in Kind::ALL {
        assert!(answers.contains(&kind.name()), "{}", kind.name());
        assert!(!kind.text().ends_with('.'));
    }
    assert!(answers.iter().all(|answer| Kind::ALL.iter().any(|kind| kind.name() == *answer)));
}

#[test]
fn simple_commands_are_shown_as_instructions() {
    let advice = |script| {
        let found: Vec<String> = of_script(script, Language::Cmd).iter().map(Advice::to_string).collect();
        found.join("\n")
    };
    assert!(advice("mkdir C:\\a\\b").ends_with("; write: WORKDIR C:/a/b"));
    let many: String = (0..10).map(|i| format!("mkdir d{i} & mkdir d{i} & ")).collect();
    assert!(advice(&many).ends_with("; write: WORKDIR d0 and WORKDIR d1 and WORKDIR d2"));
    // A variable stays a variable: its value may be a secret.
    let private = "curl -o C:\\a https://example.org/?token=%TOKEN%";
    assert!(advice(private).ends_with("ADD --checksum=sha256:... https://example.org/?token=${TOKEN} C:/a"));
    // Commands that no instruction can express are not shown as one.
    for script in [
        "curl -o %TEMP%\\a https://example.org/a",
        "cd C:\\x && curl -o a https://example.org/a",
        "curl -o a https://example.org/a https://example.org/b",
        "setx A %B:~0,3%",
        "mkdir C:\\a*",
        "powershell $env:A = (Get-Content a); setx A $env:A",
        "git clone https://example.org/a.git && cd a && git checkout %REF:x=y%",
    ] {
        assert!(!advice(script).contains("write:"), "{script}: {}", advice(script));
    }
}

/// Large scripts that leave something open, nest or repeat.
#[test]
fn a_script_of_any_size_takes_linear_time() {
    for part in [
        "a;",
        "\"",
        "'",
        "@'\n",
        "<#",
        "(",
        "{",
        "}",
        "`",
        "^",
        "$a=",
        "${",
        "powershell | ",
        "powershell & ",
        "cmd /c ",
        "if exist ",
        "start ",
        "$a += $a;",
        "mkdir a&",
        "a ",
        "@",
        "for ",
        "Remove-Item $x\n",
        "& ",
    ] {
        let script = part.repeat((256 << 10) / part.len());
        for language in [Language::Cmd, Language::PowerShell] {
            let start = std::time::Instant::now();
            let advice = of_script(&script, language);
            assert!(!advice.is_empty() && advice.len() < Kind::ALL.len());
            let took = start.elapsed();
            assert!(took.as_secs() < 10, "{part:?} took {took:?}");
        }
    }
}
