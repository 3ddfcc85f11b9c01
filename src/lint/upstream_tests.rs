//! Compares the rules, their messages and the options with docker/dockerfile's, as in `testdata/lint`.

use serde_json::{Value, json};

use super::rule::RULES;
use super::{Config, message as m};

/// Returns the message of a rule for three texts, or for as many of them as it takes.
fn say(rule: &str, [a, b, c]: [&str; 3]) -> String {
    let suggestion = Some(b).filter(|b| !b.is_empty());
    match rule {
        "StageNameCasing" => m::stage_name_casing(a),
        "FromAsCasing" => m::from_as_casing(a, b),
        "NoEmptyContinuation" => m::no_empty_continuation(),
        "ConsistentInstructionCasing" => m::consistent_instruction_casing(a, b),
        "DuplicateStageName" => m::duplicate_stage_name(a),
        "ReservedStageName" => m::reserved_stage_name(a),
        "JSONArgsRecommended" => m::json_args_recommended(a),
        "MaintainerDeprecated" => m::maintainer_deprecated(),
        "UndefinedArgInFrom" => m::undefined_arg_in_from(a, suggestion),
        "WorkdirRelativePath" => m::workdir_relative_path(a),
        "UndefinedVar" => m::undefined_var(a, suggestion),
        "MultipleInstructionsDisallowed" => m::multiple_instructions_disallowed(a),
        "LegacyKeyValueFormat" => m::legacy_key_value_format(a),
        "InvalidBaseImagePlatform" => m::invalid_base_image_platform(a, b, c),
        "RedundantTargetPlatform" => m::redundant_target_platform(a),
        "SecretsUsedInArgOrEnv" => m::secrets_used_in_arg_or_env(a, b),
        "InvalidDefaultArgInFrom" => m::invalid_default_arg_in_from(a),
        "FromPlatformFlagConstDisallowed" => m::from_platform_flag_const_disallowed(a),
        "CopyIgnoredFile" => m::copy_ignored_file(a, b),
        "InvalidDefinitionDescription" => m::invalid_definition_description(a, b),
        "ExposeProtoCasing" => m::expose_proto_casing(a),
        "ExposeInvalidFormat" => m::expose_invalid_format(a),
        other => panic!("no message for {other}"),
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn rules_and_messages() {
    let want = lines(include_str!("../../testdata/lint/rules.jsonl"));
    assert_eq!(want.len(), RULES.len());
    for (rule, want) in RULES.iter().zip(want) {
        let got = json!({
            "name": rule.name,
            "description": rule.description,
            "url": rule.url,
            "experimental": rule.experimental,
            "deprecated": rule.deprecated,
            "messages": [say(rule.name, ["a\"b", "c\\d", "é"]), say(rule.name, ["x", "", "z"])],
        });
        assert_eq!(got, want);
    }
    assert_eq!(m::short("A", "b", 3), "A: b (line 3)");
    assert_eq!(m::short("A", "b", 0), "A: b");
}

#[test]
fn options() {
    for want in lines(include_str!("../../testdata/lint/options.jsonl")) {
        let options = want["options"].as_str().unwrap();
        let got = match Config::parse(options) {
            Ok(it) => {
                let config = (it.skip_all, it.skip, it.experimental_all, it.experimental, it.error);
                json!({"options": options, "config": config})
            }
            Err(error) => json!({"options": options, "error": error.to_string()}),
        };
        assert_eq!(got, want);
    }
}
