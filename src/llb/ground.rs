//! Detects file systems that are based on Windows images.

use std::collections::HashSet;

use prost::Message as _;

use super::state::State;
use super::vertex::{Encoded, Operation, Output};
use crate::proto::pb;

impl State {
    /// Returns whether the file system is a Windows image of a registry or of an OCI layout, or is based on
    /// one: BuildKit then writes what is put on it as layers for Windows. Like BuildKit, this searches below
    /// steps and in every part of a merge, but not in differences.
    #[must_use]
    pub fn is_on_windows(&self) -> bool {
        let mut seen = HashSet::new();
        let mut pending: Vec<&Output> = self.output.iter().collect();
        while let Some(output) = pending.pop() {
            if !seen.insert((std::ptr::from_ref(&*output.vertex), output.index)) {
                continue;
            }
            match &output.vertex.operation {
                Operation::Source(source) => {
                    let platform = output.vertex.constraints.platform.as_ref();
                    if source.is_platform_specific() && platform.is_some_and(|p| p.is_windows()) {
                        return true;
                    }
                }
                Operation::File(file) => pending.extend(&file.base),
                Operation::Merge(parts) => pending.extend(parts),
                Operation::Encoded(encoded) => match ground(encoded, output.index) {
                    Ground::WindowsImage => return true,
                    Ground::Inputs(inputs) => pending.extend(inputs),
                },
                Operation::Exec(_) | Operation::Diff { .. } | Operation::Late(_) | Operation::Taken => {}
            }
        }
        false
    }
}

/// The base of an operation of a frontend input.
enum Ground<'e> {
    WindowsImage,
    Inputs(Vec<&'e Output>),
}

fn ground(encoded: &Encoded, output: i64) -> Ground<'_> {
    let Ok(op) = pb::Op::decode(encoded.bytes.as_slice()) else { return Ground::Inputs(Vec::new()) };
    let input = |index: i64| usize::try_from(index).ok().and_then(|index| encoded.inputs.get(index));
    let inputs = match &op.op {
        Some(pb::op::Op::Source(source)) => {
            let is_image =
                ["docker-image://", "oci-layout://"].iter().any(|kind| source.identifier.starts_with(kind));
            if is_image && op.platform.as_ref().is_some_and(|platform| platform.os == "windows") {
                return Ground::WindowsImage;
            }
            Vec::new()
        }
        Some(pb::op::Op::File(file)) => {
            file.actions.first().and_then(|action| input(action.input)).into_iter().collect()
        }
        Some(pb::op::Op::Exec(exec)) => {
            let mount = exec.mounts.iter().find(|mount| mount.output == output);
            mount.and_then(|mount| input(mount.input)).into_iter().collect()
        }
        Some(pb::op::Op::Merge(merge)) => merge.inputs.iter().filter_map(|part| input(part.input)).collect(),
        _ => Vec::new(),
    };
    Ground::Inputs(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Platform;
    use crate::llb::{Action, Image, Marshaler, Metadata, ResolveMode, diff, from_definition, merge};

    fn image(platform: &str) -> State {
        let platform = Some(Platform::parse(platform).unwrap());
        Image { reference: "x".to_owned(), platform, resolve_mode: ResolveMode::Default }
            .state(Metadata::default())
    }

    fn mkdir(on: &State) -> State {
        let path = "/x".to_owned();
        let action = Action::MkDir { path, mode: 0o755, parents: true, owner: None, timestamp: None };
        on.file(vec![action], Metadata::default())
    }

    #[test]
    fn what_stands_on_a_windows_image() {
        let (windows, linux) = (image("windows/amd64"), image("linux/amd64"));
        let layer = diff(&windows, &mkdir(&windows), Metadata::default());
        let cases = [
            (windows.clone(), true),
            (mkdir(&mkdir(&windows)), true),
            (merge(&[&windows, &layer], Metadata::default()), true),
            (linux.clone(), false),
            (mkdir(&State::scratch()), false),
            (layer.clone(), false),
            (merge(&[&linux, &layer], Metadata::default()), false),
        ];
        let marshaler = Marshaler::new(Platform::parse("windows/amd64").unwrap(), true);
        for (i, (state, expected)) in cases.iter().enumerate() {
            assert_eq!(state.is_on_windows(), *expected, "case {i}");
            let input = from_definition(&marshaler.marshal(state).to_pb()).unwrap();
            assert_eq!(input.is_on_windows(), *expected, "case {i} as an input");
        }
        assert!(!State::scratch().is_on_windows());
    }
}
