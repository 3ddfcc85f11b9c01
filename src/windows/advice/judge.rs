//! Reads a script command by command and records what to write instead of each.

use super::Advice;
use super::kind::Kind;
use super::prefix::{self, Inner};
use super::refine::{Call, is_temporary};
use super::rewrite::{self, Variables};
use super::split::{Language, Part, split};
use super::table;
use super::words::{self, Word, Words};

/// How many commands of a script are judged, and how deeply shells may be nested.
const MAX_COMMANDS: usize = 1000;
const MAX_SHELLS: usize = 8;
/// How many bytes of a command are read.
const MAX_COMMAND: usize = 8 << 10;
/// How many downloaded files of a script are remembered.
const MAX_FILES: usize = 64;
/// How many instructions are shown for one kind of command.
const MAX_INSTRUCTIONS: usize = 3;

/// The state of reading a script.
#[derive(Default)]
pub(super) struct Judge {
    found: Vec<Advice>,
    variables: Variables,
    /// The names of downloaded files, in lower case.
    files: Vec<String>,
    /// Advice that counts only if there is nothing else: for a change of directory, or a variable of the script.
    transient: Vec<Advice>,
    /// The previous command of a pipe, in lower case. The next command reads its output.
    before: String,
    commands: usize,
    changed_directory: bool,
}

impl Judge {
    /// Returns what to write instead of everything that was read.
    pub(super) fn finish(self) -> Vec<Advice> {
        let lists = [self.found, self.transient];
        let found = lists.into_iter().find(|list| !list.is_empty());
        found.unwrap_or_else(|| {
            let kind = if self.commands == 0 { Kind::Other } else { Kind::Nothing };
            vec![Advice::of(kind)]
        })
    }

    /// Reads a script.
    pub(super) fn script(&mut self, script: &str, language: Language, shells: usize) {
        let (parts, is_all) = split(script, language, MAX_COMMANDS.saturating_sub(self.commands));
        for part in parts {
            self.commands += 1;
            self.part(part, language, shells);
        }
        if !is_all {
            self.note(Kind::Other, None);
        }
    }

    fn part(&mut self, part: Part<'_>, language: Language, shells: usize) {
        let end = part.text.floor_char_boundary(part.text.len().min(MAX_COMMAND));
        let is_shortened = end < part.text.len();
        if !part.is_piped {
            self.before.clear();
        }
        let text = match language {
            Language::PowerShell => self.assignment(part.text),
            Language::Cmd => part.text,
        };
        match prefix::strip(text, language) {
            Inner::Script(language, script) if shells < MAX_SHELLS => {
                self.script(&script, language, shells + 1)
            }
            Inner::Script(..) | Inner::Unreadable => self.note(Kind::Other, None),
            Inner::File => self.note(Kind::Script, None),
            Inner::Command { .. } if is_shortened => {
                // The rest is usually data: an encoded file, or a list.
                let words = words::read(&part.text[..end], language);
                self.command(&words, &part.text[..end], language, true);
            }
            Inner::Command { text, is_called } => {
                self.command(&words::read(text, language), text, language, is_called)
            }
        }
    }

    /// Returns the right side of a PowerShell assignment, or any other command unchanged.
    fn assignment<'t>(&mut self, text: &'t str) -> &'t str {
        let text = text.trim_start();
        // An optional type, as in `[string]$name`.
        let after_type =
            text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(_, rest)| rest);
        let Some(rest) = after_type.trim_start().strip_prefix('$') else { return text };
        let end =
            rest.find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '_' | ':' | '{' | '}'));
        let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let rest = rest.trim_start();
        let Some(value) = rest.strip_prefix('=').or_else(|| rest.strip_prefix("+=")) else { return text };
        if value.len() > MAX_COMMAND {
            return value;
        }
        let words = words::read(value, Language::PowerShell).list;
        let name = name.trim_matches(['{', '}']);
        self.variables.assign(name, &words, rest.starts_with('+'));
        if name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("env:")) {
            let instruction = rewrite::assigned(&name[4..], &self.variables);
            self.note_transient(Kind::Environment, instruction);
        }
        value
    }

    fn command(&mut self, words: &Words, text: &str, language: Language, is_called: bool) {
        let Some((first, rest)) = words.list.split_first() else { return };
        let mut lower = text.to_lowercase();
        for word in rest.iter().filter(|word| word.text.starts_with('$')) {
            lower = lower + " " + &self.variables.expanded(word).text.to_lowercase();
        }
        let name = prefix::program(&first.text);
        let is_literal = language == Language::PowerShell && first.is_quoted && !is_called;
        let kind = if is_literal { None } else { self.named(&name, rest, &lower, language) };
        let mut kind = kind.unwrap_or_else(|| {
            let is_path = first.text.contains(['\\', '/']) && !first.text.starts_with('[');
            if language == Language::PowerShell
                && !is_literal
                && is_path
                && name.contains('-')
                && !name.contains('.')
            {
                // A script may be named without its `.ps1`.
                return Kind::Script;
            }
            let is_value =
                is_literal || (!is_path && first.text.starts_with(['$', '[', '.', '-', '+', '<', '#']));
            let call = Call { name: &name, words: rest, text: &lower };
            table::of_call(&lower).unwrap_or_else(|| {
                let is_value = is_value && language == Language::PowerShell && !is_called;
                if is_value || name.is_empty() { Kind::Nothing } else { call.of_unknown(&name) }
            })
        });
        if words.writes && kind == Kind::Nothing {
            kind = Kind::WriteFile;
        }
        self.settle(kind, &name, rest, &lower);
        self.before = lower;
    }

    /// Returns what a command of that name does; `None` if it is in no table.
    fn named(&self, name: &str, rest: &[Word], text: &str, language: Language) -> Option<Kind> {
        let (stem, is_script) = match name.rsplit_once('.') {
            Some((stem, "cmd" | "bat" | "ps1" | "vbs" | "wsf" | "sh" | "py" | "js")) => (stem, true),
            Some((stem, "")) => (stem, false),
            _ => (name, false),
        };
        let call = Call { name: stem, words: rest, text };
        let kind = match stem {
            _ if is_script && !table::is_wrapper(stem) => None,
            "iex" | "invoke-expression" if text.contains("get-content") => Some(Kind::Script),
            "iex" | "invoke-expression" => Some(Kind::Installer),
            // A subkey of a variable key, which is assumed to be a registry key.
            "new-item" | "ni" if text.contains('$') && !text.contains("type") && self.has(Kind::Registry) => {
                Some(Kind::Registry)
            }
            "new-item" | "ni" => Some(call.new_item()),
            "tee-object" | "out-file" if text.trim_end().ends_with(".log") => Some(Kind::Nothing),
            "set-itemproperty"
            | "new-itemproperty"
            | "remove-itemproperty"
            | "set-item"
            | "sp"
            | "clear-item" => Some(call.provider(Kind::Registry)),
            "set-content" | "out-file" if self.is_edited(text) => Some(Kind::EditFile),
            _ if stem.contains("webconfiguration") || stem.contains("iisconfig") => Some(Kind::Iis),
            _ => table::of_name(stem),
        };
        match kind {
            Some(_) if call.is_question() && !matches!(stem, "echo" | "set" | "mkdir" | "md" | "cd") => {
                Some(Kind::Nothing)
            }
            Some(Kind::Nothing) if language == Language::PowerShell && !is_print(stem) => {
                let of_call = table::of_call(text).map(|kind| call.refine(kind));
                Some(of_call.unwrap_or_else(|| call.provider(Kind::Nothing)))
            }
            Some(kind) => Some(call.refine(kind)),
            None if call.is_question() => Some(Kind::Nothing),
            None if is_script => Some(Kind::Script),
            None => None,
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.found.iter().any(|advice| advice.kind == kind)
    }

    /// Returns whether the command writes a file that it or the previous command reads.
    fn is_edited(&self, text: &str) -> bool {
        let edits = ["-replace", ".replace", "get-content", "gc "];
        edits.iter().any(|edit| self.before.contains(edit) || text.contains(edit))
    }

    /// Records what a command does, with the instruction that does the same, if any.
    fn settle(&mut self, kind: Kind, name: &str, words: &[Word], text: &str) {
        let in_place = !self.changed_directory;
        match kind {
            Kind::Nothing => {}
            Kind::Cd => {
                let instruction = rewrite::change(words, &self.variables);
                self.changed_directory = true;
                self.note_transient(kind, instruction);
            }
            Kind::Environment => self.environment(name, words, text),
            Kind::Download => {
                let instruction = rewrite::download(words, &self.variables, in_place);
                self.remember(words);
                self.note(kind, instruction);
            }
            Kind::Directory => {
                let instructions = rewrite::directories(words, &self.variables, in_place);
                self.note(kind, None);
                instructions.into_iter().for_each(|instruction| self.note(kind, Some(instruction)));
            }
            Kind::Clone => self.clone(words, in_place),
            Kind::Delete => {
                let words: Vec<Word> = words.iter().map(|word| self.variables.expanded(word)).collect();
                let is_temporary = is_temporary(&words, &self.before, &self.files);
                self.note(if is_temporary { Kind::CleanUp } else { kind }, None);
            }
            Kind::Installer if self.runs_download(name) => {
                self.found.pop_if(|advice| advice.kind == Kind::Download);
                self.note(kind, None);
            }
            _ => self.note(kind, None),
        }
    }

    fn clone(&mut self, words: &[Word], in_place: bool) {
        let Some((verb, rest)) = words.split_first() else { return };
        if verb.text.eq_ignore_ascii_case("clone") {
            self.note(Kind::Clone, rewrite::clone(rest, &self.variables, in_place));
            return;
        }
        self.note(Kind::Clone, None);
        if let Some(advice) = self.found.iter_mut().find(|advice| advice.kind == Kind::Clone)
            && matches!(verb.text.as_str(), "checkout" | "reset" | "switch" | "pull")
        {
            rewrite::check_out(&mut advice.instructions, words, &self.variables);
        }
    }

    /// Returns whether the command runs what the previous command downloads.
    fn runs_download(&self, name: &str) -> bool {
        matches!(name, "iex" | "invoke-expression" | "bash" | "sh") && !self.before.is_empty()
    }

    fn environment(&mut self, name: &str, words: &[Word], text: &str) {
        if name == "set" {
            let instruction = rewrite::set(words, &mut self.variables);
            return self.note_transient(Kind::Environment, instruction);
        }
        let call = words.iter().position(|word| word.text.to_lowercase().ends_with("setenvironmentvariable"));
        let words = call.map_or(words, |at| &words[at + 1..]);
        let instruction = rewrite::environment(words, &self.variables);
        let is_process = text.contains("target]::process") || text.contains("'process'");
        if is_process {
            self.note_transient(Kind::Environment, instruction)
        } else {
            self.note(Kind::Environment, instruction)
        }
    }

    /// Remembers the names of downloaded files.
    fn remember(&mut self, words: &[Word]) {
        let names = words.iter().filter_map(|word| word.text.rsplit(['/', '\\']).next());
        let names = names.filter(|name| name.contains('.') && !name.starts_with(['-', '.']));
        let left = MAX_FILES.saturating_sub(self.files.len());
        self.files.extend(names.map(str::to_lowercase).take(left));
    }

    fn note(&mut self, kind: Kind, instruction: Option<String>) {
        note(&mut self.found, kind, instruction);
    }

    fn note_transient(&mut self, kind: Kind, instruction: Option<String>) {
        note(&mut self.transient, kind, instruction);
    }
}

/// Returns whether a command prints its words, whatever they are.
fn is_print(name: &str) -> bool {
    matches!(name, "echo" | "rem" | "throw" | "exit" | "findstr" | "find") || name.starts_with("write-")
}

fn note(list: &mut Vec<Advice>, kind: Kind, instruction: Option<String>) {
    let at = list.iter().position(|advice| advice.kind == kind).unwrap_or_else(|| {
        list.push(Advice::of(kind));
        list.len() - 1
    });
    let known = &mut list[at].instructions;
    known.extend(instruction.filter(|one| known.len() < MAX_INSTRUCTIONS && !known.contains(one)));
}
