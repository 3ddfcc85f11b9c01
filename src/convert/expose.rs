//! EXPOSE.

use super::stage::StageState;
use super::{Converter, ErrorKind, history};
use crate::go;
use crate::image::port;
use crate::instruction::Instruction;
use crate::lint::{Linter, message, rule};

/// Converts EXPOSE (upstream's `dispatchExpose`).
pub(super) fn dispatch(
    converter: &Converter<'_>,
    state: &mut StageState,
    ports: &[String],
    instruction: &Instruction,
    lint: &Linter,
) -> Result<(), ErrorKind> {
    let mut words = Vec::with_capacity(ports.len());
    for port in ports {
        let lexer = converter.input.setting.lexer;
        words.extend(lexer.process_words(port, &*state).map_err(ErrorKind::Expand)?);
    }
    let mut exposed = Vec::new();
    for word in &words {
        let parsed = port::parse_expose(word).map_err(ErrorKind::Port)?;
        if parsed.protocol_not_lowercase {
            lint.run(&rule::EXPOSE_PROTO_CASING, &instruction.location, message::expose_proto_casing(word));
        }
        if parsed.has_host_part {
            lint.run(
                &rule::EXPOSE_INVALID_FORMAT,
                &instruction.location,
                message::expose_invalid_format(word),
            );
        }
        exposed.extend(parsed.ports);
    }
    state.image.config.exposed_ports.extend(exposed.iter().cloned());
    history::config(state, format!("EXPOSE {}", go::format_list(&exposed)));
    Ok(())
}
